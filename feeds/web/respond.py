"""Answers to requests for pages: conditional, compressed, with the headers that all carry."""

import gzip
from collections.abc import Mapping

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from feeds.publish.etag import etag
from feeds.web import headers
from feeds.web.conditional import Asked, decide

_GZIP_LEVEL = 5
_WORTH_ZIPPING = 1000


def respond(
    request: Request,
    body: bytes,
    kind: str,
    more: Mapping[str, str] | None = None,
    cache: str = headers.PAGE_CACHE,
    vary: str = "Accept-Encoding",
    background: BackgroundTask | None = None,
) -> Response:
    """Answer with a body under its ETag, or 304 when the reader has it; `more` are headers."""
    asked = Asked(
        if_none_match=request.headers.get("if-none-match"),
        accept_encoding=request.headers.get("accept-encoding"),
    )
    decision = decide(asked, etag(body), None, can_zip=len(body) >= _WORTH_ZIPPING)
    named = {**headers.ALWAYS, **(more or {})}
    named |= {"ETag": decision.etag, "Cache-Control": cache, "Vary": vary}
    if decision.not_modified:
        return Response(status_code=304, headers=named, background=background)
    named["Content-Type"] = kind
    if decision.zipped:
        named["Content-Encoding"] = "gzip"
        body = gzip.compress(body, _GZIP_LEVEL, mtime=0)
    return Response(body, headers=named, background=background)


def refuse(body: bytes, kind: str, status: int, more: Mapping[str, str] | None = None) -> Response:
    """Answer that something isn't here, or went wrong; never kept by caches."""
    named = {**headers.ALWAYS, **(more or {}), "Cache-Control": "no-store", "Content-Type": kind}
    return Response(body, status_code=status, headers=named)
