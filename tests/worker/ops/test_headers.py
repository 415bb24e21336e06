from collections.abc import Callable
from typing import Any

import pytest

Call = Callable[..., Any]


@pytest.mark.parametrize("path", ["/", "/metrics", "/healthz", "/api/v1/status", "/nowhere"])
def test_every_answer_forbids_framing_sniffing_caching_and_foreign_content(
    ops: Call, path: str
) -> None:
    headers = ops("GET", path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/api/v1/status"])
def test_no_answer_sets_a_cookie_or_opens_itself_to_other_origins(ops: Call, path: str) -> None:
    headers = ops("GET", path).headers

    assert headers["Set-Cookie"] is None
    assert headers["Access-Control-Allow-Origin"] is None
