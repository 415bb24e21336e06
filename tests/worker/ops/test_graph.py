import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from lxml import etree, html

from feeds.model import Edge, public_id
from feeds.pipeline.desk import Desk
from feeds.store import graph, relations
from feeds.store.tables import article, source

VECTOR = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def stored(desk: Desk) -> None:
    """1 - 2 - 3 - 4 in a row, 5 alone, 6 a month old, 7 withdrawn and related to 1."""
    now = desk.clock()
    with desk.engine.begin() as connection:
        name = {"name": "a", "title": "Báo A", "url": "https://a.example/"}
        of = connection.scalar(sa.insert(source).values(name).returning(source.c.id))
        for number in range(1, 8):
            at = now - timedelta(days=30 if number == 6 else 1, minutes=number)
            row = dict.fromkeys(("guid", "url", "excerpt", "html", "text", "language"), "x")
            row |= {"id": number, "source_id": of, "content_hash": b"h", "effective_at": at}
            row |= {"title": f"Bài {number} {VECTOR}", "first_seen_at": at, "related_at": at}
            row |= {"section": "nhan-quyen" if number != 5 else "kinh-te"}
            row |= {"state": "withdrawn" if number == 7 else "public"}
            connection.execute(sa.insert(article).values(row))
        pairs = [(1, 2), (2, 3), (3, 4), (1, 7)]
        edges = [Edge(left, right, "topic", 0.5, f"both: {VECTOR}") for left, right in pairs]
        relations.add_edges(connection, edges)


def _titles(value: Any) -> set[str]:
    return {node["title"].split()[1] for node in value["nodes"]}


def test_an_article_stands_among_what_is_two_steps_away(ops: Any) -> None:
    found = ops("GET", f"/graph/article/{public_id(1)}.json").json
    assert _titles(found) == {"1", "2", "3"}
    assert len(found["edges"]) == 2


def test_what_is_two_steps_away_may_be_related_too(desk: Desk, ops: Any) -> None:
    with desk.engine.begin() as connection:
        more = [Edge(left, right, "topic", 0.5, "x") for left, right in ((2, 4), (4, 5))]
        relations.add_edges(connection, more)
    found = ops("GET", f"/graph/article/{public_id(1)}.json").json
    assert _titles(found) == {"1", "2", "3", "4"}
    assert len(found["edges"]) == 4, "1 - 2, 2 - 3, 2 - 4 and 3 - 4"


def test_of_a_busy_week_it_is_said_how_many_are_shown(
    ops: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ops("GET", "/graph/week.json").json["heading"] == "All sections: the last week"
    monkeypatch.setattr(graph.of_days, "__defaults__", (3,))
    found = ops("GET", "/graph/week.json").json
    assert found["heading"] == "All sections: the newest 3 of 5 of the last week"
    assert _titles(found) == {"1", "2", "3"}


def test_a_section_shows_its_last_week_and_what_lies_below_it(ops: Any) -> None:
    assert _titles(ops("GET", "/graph/section/thoi-su.json").json) == {"1", "2", "3", "4"}
    assert _titles(ops("GET", "/graph/week.json").json) == {"1", "2", "3", "4", "5"}


@pytest.mark.parametrize(
    "path", ["/graph", "/graph/section/thoi-su", f"/graph/article/{'0' * 12}1"]
)
def test_a_page_shows_the_picture_and_the_reasons_and_runs_nothing(ops: Any, path: str) -> None:
    reply = ops("GET", path)
    assert reply.status == 200
    page = html.fromstring(reply.text)
    assert page.find(".//figure//svg") is not None
    assert page.findall(".//script") == []
    assert "both: <script>" in page.find(".//table").text_content()
    assert not re.search(r"<[^>]* (style|on\w+)=", reply.text)


def test_the_picture_stands_alone_too(ops: Any) -> None:
    reply = ops("GET", f"/graph/article/{public_id(1)}.svg")
    assert reply.headers["content-type"] == "image/svg+xml"
    assert etree.fromstring(reply.body).tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize(
    "path",
    [
        "/graph/section/nowhere",
        "/graph/article/zzz",
        f"/graph/article/{'0' * 12}7",
        f"/graph/article/{'0' * 12}1.pdf",
        "/graph/year",
    ],
)
def test_what_is_not_there_is_said(ops: Any, path: str) -> None:
    assert ops("GET", path).status == 404
