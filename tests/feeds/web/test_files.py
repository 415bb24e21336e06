import re
import struct
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request

from config.editorial import Editorial
from config.settings import Settings
from feeds.clock import utc_now
from feeds.store.engine import connect
from feeds.web.assets import Assets
from feeds.web.files import readyz
from feeds.web.front import Front


def test_what_a_page_loads_is_there_and_may_be_kept_for_ever(web: Any) -> None:
    paths = re.findall(r'(?:href|src)="(/static/[^"]*)"', web.ask("/").text)
    assert len(set(paths)) == 4
    for path in paths:
        answer = web.ask(path)
        assert answer.status == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("path", "pixels"),
    [("/favicon.ico", 48), *((f"/static/icon-{side}.png", side) for side in (48, 144, 512))],
)
def test_icons_are_where_feeds_and_browsers_look_for_them(web: Any, path: str, pixels: int) -> None:
    answer = web.ask(path)
    assert answer.headers["content-type"] == "image/png"
    assert answer.body[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", answer.body[16:24]) == (pixels, pixels)


def test_a_file_under_an_old_address_is_not_kept_for_long(web: Any) -> None:
    answer = web.ask("/static/site.css?v=old")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize("name", ["nothing.css", "..%2Fapp.py", "app.py"])
def test_only_our_own_files_are_given_out(web: Any, name: str) -> None:
    assert web.ask(f"/static/{name}").status == 404


def test_crawlers_are_kept_from_frames_only(web: Any) -> None:
    told = web.ask("/robots.txt").text.splitlines()
    assert "Disallow: /embed/" in told
    assert f"Sitemap: {web.url}/news-sitemap.xml" in told


def test_the_process_and_what_it_needs_are_asked_for_apart(web: Any) -> None:
    assert (web.ask("/healthz").status, web.ask("/readyz").status) == (200, 200)


def _ready(engine: sa.Engine, editorial: Editorial) -> tuple[int, str]:
    app = Starlette()
    app.state.front = Front(engine, editorial, Settings(), utc_now, Assets())
    answer = readyz(Request({"type": "http", "app": app}))
    return answer.status_code, bytes(answer.body).decode()


def test_it_is_not_ready_before_a_feed_was_published(
    engine: sa.Engine, editorial: Editorial
) -> None:
    assert _ready(engine, editorial) == (503, "not ready: no feed was published yet\n")


def test_it_is_not_ready_for_a_database_of_another_release(
    engine: sa.Engine, editorial: Editorial
) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'older'"))
    status, text = _ready(engine, editorial)
    assert (status, "migrations" in text) == (503, True)


def test_it_is_not_ready_without_a_database(editorial: Editorial) -> None:
    nowhere = connect("postgresql://nobody@127.0.0.1:1/none")
    assert _ready(nowhere, editorial) == (503, "not ready: the database does not answer\n")
