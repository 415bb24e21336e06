import json
import time
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


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


def test_its_date_never_goes_back_when_a_related_article_leaves(
    web: Any, stock: Any, public: Any
) -> None:
    lead = stock.article("related-lead", "Bài có bài liên quan", minutes=60_100, section="khac")
    kin = [stock.article(f"related-{n}", f"Bài thứ {n}", minutes=60_200 - n) for n in range(3)]
    for one in kin:
        stock.relate(lead, one)

    def ask() -> tuple[str, int]:
        said = set()
        for kind in ("atom", "rss", "atom"):
            answer = web.ask(f"/related/{public('related-lead')}.{kind}")
            parsed = feedparser.parse(answer.body)
            said.add((parsed.feed.updated_parsed, len(parsed.entries)))
        ((updated, count),) = said
        return time.strftime("%FT%T", updated), count

    dates = [ask()]
    assert ask() == dates[0], "asking changes nothing"
    for one in reversed(kin):
        stock.withdraw(one, NOW)
        dates.append(ask())
    assert [count for _, count in dates] == [3, 2, 1, 0]
    assert sorted({date for date, _ in dates}) == [date for date, _ in dates]
