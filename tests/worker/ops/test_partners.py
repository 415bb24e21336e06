"""Partners by HTTP: made, shown without secrets, given new keys, and ended; each is audited."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from lxml import html
from prometheus_client.parser import text_string_to_metric_families

from feeds.pipeline.desk import Desk
from feeds.store import partners, usage
from feeds.store.usage import Count, Outcome

Call = Callable[..., Any]
BODY = {"name": "daily", "title": "Daily", "origins": ["https://daily.example"], "per_day": 50}


@pytest.fixture
def token(secret: Callable[..., str]) -> str:
    return secret("partners")


@pytest.fixture
def key(ops: Call, token: str) -> str:
    """The key of a partner that was made by HTTP."""
    reply = ops("POST", "/api/v1/partners", token, BODY)
    assert reply.status == 201
    assert reply.json["name"] == "daily"
    return str(reply.json["key"])


def _names(desk: Desk, key: str) -> str | None:
    with desk.engine.connect() as connection:
        found = partners.find(connection, key, desk.clock())
    return None if found is None else found.name


def test_a_partner_that_was_made_has_a_key_which_no_list_shows(
    ops: Call, desk: Desk, token: str, key: str
) -> None:
    assert _names(desk, key) == "daily"
    listed = ops("GET", "/api/v1/partners", token)
    (found,) = listed.json["partners"]
    assert (found["origins"], found["per_minute"], found["per_day"]) == (
        ["https://daily.example"],
        600,
        50,
    )
    assert [(one["hint"], one["is_valid"]) for one in found["keys"]] == [(key[-4:], True)]
    assert key not in listed.text


def test_no_key_stands_in_the_audit(
    ops: Call, token: str, key: str, audited: Callable[[], list[tuple[str, str, dict[str, Any]]]]
) -> None:
    new = ops("POST", "/api/v1/partners/daily/rotate", token, {"keep_hours": 1}).json["key"]
    ops("POST", "/api/v1/partners/daily/revoke", token)
    lines = audited()
    assert [(actor, action) for actor, action, _ in lines] == [
        ("tester", "partner create"),
        ("tester", "partner rotate"),
        ("tester", "partner revoke"),
    ]
    assert lines[2][2]["revoked"] == 2
    assert not any(one in str(lines) for one in (key, new))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"name": "daily", "orgins": []}, "did you mean 'origins'?"),
        ({"name": "daily", "origins": ["https://a.example/"]}, "did you mean 'https://a.example'"),
        ({"name": "Daily"}, "name: "),
        ({"name": "daily", "per_minute": 0}, "per_minute: "),
        ({}, "name: Field required"),
    ],
)
def test_what_is_wrong_is_said(
    ops: Call, token: str, body: object, said: str, count: Callable[[str], int]
) -> None:
    reply = ops("POST", "/api/v1/partners", token, body)
    assert reply.status == 422
    assert said in reply.json["error"]
    assert count("partner") == 0


def test_a_name_is_taken_once(ops: Call, token: str, key: str) -> None:
    reply = ops("POST", "/api/v1/partners", token, BODY)
    assert reply.status == 422
    assert "already" in reply.json["error"]


def test_a_rotation_leaves_old_keys_their_time(ops: Call, desk: Desk, token: str, key: str) -> None:
    path = "/api/v1/partners/daily/rotate"
    second = ops("POST", path, token).json["key"]
    assert [_names(desk, one) for one in (key, second)] == ["daily", "daily"]
    third = ops("POST", path, token, {"keep_hours": 0}).json["key"]
    assert [_names(desk, one) for one in (key, second, third)] == [None, None, "daily"]


@pytest.mark.parametrize("keep", [-1, "7", True, 1.5, 10**9])
def test_an_odd_time_is_refused(ops: Call, token: str, key: str, keep: object) -> None:
    reply = ops("POST", "/api/v1/partners/daily/rotate", token, {"keep_hours": keep})
    assert reply.status == 422


def test_one_key_is_ended_by_its_last_characters(
    ops: Call, desk: Desk, token: str, key: str
) -> None:
    new = ops("POST", "/api/v1/partners/daily/rotate", token).json["key"]
    reply = ops("POST", "/api/v1/partners/daily/revoke", token, {"key": key[-4:]})
    assert reply.json == {"name": "daily", "revoked": 1}
    assert [_names(desk, one) for one in (key, new)] == [None, "daily"]


@pytest.mark.parametrize(
    ("method", "action"), [("POST", "rotate"), ("POST", "revoke"), ("GET", "usage")]
)
def test_the_nearest_name_is_told(
    ops: Call, token: str, key: str, method: str, action: str
) -> None:
    reply = ops(method, f"/api/v1/partners/dialy/{action}", token)
    assert reply.status == 404
    assert "did you mean 'daily'?" in reply.json["error"]


def test_what_was_asked_for_shows_in_usage_list_metrics_and_page(
    ops: Call, desk: Desk, token: str, key: str
) -> None:
    now = desk.clock()
    with desk.engine.begin() as connection:
        number = partners.number_of(connection, "daily")
        counts = {
            Count(number, now.date(), outcome): 10 + place for place, outcome in enumerate(Outcome)
        }
        usage.add(connection, uuid4(), counts, now)

    (day,) = ops("GET", "/api/v1/partners/daily/usage", token).json["days"]
    assert day == {
        "name": "daily",
        "day": now.date().isoformat(),
        "served": 10,
        "limited": 11,
        "refused": 12,
    }
    (found,) = ops("GET", "/api/v1/partners", token).json["partners"]
    assert [found[f"{one}_today"] for one in Outcome] == [10, 11, 12]
    samples = {
        (one.name, one.labels["outcome"]): one.value
        for family in text_string_to_metric_families(ops("GET", "/metrics").text)
        for one in family.samples
        if one.labels.get("partner") == "daily" and "outcome" in one.labels
    }
    assert samples == {("tinwire_partner_requests", one): day[one] for one in Outcome}
    page = html.fromstring(ops("GET", "/?still").text)
    (section,) = page.xpath("//section[h2='Partners today']")
    assert section.xpath(".//tbody//text()[normalize-space()]") == ["daily", "10", "50", "11", "12"]
