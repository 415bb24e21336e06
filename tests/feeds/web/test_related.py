import json
from typing import Any

import feedparser
import pytest


def test_all_forms_hold_what_the_page_shows_as_same_topic(web: Any, public: Any) -> None:
    path = f"/related/{public('lead')}"
    page = json.loads(web.ask(f"/article/{public('lead')}.json").body)
    shown = [one["title"] for one in page["blocks"]["same_topic"]]
    assert shown
    found = json.loads(web.ask(f"{path}.json").body)
    assert [one["title"] for one in found["related"]] == shown
    for kind in ("rss", "atom"):
        answer = web.ask(f"{path}.{kind}")
        assert answer.headers["content-type"].startswith(f"application/{kind}+xml")
        parsed = feedparser.parse(answer.body)
        assert not parsed.bozo
        assert sorted(entry.title for entry in parsed.entries) == sorted(shown)
        own = [link.href for link in parsed.feed.links if link.rel == "self"]
        assert own == [f"{web.url}{path}.{kind}"]


@pytest.mark.parametrize("kind", ["json", "rss", "atom"])
def test_they_are_safe_to_poll(web: Any, public: Any, kind: str) -> None:
    path = f"/related/{public('lead')}.{kind}"
    first = web.ask(path)
    again = web.ask(path, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert first.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("name", ["zzzzzzzzzzzzz.rss", "x.json", "0000000000001.atom"])
def test_what_never_was_is_not_found(web: Any, name: str) -> None:
    assert web.ask(f"/related/{name}").status == 404


def test_other_forms_are_not_found(web: Any, public: Any) -> None:
    assert web.ask(f"/related/{public('lead')}.pdf").status == 404


def test_what_was_withdrawn_is_gone(web: Any, stock: Any, public: Any) -> None:
    from_now = stock.article("related-gone", "Sẽ bị rút", minutes=60_000)
    with stock.engine.connect() as connection:
        at = connection.exec_driver_sql("SELECT now()").scalar_one()
    stock.withdraw(from_now, at)
    assert web.ask(f"/related/{public('related-gone')}.rss").status == 410
