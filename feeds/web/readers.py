"""Who reads: telling readers from machines, and naming a reader so that nobody can be found.

Theory: the most-read list is moved by what is counted wrongly, not by what is missed. So whatever
calls itself a machine, fetches ahead of a reader, or says nothing of itself is not counted, and one
machine that takes any number of names counts as a few readers. A family or an office behind one
address counts, too, but sometimes two of them as one.
"""

import os
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from zlib import crc32

from feeds.store.readings import hour_of

_MACHINES = re.compile(
    r"(?<!cu)bot(?![a-z])|crawl|spider|slurp|fetch|preview|monitor|uptime|pingdom|lighthouse"
    r"|headless|phantom|selenium|scanner|archiv|validator|check|facebookexternalhit|embedly"
    r"|curl|wget|python|java/|http-?client|node\b|feed|rss|newsblur|inoreader|miniflux|liferea"
    r"|reeder|netnewswire|googleother|google-read-aloud|apis-google|mediapartners"
    r"|site24x7|statuscake|gtmetrix|ptst/|nutch|screenshot|seznam(?!\.cz)"
    # No browser but Microsoft's old one says so, and none says where to read or write of it.
    r"|compatible;(?! *msie)|://|\+www\.|[\w.+-]@[\w-]+\.\w",
    re.IGNORECASE,
)
# Every browser has said the first since 1994, but Opera Mini; what says neither is none.
_BROWSERS = ("Mozilla/", "Opera/9.80 ")
_AHEAD = ("sec-purpose", "purpose", "x-purpose", "x-moz")
MOST_BEHIND = 3  # readers of one article within an hour behind one address
_KEY_BYTES = 32


def is_reader(headers: Mapping[str, str]) -> bool:
    """Tell whether a person is likely to look at the answer; `headers` by lower-case name."""
    agent = headers.get("user-agent", "")
    if not agent.startswith(_BROWSERS) or _MACHINES.search(agent):
        return False
    return not any("pre" in headers.get(name, "").lower() for name in _AHEAD)


def reader_id(key: bytes, address: str, agent: str, at: datetime) -> bytes:
    """Name a reader within one hour; without the key nobody can find the address again.

    Whatever agents an address names, they are at most `MOST_BEHIND` readers.
    """
    place = crc32(agent.encode("utf-8", "replace")) % MOST_BEHIND
    said = "\0".join((_household(address), str(place), hour_of(at).isoformat()))
    return blake2b(said.encode("utf-8", "replace"), key=key, digest_size=16).digest()


def _household(address: str) -> str:
    """Give what one customer of a network has: an IPv4 address, or 64 bits of an IPv6 address."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or int(found) >> 64)


def deployment_key(data_dir: Path) -> bytes:
    """Read this deployment's key, made at first use; one for this process where no file can be."""
    path = data_dir / "run" / "reader.key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        return path.read_bytes()
    except OSError:
        return secrets.token_bytes(_KEY_BYTES)


def _make(path: Path) -> None:
    """Write a new key at once: of two processes the first wins, and nobody reads half of one."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(secrets.token_bytes(_KEY_BYTES))
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
