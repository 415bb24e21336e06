"""Editors' routes: each answers after its commit, and says what it does not understand."""

from collections.abc import Callable
from typing import Any

import pytest

from feeds.model import Entry, public_id
from feeds.pipeline.desk import Desk
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.ingest import ingest
from feeds.store import sources

Call = Callable[..., Any]


@pytest.fixture
def pair(desk: Desk) -> list[str]:
    """Two articles, by id."""
    with desk.engine.begin() as connection:
        entries = tuple(
            Entry(guid=name, url=f"https://{name}.example/1", title=f"On {name}") for name in "ab"
        )
        done = ingest(desk, connection, [Incoming(sources.submitted(connection), entries)])
    return [public_id(one.article_id) for one in done.settled]


def test_every_action_is_done_audited_and_said(
    ops: Call, secret: Call, desk: Desk, audited: Callable[[], list[Any]], pair: list[str]
) -> None:
    token = secret("articles")
    section, topic = desk.editorial.sections[0].slug, desk.editorial.topics[0].slug
    one, other = pair
    asked = {
        "move": {"article": one, "section": section},
        "tag": {"article": "https://a.example/1", "topic": topic, "holds": True},
        "pin": {"article": one, "position": 2},
        "merge": {"article": one, "with": other, "kind": "story"},
        "split": {"article": one, "from": other},
        "undo": {"article": one, "with": other, "kind": "story"},
    }
    for name, body in asked.items():
        reply = ops("POST", f"/api/v1/{name}", token, {**body, "why": "she knows"})
        assert (reply.status, reply.json["changed"]) == (200, True), reply.text
    actions = [(actor, action, detail["why"]) for actor, action, detail in audited()]
    words = ("move", "topic", "pin", "merge", "split", "undo")
    assert actions == [("tester", word, "she knows") for word in words]
    gone = ops("POST", "/api/v1/pin", token, {"article": one, "position": None, "why": "enough"})
    nothing_else: dict[str, Any] = {"undone": [], "restored": [], "left_out": 0, "decision": None}
    assert gone.json == {"unpinned": [one], "changed": True, **nothing_else}


def test_an_undo_with_its_decision_may_be_sent_twice(
    ops: Call, secret: Call, pair: list[str]
) -> None:
    token = secret("articles")
    one, other = pair
    merged = {"article": one, "with": other, "kind": "story", "why": "one event"}
    older = ops("POST", "/api/v1/merge", token, merged).json["decision"]
    split = {"article": one, "from": other, "kind": "story", "why": "a mistake"}
    newer = ops("POST", "/api/v1/split", token, split).json["decision"]
    undo = {**merged, "why": "it was one"}
    early = ops("POST", "/api/v1/undo", token, {**undo, "decision": older})
    assert (early.json["changed"], early.json["undone"]) == (False, []), "another stands over it"
    asked = [ops("POST", "/api/v1/undo", token, {**undo, "decision": newer}) for _ in range(2)]
    assert [(reply.status, reply.json["changed"]) for reply in asked] == [(200, True), (200, False)]
    assert "one event" in asked[0].json["restored"][0], "the older decision holds again, and stays"
    assert ops("POST", "/api/v1/undo", token, {**undo, "decision": older}).json["changed"]


BODIES: list[tuple[str, dict[str, Any], str]] = [
    ("move", {"section": "news"}, "'article'"),
    ("move", {"article": "x"}, "section"),
    ("move", {"article": "x", "section": "nowhere"}, "nowhere"),
    ("tag", {"article": "x", "topic": "asean", "holds": 1}, "holds"),
    ("pin", {"article": "x", "position": True}, "position"),
    ("pin", {"article": "x", "position": -1}, "position"),
    ("pin", {"article": 5}, "article"),
    ("merge", {"article": "x"}, "with"),
    ("split", {"article": "x", "form": "y"}, "did you mean 'from'"),
    ("undo", {"article": "x", "kind": "topic"}, "kind"),
    ("undo", {"article": "x", "decision": "5"}, "'decision' must be the number"),
    ("split", {"article": "x", "decision": 5}, "decision"),
]


def test_a_request_that_makes_no_sense_says_what_to_do_and_changes_nothing(
    ops: Call, secret: Call, count: Callable[[str], int], pair: list[str]
) -> None:
    token = secret("articles")
    for name, body, says in BODIES:
        body = {key: pair[0] if value == "x" else value for key, value in body.items()}
        reply = ops("POST", f"/api/v1/{name}", token, {"why": "she knows", **body})
        assert reply.status == 422, (name, body)
        assert says in reply.json["error"]
    assert count("audit") == 0


def test_each_action_needs_the_scope_for_articles(
    ops: Call, secret: Call, count: Callable[[str], int], pair: list[str]
) -> None:
    narrow = secret("links", "reindex", "status", name="narrow")
    for name in ("move", "tag", "pin", "split", "merge", "undo"):
        body = {"article": pair[0], "with": pair[1], "why": "she knows"}
        assert ops("POST", f"/api/v1/{name}", narrow, body).status == 403
        assert ops("POST", f"/api/v1/{name}", None, body).status == 401
    assert (count("verdict"), count("placement"), count("pin")) == (0, 0, 0)


def test_the_audit_is_shown_whole_and_of_one_article(
    ops: Call, secret: Call, pair: list[str]
) -> None:
    token = secret("articles")
    for number, one in enumerate(pair):
        ops("POST", "/api/v1/pin", token, {"article": one, "position": number, "why": "read"})
    whole = ops("GET", "/api/v1/audit", token)
    assert [line["detail"]["article"] for line in whole.json["lines"]] == pair[::-1]
    (line,) = ops("GET", f"/api/v1/audit/{pair[0]}", token).json["lines"]
    assert (line["actor"], line["action"], line["detail"]["why"]) == ("tester", "pin", "read")
    assert ops("GET", "/api/v1/audit/0000000000009", token).status == 404
    assert ops("GET", "/api/v1/audit", secret("links", name="narrow")).status == 403
