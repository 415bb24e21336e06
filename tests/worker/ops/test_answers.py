from collections.abc import Callable
from typing import Any

import pytest

from worker.ops.answers import BODY_MAX, Problem, check_keys, text

Call = Callable[..., Any]

BODIES = [
    (b"{", 400),
    (b"\xff\xfe", 400),
    (b"urls=https://a.vn/", 400),
    (b'{"urls": ["\\ud800"]}', 400),
    (b"[" * 5000, 400),
    (b"[]", 422),
    (b"null", 422),
    (b'"https://a.vn/"', 422),
    (b'{"urls": ["' + b"a" * BODY_MAX + b'"]}', 413),
]


@pytest.mark.parametrize(("body", "status"), BODIES, ids=[str(one[0][:12]) for one in BODIES])
def test_a_body_that_is_no_json_object_or_too_large_is_refused_in_one_line(
    ops: Call, secret: Call, body: bytes, status: int
) -> None:
    reply = ops("POST", "/api/v1/links", secret("links"), body)

    assert reply.status == status
    assert list(reply.json) == ["error"]
    assert "\n" not in reply.json["error"]


def test_a_misspelt_key_is_named_with_the_nearest() -> None:
    with pytest.raises(Problem, match="did you mean 'section'"):
        check_keys({"secton": 1}, ("section", "source"))


@pytest.mark.parametrize("value", ["", "a\nb", "a\0b", "x" * 201, 7, ["a"], True])
def test_a_text_is_short_and_printable(value: object) -> None:
    with pytest.raises(Problem):
        text({"key": value}, "key")


def test_a_text_in_any_language_is_taken_and_a_missing_one_is_none() -> None:
    assert text({"key": "Cần Thơ"}, "key") == "Cần Thơ"
    assert text({}, "key") is None
