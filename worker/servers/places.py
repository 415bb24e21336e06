"""Where the servers keep data, logs and sockets."""

import hashlib
import os
import pwd
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from worker.servers.process import EmbeddedError

# sun_path holds 108 bytes with its end (unix(7)); PostgreSQL's lock file has the longest name.
_LONGEST = 107 - len("/.s.PGSQL.5432.lock")
# Of other characters, some end an address early, and a comma means two hosts to libpq.
_PLAIN = re.compile(r"[A-Za-z0-9._/-]+")


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one pair of servers."""

    data: Path
    logs: Path
    run: Path
    sockets: Path

    @property
    def note(self) -> Path:
        """The file that tells other processes how to reach the servers."""
        return self.run / "servers.json"


def places(data_dir: Path) -> Places:
    """Lay out the folders below a data folder, and make them.

    Sockets stand there too, unless their paths would be too long for the system or unfit for an
    address; then they stand in a folder of ours in the system's temporary folder.
    """
    root = data_dir.absolute()
    run = root / "run"
    for folder in (root, root / "logs", run):
        folder.mkdir(parents=True, exist_ok=True)
    fits = len(bytes(run)) <= _LONGEST and _PLAIN.fullmatch(str(run))
    sockets = run if fits else _elsewhere(root, run / "sockets")
    sockets.chmod(0o700)
    return Places(root, root / "logs", run, sockets)


def temporary(root: Path, purpose: str) -> Path:
    """Name, and make, our folder in the system's temporary folder for a purpose of a data folder.

    Raises `EmbeddedError` where somebody else has put a folder of that name.
    """
    name = hashlib.blake2b(bytes(root), digest_size=8).hexdigest()
    folder = Path(tempfile.gettempdir()) / f"tinwire-{name}-{purpose}"
    folder.mkdir(mode=0o755, exist_ok=True)
    _check_owner(folder)
    return folder


def _elsewhere(root: Path, link: Path) -> Path:
    """Find the sockets' folder by the link that whoever came first has left.

    Without it, processes with different values of TMPDIR would not meet.
    """
    if not link.is_symlink():
        fresh = link.with_name(f"sockets.{os.getpid()}")
        fresh.symlink_to(temporary(root, "run"))
        os.replace(fresh, link)
    folder = Path(os.readlink(link))
    folder.mkdir(mode=0o700, exist_ok=True)
    _check_owner(folder)
    return folder


def _check_owner(folder: Path) -> None:
    """Refuse a folder that isn't ours: everybody may make one in /tmp, and swap sockets in it."""
    found = folder.lstat()
    ours = {os.geteuid()}
    if os.geteuid() == 0:
        # Root hands the sockets over to PostgreSQL's user where it can't enter a namespace.
        ours.add(pwd.getpwnam("nobody").pw_uid)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
        raise EmbeddedError(f"{folder} belongs to somebody else; remove it, or set TMPDIR")
