"""Style sheets, scripts and pictures of our own, named by content so that they may be kept."""

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".xsl": "text/xsl; charset=utf-8",  # browsers know XSLT by this name; nosniff holds them to it
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, with its media type and the first characters of its digest."""

    body: bytes
    kind: str
    digest: str


class Assets:
    """All files of the folder, read once."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._by_name = {
            path.name: _read(path) for path in sorted(folder.iterdir()) if path.suffix in KINDS
        }

    def find(self, name: str) -> Asset | None:
        """Find a file by its name."""
        return self._by_name.get(name)

    def url(self, name: str) -> str:
        """Give the address of a file, which changes with its content; raises `KeyError`."""
        return f"/static/{name}?v={self._by_name[name].digest}"


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body, KINDS[path.suffix], blake2b(body, digest_size=6).hexdigest())
