import gzip

from starlette.requests import Request

from feeds.web.respond import refuse, respond


def _request(**headers: str) -> Request:
    raw = [
        (name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()
    ]
    return Request({"type": "http", "method": "GET", "headers": raw})


def test_the_same_bytes_have_the_same_tag() -> None:
    one, other = (respond(_request(), b"body", "text/plain") for _ in range(2))
    assert one.headers["etag"] == other.headers["etag"]
    assert respond(_request(), b"more", "text/plain").headers["etag"] != one.headers["etag"]


def test_a_304_has_no_body_and_no_type() -> None:
    tag = respond(_request(), b"body", "text/plain").headers["etag"]
    answer = respond(_request(If_None_Match=tag), b"body", "text/plain")
    assert (answer.status_code, bytes(answer.body)) == (304, b"")
    assert "content-type" not in answer.headers


def test_only_what_is_worth_it_is_zipped() -> None:
    asked = _request(Accept_Encoding="gzip")
    assert "content-encoding" not in respond(asked, b"short", "text/plain").headers
    zipped = respond(asked, b"long " * 1000, "text/plain")
    assert gzip.decompress(bytes(zipped.body)) == b"long " * 1000
    assert zipped.headers["content-length"] == str(len(zipped.body))


def test_a_refusal_is_never_kept() -> None:
    answer = refuse(b"gone", "text/plain", 410)
    assert (answer.status_code, answer.headers["cache-control"]) == (410, "no-store")
    assert "etag" not in answer.headers
