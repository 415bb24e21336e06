from datetime import UTC, datetime

import pytest

from feeds.ingest.headers import lowered, retry_after_s

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)

WAITS = [
    (429, "120", 120.0),
    (503, "Mon, 05 Oct 2026 12:10:00 GMT", 600.0),
    (503, "Mon, 05 Oct 2026 12:10:00", 600.0),
    (503, "0", 60.0),
    (503, "Mon, 05 Oct 2020 12:10:00 GMT", 60.0),
    (429, "9" * 500, 86_400.0),
    (429, "soon", 300.0),
    (429, "", 300.0),
    (404, "120", None),
]


@pytest.mark.parametrize(("status", "text", "wait_s"), WAITS)
def test_the_wait_that_a_server_asks_for(status: int, text: str, wait_s: float | None) -> None:
    assert retry_after_s(status, {"retry-after": text}, lambda: NOW) == wait_s


def test_names_are_lower_case_and_odd_bytes_can_be_stored() -> None:
    given = {"ETag": '"é"', "Link": "\udce9", "X-Twice": "ứ"}
    assert lowered(given) == {"etag": '"é"', "link": "é", "x-twice": "ứ"}


def test_a_validator_that_could_not_be_sent_back_is_none() -> None:
    assert lowered({"ETag": '"\udce9"'}) == {}
