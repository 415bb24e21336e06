"""Feeds as files: whole at every moment, with their compressed forms."""

import gzip
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import brotli
import pytest

from feeds import zstandard
from feeds.model import Entry
from feeds.pipeline.outlet import replace_file
from feeds.store import feeds
from worker.export import export_all

MakeEntry = Callable[..., Entry]
DECODE = {".br": brotli.decompress, ".zst": zstandard.decompress, ".gz": gzip.decompress}


@pytest.fixture
def outlet(newsroom: Any, tmp_path: Path) -> Path:
    """A folder that the newsroom publishes into."""
    changed = newsroom.desk.settings.model_copy(update={"publish_dir": tmp_path})
    newsroom.desk = replace(newsroom.desk, settings=changed)
    return tmp_path


def files_in(folder: Path) -> dict[tuple[str, str], bytes]:
    """Read the plain files by key and format."""
    return {
        (
            str(path.relative_to(folder / "feeds").with_suffix("")),
            path.suffix[1:],
        ): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix[1:] in ("rss", "atom", "json")
    }


def test_each_publish_leaves_the_bytes_that_are_served(
    newsroom: Any, outlet: Path, make_entry: MakeEntry
) -> None:
    for n in range(2):
        newsroom.take("alpha", make_entry(f"rights/{n}", hours=9 - n))
        newsroom.settle()
        assert files_in(outlet) == {key: one[1] for key, one in newsroom.files().items()}
    for (key, name), (_, body) in newsroom.files().items():
        path = outlet / "feeds" / f"{key}.{name}"
        with newsroom.desk.engine.connect() as connection:
            found = feeds.file(connection, key, name)
        assert found is not None
        for suffix, decode in DECODE.items():
            beside = path.with_name(path.name + suffix)
            assert decode(beside.read_bytes()) == body
            assert beside.stat().st_mtime == path.stat().st_mtime
        assert int(path.stat().st_mtime) == int(found.modified_at.timestamp())
    assert not list(outlet.rglob(".tinwire-*"))


def test_what_is_current_is_not_written_again_and_what_is_missing_is(
    newsroom: Any, outlet: Path, make_entry: MakeEntry
) -> None:
    newsroom.take("alpha", make_entry("a"))
    newsroom.settle()
    assert export_all(newsroom.desk, outlet) == 0
    lost = outlet / "feeds" / "all.rss"
    lost.unlink()
    newsroom.execute(
        "INSERT INTO work (kind, key, marked_at, run_at) VALUES"
        " ('tidy', 'hourly', '2026-01-01', '2026-01-01')"
    )
    newsroom.settle("tidy")
    assert lost.read_bytes() == newsroom.files()["all", "rss"][1]


def test_an_export_elsewhere_holds_the_same_files(
    newsroom: Any, make_entry: MakeEntry, tmp_path: Path
) -> None:
    newsroom.take("alpha", make_entry("a"))
    newsroom.settle()
    assert export_all(newsroom.desk, tmp_path) == len(newsroom.files())
    assert files_in(tmp_path) == {key: one[1] for key, one in newsroom.files().items()}


def test_a_feed_that_is_taken_back_leaves_no_file(
    newsroom: Any, outlet: Path, make_entry: MakeEntry
) -> None:
    newsroom.take("alpha", make_entry("a"))
    newsroom.settle()
    newsroom.execute("UPDATE source SET removed_at = now()")
    newsroom.execute(
        "INSERT INTO work (kind, key, marked_at, run_at) VALUES"
        " ('publish', 'source/alpha', '2026-01-01', '2026-01-01')"
    )
    newsroom.settle()
    assert list((outlet / "feeds" / "source").iterdir()) == []
    assert (outlet / "feeds" / "all.rss").exists()


def test_a_reader_never_sees_a_part_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "feeds" / "all.rss"
    replace_file(path, b"a" * 100_000, 0)
    seen = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            body = path.read_bytes()
            seen.add((len(body), body[:1], body[-1:]))

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(30):
        replace_file(path, (b"a" if n % 2 else b"b") * 100_000, n)
    stop.set()
    reader.join()
    assert seen <= {(100_000, b"a", b"a"), (100_000, b"b", b"b")}
