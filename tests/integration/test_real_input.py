"""Real feeds through real workers: no crash, every entry accounted for, twice adds nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from config.editorial import SourceSpec
from feeds.errors import NotAFeed
from feeds.ingest.draft import entry_guid
from feeds.ingest.parse import parse
from feeds.model import ParsedFeed
from feeds.pipeline.desk import Desk
from feeds.pipeline.drain import is_settled
from feeds.store import backlog, work
from worker.prepare import prepare

FOLDERS = ("feeds_vn", "feeds_vn_quirks", "feeds_real/feeds")
ZONE = "Asia/Ho_Chi_Minh"


def test_every_entry_of_real_feeds_is_accounted_for(
    plant: Any, desk: Desk, origin: Any, shared: Path, wait_for: Callable[..., None]
) -> None:
    """Each entry stands in the ledger; a second round over changed validators adds nothing."""
    files = {f"f{number}": path for number, path in enumerate(_files(shared))}
    specs = [
        SourceSpec(
            name=name,
            title=path.stem,
            url=origin.serve(f"/{name}.xml", path.read_bytes()),
            timezone=ZONE,
            every_s=86400,
        )
        for name, path in files.items()
    ]
    plant.env["TINWIRE_HOST_CONCURRENCY"] = "16"
    prepare(desk, specs)
    plant.start_workers()
    wait_for(lambda: _fetched(desk) == len(files) and is_settled(desk), 240, plant.logs)
    labels = _labels(desk)
    states = _states(desk)
    for name, path in files.items():
        feed = _parsed(path, f"{origin.url}/{name}.xml")
        if isinstance(feed, str):
            assert states[name] == ("not a feed", feed), path.name
            continue
        assert states[name] == ("ok", None), path.name
        wanted = {entry_guid(entry) for entry in feed.entries} | {one.label for one in feed.broken}
        shared_ids = {entry.url for entry in feed.entries if entry.url}
        missing = wanted - labels.get(name, set())
        # A guid that several entries share is replaced by their addresses.
        assert all(shared_ids & labels.get(name, set()) for _ in missing), path.name
    with desk.engine.connect() as connection:
        assert backlog.dead(connection) == []

    before = _counts(desk)
    with desk.engine.begin() as connection:
        connection.execute(sa.text("UPDATE source SET etag = NULL, body_hash = NULL"))
        work.mark(connection, "poll", list(files), desk.clock())
    wait_for(lambda: _fetched(desk, 2) == len(files) and is_settled(desk), 240, plant.logs)
    assert _counts(desk) == before


def _files(shared: Path) -> list[Path]:
    return sorted(
        path
        for folder in FOLDERS
        for path in (shared / "data" / folder).iterdir()
        if path.is_file() and path.suffix != ".txt"
    )


def _parsed(path: Path, url: str) -> ParsedFeed | str:
    try:
        return parse(path.read_bytes(), {}, url, ZONE)
    except NotAFeed as exc:
        return exc.message


def _fetched(desk: Desk, times: int = 1) -> int:
    query = (
        "SELECT count(*) FROM"
        " (SELECT source_id FROM fetch_event GROUP BY 1 HAVING count(*) >= :n) x"
    )
    with desk.engine.connect() as connection:
        return connection.scalar(sa.text(query), {"n": times}) or 0


def _labels(desk: Desk) -> dict[str, set[str]]:
    query = "SELECT s.name, l.label FROM ledger l JOIN source s ON s.id = l.source_id"
    found: dict[str, set[str]] = {}
    with desk.engine.connect() as connection:
        for name, label in connection.execute(sa.text(query)):
            found.setdefault(name, set()).add(label)
    return found


def _states(desk: Desk) -> dict[str, tuple[str, str | None]]:
    with desk.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT name, status, error FROM source"))
        return {row.name: (row.status, row.error) for row in rows}


def _counts(desk: Desk) -> dict[str, int]:
    tables = ("article", "revision", "sighting", "ledger", "relation", "feed_file")
    with desk.engine.connect() as connection:
        counts = {
            table: connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0
            for table in tables
        }
        counts["versions"] = connection.scalar(sa.text("SELECT sum(version) FROM feed")) or 0
    return counts
