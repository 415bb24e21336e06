"""Export: all feeds as static files, for nginx or a CDN."""

from pathlib import Path

from feeds.pipeline.desk import Desk
from feeds.pipeline.outlet import write_feed
from feeds.store import feeds


def export_all(desk: Desk, folder: Path) -> int:
    """Write `feeds/<key>.<format>` below a folder, with compressed forms beside.

    Returns the number of feed files that were not up to date.
    """
    with desk.engine.connect() as connection:
        keys = [one.key for one in feeds.listed(connection)]
    written = 0
    for key in keys:
        with desk.engine.connect() as connection:
            written += write_feed(connection, folder, key)
    return written
