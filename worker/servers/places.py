"""Where the servers keep data, logs and sockets."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

# sun_path holds 108 bytes with its end (unix(7)); PostgreSQL's socket file has the longest name.
_LONGEST = 107 - len("/.s.PGSQL.5432")


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

    Sockets stand there too, unless their paths would be too long for the system; then they stand
    in a folder of the same owner in the system's temporary folder.
    """
    root = data_dir.absolute()
    sockets = root / "run"
    if len(bytes(sockets)) > _LONGEST:
        name = hashlib.blake2b(bytes(root), digest_size=8).hexdigest()
        sockets = Path(tempfile.gettempdir()) / f"tinwire-{name}"
    found = Places(root, root / "logs", root / "run", sockets)
    for folder in (found.data, found.logs, found.run, found.sockets):
        folder.mkdir(parents=True, exist_ok=True)
    found.sockets.chmod(0o700)
    return found
