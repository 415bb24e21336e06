from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from feeds.model import Entry
from feeds.pipeline.desk import Desk
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.ingest import ingest
from feeds.store import backlog, links, reindexes, sources, work
from worker.ops.actions import URL_MAX, URLS_MAX, sort_urls

Call = Callable[..., Any]
Audited = Callable[[], list[tuple[str, str, dict[str, Any]]]]

BAD_URLS = [
    ("javascript:alert(1)", "http or https"),
    ("ftp://example.vn/a", "http or https"),
    ("/thoi-su/a", "http or https"),
    ("", "http or https"),
    ("https://", "http or https"),
    ("https://user:word@example.vn/a", "user name"),
    ("https://example.vn/" + "a" * URL_MAX, "longer"),
    (7, "no text"),
    (None, "no text"),
    ({"url": "https://example.vn"}, "no text"),
]


@pytest.mark.parametrize(("url", "why"), BAD_URLS)
def test_a_bad_address_is_told_apart_with_its_reason(url: object, why: str) -> None:
    accepted, ((rejected),) = sort_urls([url, "https://example.vn/good"])

    assert accepted == ["https://example.vn/good"]
    assert rejected["url"] == url
    assert why in rejected["why"]


def test_good_addresses_are_canonical_and_each_stands_once_in_their_order() -> None:
    given = ["https://b.vn/x?utm_source=z", "HTTP://A.vn:80/#top", "https://b.vn/x"]

    assert sort_urls(given) == (["https://b.vn/x", "http://a.vn/"], [])


def test_accepted_links_are_committed_with_their_work_and_their_audit(
    ops: Call, secret: Call, engine: sa.Engine, audited: Audited, source: str
) -> None:
    url = "https://example.vn/a"

    reply = ops("POST", "/api/v1/links", secret("links"), {"urls": [url], "source": source})

    assert (reply.status, reply.json) == (202, {"accepted": [url], "rejected": []})
    with engine.connect() as connection:
        (link,) = links.find(connection, [url])
        assert link.status == "waiting"
        assert link.source_id is not None
        loads = {one.kind: one.waiting for one in backlog.load(connection, link.submitted_at)}
    assert loads["ingest"] == 1
    detail = {"urls": [url], "rejected": 0, "source": source}
    assert audited() == [("tester", "links", detail)]


def test_the_good_links_beside_a_bad_one_are_accepted_and_the_answer_is_422(
    ops: Call, secret: Call, count: Callable[[str], int]
) -> None:
    urls = ["https://example.vn/a", "nonsense", "https://example.vn/b"]

    reply = ops("POST", "/api/v1/links", secret("links"), {"urls": urls})

    assert reply.status == 422
    assert reply.json["accepted"] == [urls[0], urls[2]]
    assert [one["url"] for one in reply.json["rejected"]] == ["nonsense"]
    assert reply.json["error"].startswith("1 of 3")
    assert count("link") == 2


def test_a_link_that_is_handed_in_twice_is_one_link(
    ops: Call, secret: Call, count: Callable[[str], int]
) -> None:
    token = secret("links")

    for _ in range(2):
        assert ops("POST", "/api/v1/links", token, {"urls": ["https://a.vn/"]}).status == 202

    assert (count("link"), count("work")) == (1, 1)


def test_the_most_links_that_are_allowed_are_accepted_at_once(
    ops: Call, secret: Call, count: Callable[[str], int]
) -> None:
    urls = [f"https://example.vn/{number}" for number in range(URLS_MAX)]

    assert ops("POST", "/api/v1/links", secret("links"), {"urls": urls}).status == 202
    assert count("link") == URLS_MAX


LINK_BODIES = [
    ({}, "urls"),
    ({"urls": []}, "urls"),
    ({"urls": "https://a.vn/"}, "urls"),
    ({"urls": ["https://a.vn/"] * (URLS_MAX + 1)}, "too many"),
    ({"urls": ["https://a.vn/"], "source": "nobody"}, "nobody"),
    ({"urls": ["https://a.vn/"], "source": "a\0b"}, "source"),
    ({"urls": ["https://a.vn/"], "sauce": "x"}, "did you mean 'source'"),
]


@pytest.mark.parametrize(("body", "says"), LINK_BODIES, ids=[one[1] for one in LINK_BODIES])
def test_a_request_that_makes_no_sense_accepts_nothing_and_says_what_to_do(
    ops: Call, secret: Call, count: Callable[[str], int], body: object, says: str
) -> None:
    reply = ops("POST", "/api/v1/links", secret("links"), body)

    assert reply.status == 422
    assert says in reply.json["error"]
    assert count("link") == 0


def test_a_reindex_is_started_in_its_own_lane_and_its_address_shows_how_far_it_is(
    ops: Call, secret: Call, engine: sa.Engine, desk: Desk, audited: Audited
) -> None:
    token = secret("reindex")
    body = {"mode": "refile", "section": "thoi-su", "since": "2026-11-01"}

    reply = ops("POST", "/api/v1/reindex", token, body)

    assert reply.status == 202
    assert reply.json["url"] == reply.headers["Location"] == f"/api/v1/reindex/{reply.json['id']}"
    shown = ops("GET", reply.json["url"], token)
    assert shown.status == 200
    assert (shown.json["mode"], shown.json["state"], shown.json["done"]) == ("refile", "running", 0)
    assert "thoi-su" in shown.json["scope"]["sections"]
    with engine.connect() as connection:
        (load,) = backlog.load(connection, desk.clock())
    assert (load.kind, load.lane, load.waiting) == ("reindex", "reindex", 1)
    ((actor, action, detail),) = audited()
    assert (actor, action, detail["id"]) == ("tester", "reindex", reply.json["id"])


def test_all_articles_are_reindexed_only_when_that_is_said(
    ops: Call, secret: Call, engine: sa.Engine
) -> None:
    token = secret("reindex")

    assert ops("POST", "/api/v1/reindex", token, {"mode": "publish"}).status == 422
    reply = ops("POST", "/api/v1/reindex", token, {"mode": "publish", "all": True})

    assert reply.status == 202
    with engine.connect() as connection:
        assert reindexes.find(connection, reply.json["id"]).scope == reindexes.Scope()


REINDEX_BODIES = [
    ({}, "mode"),
    ({"mode": "refile"}, "say which"),
    ({"mode": "refile", "all": False}, "say which"),
    ({"mode": "refile", "all": True, "section": "thoi-su"}, "say which"),
    ({"mode": "rewrite", "all": True}, "rewrite"),
    ({"mode": "refile", "section": "thoi-xu"}, "did you mean 'thoi-su'"),
    ({"mode": "refile", "source": "nobody"}, "nobody"),
    ({"mode": "refile", "since": "last week"}, "last week"),
    ({"mode": "refile", "since": 20261101}, "since"),
    ({"mode": "refile", "autor": "x"}, "did you mean 'author'"),
]


@pytest.mark.parametrize(("body", "says"), REINDEX_BODIES)
def test_a_reindex_that_makes_no_sense_is_not_started(
    ops: Call, secret: Call, count: Callable[[str], int], body: object, says: str
) -> None:
    reply = ops("POST", "/api/v1/reindex", secret("reindex"), body)

    assert reply.status == 422
    assert says in reply.json["error"]
    assert count("reindex") == 0


@pytest.mark.parametrize("number", ["1", "999999999999999999999999", "0"])
def test_a_reindex_that_never_was_is_not_found(ops: Call, secret: Call, number: str) -> None:
    reply = ops("GET", f"/api/v1/reindex/{number}", secret("reindex"))

    assert reply.status == 404
    assert number in reply.json["error"]


@pytest.mark.parametrize(
    ("body", "replayed", "left"), [(None, 3, 0), ({}, 3, 0), ({"kind": "poll"}, 1, 2)]
)
def test_dead_letters_are_replayed_all_or_of_one_kind(
    ops: Call,
    secret: Call,
    desk: Desk,
    audited: Audited,
    body: dict[str, str] | None,
    replayed: int,
    left: int,
) -> None:
    now = desk.clock()
    with desk.engine.begin() as connection:
        work.mark(connection, "ingest", ["https://a.vn/", "https://b.vn/"], now)
        work.mark(connection, "poll", ["one"], now)
        work.bury(connection, sa.true(), now)

    reply = ops("POST", "/api/v1/replay", secret("reindex"), body)

    assert (reply.status, reply.json) == (200, {"replayed": replayed})
    with desk.engine.connect() as connection:
        assert len(backlog.dead(connection)) == left
    detail = {"kind": (body or {}).get("kind"), "replayed": replayed}
    assert audited() == [("tester", "replay", detail)]


def test_a_kind_of_work_that_does_not_exist_is_named_with_the_nearest(
    ops: Call, secret: Call
) -> None:
    reply = ops("POST", "/api/v1/replay", secret("reindex"), {"kind": "pol"})

    assert reply.status == 422
    assert "did you mean 'poll'" in reply.json["error"]


def test_articles_are_withdrawn_and_restored_with_a_reason(
    ops: Call, secret: Call, desk: Desk, audited: Audited
) -> None:
    url = "https://news.example/a"
    with desk.engine.begin() as connection:
        entries = (Entry(guid="a", url=url, title="On a"),)
        ingest(desk, connection, [Incoming(sources.submitted(connection), entries)])
    token = secret("articles")
    body = {"articles": [url], "why": "court order"}

    gone = ops("POST", "/api/v1/withdraw", token, body)
    back = ops("POST", "/api/v1/restore", token, body)

    assert (gone.status, back.status) == (200, 200)
    assert gone.json["withdrawn"] == back.json["restored"] != []
    assert [action for _, action, _ in audited()] == ["withdraw", "restore"]


@pytest.mark.parametrize(
    "body",
    [
        {"articles": ["https://news.example/none"], "why": "x"},
        {"articles": [], "why": "x"},
        {"articles": [7], "why": "x"},
        {"articles": ["0000000000009"] * (URLS_MAX + 1), "why": "x"},
        {"articles": ["0000000000009"]},
        {"why": "x"},
        {"articles": ["0000000000009"], "why": "x", "force": True},
    ],
)
def test_a_withdrawal_that_says_too_little_or_too_much_is_refused(
    ops: Call, secret: Call, body: dict[str, Any], audited: Audited
) -> None:
    assert ops("POST", "/api/v1/withdraw", secret("articles"), body).status == 422
    assert audited() == []
