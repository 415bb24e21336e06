"""Feeds that people renamed: the old address leads to the new one for good."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from feeds.clock import utc_now
from feeds.model import Entry
from feeds.store import aliases
from worker import cli, runtime

MakeEntry = Callable[..., Entry]
OLD, NEW = "author/anna-bell", "author/anna-ball"


@pytest.fixture
def rename(
    newsroom: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Any]]:
    """Run `tinwire feeds rename …` on the newsroom's database, which publishes into a folder."""
    url = newsroom.desk.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("TINWIRE_DATABASE_URL", url)
    monkeypatch.setenv("TINWIRE_DATA_DIR", str(tmp_path))
    changed = newsroom.desk.settings.model_copy(update={"publish_dir": tmp_path})
    newsroom.desk = replace(newsroom.desk, settings=changed)
    cached = (runtime.settings, runtime.editorial, runtime.desk)
    for one in cached:
        one.cache_clear()

    def command(old: str, new: str) -> Any:
        done = CliRunner().invoke(cli.app, ["feeds", "rename", old, new])
        newsroom.watch.now = utc_now() + timedelta(minutes=1)  # the command's clock is the real one
        newsroom.settle("publish")
        return done

    yield command
    runtime.desk().engine.dispose()
    for one in cached:
        one.cache_clear()


@pytest.fixture
def published(newsroom: Any, rename: Any, tmp_path: Path, make_entry: MakeEntry) -> Path:
    """Two authors, one of whom is spelt in two ways; gives the folder of their feeds' files."""
    newsroom.take("alpha", make_entry("a"), make_entry("b", authors=("Anna Ball",)))
    newsroom.settle()
    return tmp_path / "feeds" / "author"


def is_gone(newsroom: Any, key: str) -> bool:
    (row,) = newsroom.rows("SELECT gone_at FROM feed WHERE key = :key", key=key)
    return row.gone_at is not None


def leads_to(newsroom: Any, key: str) -> str | None:
    with newsroom.desk.engine.connect() as connection:
        return aliases.renamed(connection, key)


def names(folder: Path) -> set[str]:
    return {path.name.partition(".")[0] for path in folder.iterdir()}


def test_news_under_the_old_name_brings_it_not_back(
    newsroom: Any, rename: Any, published: Path, make_entry: MakeEntry
) -> None:
    assert rename(OLD, NEW).exit_code == 0
    for n in range(2):
        newsroom.take("alpha", make_entry(f"later-{n}"))
        newsroom.settle()
        assert is_gone(newsroom, OLD)
        assert leads_to(newsroom, OLD) == NEW
        assert not is_gone(newsroom, NEW)


def test_the_files_of_the_old_name_go(
    newsroom: Any, rename: Any, published: Path, make_entry: MakeEntry
) -> None:
    assert names(published) == {"anna-bell", "anna-ball"}
    rename(OLD, NEW)
    assert names(published) == {"anna-ball"}
    newsroom.take("alpha", make_entry("later"))
    newsroom.settle()
    assert names(published) == {"anna-ball"}


def test_a_name_that_is_taken_up_again_stands_for_itself(
    newsroom: Any, rename: Any, published: Path
) -> None:
    rename(OLD, NEW)
    rename(NEW, OLD)
    assert not is_gone(newsroom, OLD)
    assert is_gone(newsroom, NEW)
    assert (leads_to(newsroom, OLD), leads_to(newsroom, NEW)) == (None, OLD)
    assert names(published) == {"anna-bell"}


def test_a_feed_cannot_lead_to_itself_or_to_nothing(
    newsroom: Any, rename: Any, published: Path
) -> None:
    for new in (OLD, "author/nobody"):
        assert rename(OLD, new).exit_code == 2
        assert leads_to(newsroom, OLD) is None
        assert not is_gone(newsroom, OLD)
