"""URLs: the one way to write an address, and the key under which two addresses are one article.

Theory: two addresses of one article that stay apart cost a duplicate, which the text comparison
still catches; two articles under one key lose one of them for good, which nothing catches. So
`canonicalise` only removes what no server looks at to choose a page (fragment, default port, the
root's dot, parameters that are known to track) and leads from a cache to what it caches. The
bolder steps (http and https, www and mobile hosts, AMP, trailing slash, order of the query) are
taken in the key alone, which is never fetched. `address_rules.toml` holds the names, with their
reasons. Parsing is the WHATWG URL standard's, as browsers do it.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import ada_url

RULES = Path(__file__).with_name("address_rules.toml")
_WEB = ("http://", "https://")
_ESCAPE = re.compile("%[0-9a-fA-F]{2}")
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~")
_COPIES_DEEP = 3

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
# What the standard's parser would give back as it is, without a dot segment or a coded host.
_NORMAL = re.compile(
    rf"https?://(?:(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{{2,24}}|{_OCTET}(?:\.{_OCTET}){{3}})"
    r"(?::(?!80/|443/)(?:[1-9]\d{0,3}|[1-5]\d{4}))?/[\w%!$&()*+,;=:@~/.-]*"
    r"(?:\?[\w%!$&()*+,;=:@~/?.-]*)?",
    re.ASCII,
)


# What a normal address takes on as it stands: a path from the root, and a place in the page.
_JOINED = re.compile(
    r"/(?!/)[\w%!$&()*+,;=:@~/.-]*(?:\?[\w%!$&()*+,;=:@~/?.-]*)?|#[\w%!$&()*+,;=:@~/?.-]*", re.ASCII
)


@dataclass(frozen=True)
class Rules:
    """What `address_rules.toml` says, ready to be used."""

    tracker: re.Pattern[str]
    hosts: tuple[str, ...]
    inner_hosts: tuple[str, ...]
    endings: tuple[str, ...]
    presentation: re.Pattern[str]
    copies: tuple[re.Pattern[str], ...]
    copy_hint: re.Pattern[str]


@cache
def rules() -> Rules:
    """Read the rules, once."""
    data = tomllib.loads(RULES.read_text(encoding="utf-8"))
    names = [name for group in data["tracking"] for name in group["names"].split()]
    shown = data["presentation"]
    return Rules(
        # An ampersand that was escaped twice leaves `amp;` before the name.
        tracker=re.compile(f"(?:amp;)*(?:{'|'.join(map(_name, names))})(?:=|$)", re.IGNORECASE),
        hosts=tuple(shown["hosts"]),
        inner_hosts=tuple(shown["inner_hosts"]),
        endings=tuple(shown["endings"]),
        presentation=re.compile(f"(?:{'|'.join(map(_name, shown['parameters']))})$"),
        copies=tuple(re.compile(one["pattern"]) for one in data["copies"]),
        copy_hint=re.compile(
            r"https://[^/]*(?:ampproject\.org/|bing-amp\.com/|google\.[a-z.]+/amp/)"
        ),
    )


def _name(name: str) -> str:
    return re.escape(name).replace(r"\*", ".*" if name.endswith("=*") else "[^=]*")


def canonicalise(url: str) -> str:
    """Write a web address in the one way that we store and show; idempotent.

    Raises `ValueError` for anything but http or https with a host.
    """
    # What is normal has no fragment and no root dot; without a query nothing is left to drop.
    is_plain = "?" not in url and "%" not in url and _is_normal(url)
    address = url if is_plain else _plain(url)
    if rules().copy_hint.match(address):
        for _ in range(_COPIES_DEEP):
            address = _original(address)
    return address


def _plain(url: str) -> str:
    """Write an address without looking at what it is a copy of."""
    href = resolve(None, url)
    if href is None or not href.startswith(_WEB):
        raise ValueError(f"no web address: {url!r}")
    address, _, fragment = href.partition("#")
    if "%" in address:  # before the parameters are looked at, for %75tm_source is one of them
        address = _ESCAPE.sub(_plainest, address)
    address, _, query = address.partition("?")
    address = _without_root_dot(address)
    if query:
        tracks = rules().tracker.match
        query = "&".join(part for part in query.split("&") if part and not tracks(part))
    # #! and #/ choose the page in sites that are one script; such a fragment is no mere place.
    kept = f"#{fragment}" if fragment.startswith(("!", "/")) else ""
    return f"{address}?{query}{kept}" if query else f"{address}{kept}"


def _original(address: str) -> str:
    """Lead from a cached copy to the page that it says it was taken from."""
    for pattern in rules().copies:
        found = pattern.match(address)
        if found:
            try:
                return _plain(f"http{'s' if found['secure'] else ''}://{found['rest']}")
            except ValueError:
                return address
    return address


@lru_cache(maxsize=4096)  # each step of ingest asks for the keys of the same addresses
def url_key(url: str) -> str:
    """Name the article that an address leads to; raises `ValueError` as `canonicalise` does."""
    address, _, fragment = canonicalise(url).partition("#")
    address, _, query = address.partition("?")
    host, _, path = address.partition("://")[2].partition("/")
    key = f"{_bare_host(host)}{_bare_path(path)}"
    shown = rules().presentation.match
    parts = sorted(part for part in query.split("&") if part and not shown(part))
    key = f"{key}?{'&'.join(parts)}" if parts else key
    return f"{key}#{fragment}" if fragment else key


def resolve(base: str | None, ref: str) -> str | None:
    """Resolve a reference as a browser does, whatever its scheme; `None` where that fails."""
    try:
        return str(ada_url.join_url(base, ref) if base else ada_url.normalize_url(ref))
    except ValueError:
        return None


def absolute(base: str | None, ref: str) -> str | None:
    """Resolve a reference against its document; `None` unless it leads to the web."""
    if not ref or ref.isspace():
        return None
    if _is_normal(ref):
        return ref
    if base and _JOINED.fullmatch(ref) and "/." not in ref and "/%2" not in ref:
        page = _normal_page(base)
        if page:
            return f"{page[ref[0] == '/']}{ref}"
    href = resolve(base, ref)
    return href if href is not None and href.startswith(_WEB) else None


@lru_cache(maxsize=1024)  # an article's links have one base
def _normal_page(base: str) -> tuple[str, str] | None:
    """Give an address without its fragment, and its scheme and host; `None` for an unusual one."""
    page = base.partition("#")[0]
    return (page, page[: page.index("/", 8)]) if _is_normal(page) else None


def _is_normal(url: str) -> bool:
    return _NORMAL.fullmatch(url) is not None and "/." not in url and "xn--" not in url


def host_of(url: str) -> str:
    """Name the host of an address, as browsers write it; nothing where there is none."""
    try:
        return str(ada_url.URL(url).hostname)
    except ValueError:
        return ""


def is_web(url: str) -> bool:
    """Tell whether a text is an absolute http or https address."""
    return absolute(None, url) is not None


def _plainest(escape: re.Match[str]) -> str:
    """Undo an escape that was not needed, else write it in capitals (RFC 3986 §6.2.2)."""
    char = chr(int(escape[0][1:], 16))
    return char if char in _UNRESERVED else escape[0].upper()


def _without_root_dot(address: str) -> str:
    """Drop the dot of the DNS root: `a.vn.` is `a.vn`; two dots are a name of another kind."""
    scheme, _, rest = address.partition("://")
    where, slash, path = rest.partition("/")
    name, colon, port = where.rpartition("@")[2].partition(":")
    if not name.endswith(".") or name.endswith("..") or name == ".":
        return address
    user = where[: len(where) - len(name) - len(colon) - len(port)]
    return f"{scheme}://{user}{name[:-1]}{colon}{port}{slash}{path}"


def _bare_host(host: str) -> str:
    """Drop prefixes that choose a presentation, as long as a dot is left: m.vn stays."""
    host = host.rpartition("@")[2]
    for inner in rules().inner_hosts:
        if host.endswith(inner):
            host = host[: -len(inner)] + inner[inner.index(".", 1) :]
    while host.startswith(rules().hosts):
        rest = host.partition(".")[2]
        if "." not in rest:
            break
        host = rest
    return host


def _bare_path(path: str) -> str:
    path = f"/{path}"
    endings = rules().endings
    while path.endswith(endings):
        ending = max((one for one in endings if path.endswith(one)), key=len)
        path = path[: -len(ending)]
    return path
