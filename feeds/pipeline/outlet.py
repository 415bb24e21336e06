"""Outlet: feeds as files in a directory, for a server or CDN that knows nothing of us.

Theory: a reader must never see half a file, nor a compressed one that says something else than
the plain one for longer than a moment; so each is replaced at once, the compressed ones first.
"""

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from feeds.pipeline.desk import Desk
from feeds.publish.coding import CODINGS, encode
from feeds.store import feeds
from feeds.store.fragments import FORMATS


def write_files(desk: Desk, connection: sa.Connection, keys: Iterable[str]) -> int:
    """Bring the files of feeds up to date, where a directory is set; returns how many were not."""
    folder = desk.settings.publish_dir
    if folder is None:
        return 0
    return sum(write_feed(connection, folder, key) for key in sorted(keys))


def write_feed(connection: sa.Connection, folder: Path, key: str) -> int:
    """Write `feeds/<key>.<format>` below a folder, each beside its compressed forms.

    A file whose time is the feed's last change is left as it is. Files of a feed that was taken
    back are removed. Returns the formats written.
    """
    written = 0
    for name in FORMATS:
        found = feeds.file(connection, key, name)
        path = folder / "feeds" / f"{key}.{name}"
        if found is None or found.gone_at is not None:
            _remove(path)
        elif not _is_current(path, int(found.modified_at.timestamp())):
            _write(path, found.body, int(found.modified_at.timestamp()))
            written += 1
    return written


def _is_current(path: Path, modified: int) -> bool:
    """Tell whether a file is as new; the plain one is written last."""
    try:
        return int(path.stat().st_mtime) == modified
    except OSError:
        return False


def _write(path: Path, body: bytes, modified: int) -> None:
    for coding, (suffix, _) in CODINGS.items():
        replace_file(path.with_name(path.name + suffix), encode(coding, body), modified)
    replace_file(path, body, modified)


def _remove(path: Path) -> None:
    for suffix in ("", *(suffix for suffix, _ in CODINGS.values())):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).unlink()


def replace_file(path: Path, body: bytes, modified: float) -> None:
    """Put a file in place at once: readers see the old bytes or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".tinwire-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(body)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, 0o644)
        os.utime(temporary, (modified, modified))
        os.replace(temporary, path)
    except OSError:
        os.unlink(temporary)
        raise
