"""Export: all feeds as static files, for nginx or a CDN."""

import os
import tempfile
from pathlib import Path

from feeds.pipeline.desk import Desk
from feeds.pipeline.publish import RENDER
from feeds.store import feeds


def export_all(desk: Desk, folder: Path) -> int:
    """Write `feeds/<key>.<format>` below a folder; returns the number of files."""
    with desk.engine.connect() as connection:
        keys = [one.key for one in feeds.listed(connection)]
    written = 0
    for key in keys:
        for name in RENDER:
            with desk.engine.connect() as connection:
                found = feeds.file(connection, key, name)
            if found is not None:
                replace_file(
                    folder / "feeds" / f"{key}.{name}", found.body, found.modified_at.timestamp()
                )
                written += 1
    return written


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
