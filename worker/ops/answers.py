"""Answers of the API: JSON, and errors as one line that says what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from config.errors import nearest

BODY_MAX = 2**20
TEXT_MAX = 200

# The store is gone, restarting, full or read-only, or all connections are taken: try again later.
# Its other errors are mistakes of ours.
UNREACHABLE: tuple[type[Exception], ...] = (
    sa.exc.OperationalError,
    sa.exc.InterfaceError,
    sa.exc.InternalError,
    sa.exc.TimeoutError,
)
RETRY_AFTER_S = 5


class Problem(Exception):
    """A request that can't be served: status, one line that says what to do, extra headers."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, message, headers)
        self.status = status
        self.message = message
        self.headers = headers


def answer(
    content: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with JSON."""
    return Response(orjson.dumps(content), status, headers, "application/json")


def refusal(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Answer that a request can't be served."""
    return answer({"error": message}, status, headers)


async def read_json(request: Request) -> dict[str, Any]:
    """Read a request's JSON object, `{}` when there is no body; raises `Problem`."""
    body = await _read(request)
    if not body:
        return {}
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        raise Problem(400, f"the body is no JSON: {exc}") from exc
    if not isinstance(value, dict):
        raise Problem(422, 'send a JSON object, such as {"urls": ["https://…"]}')
    return value


async def _read(request: Request) -> bytes:
    """Collect the body, and stop as soon as it is too large, whatever its length header says."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_MAX:
                raise Problem(413, f"the body is larger than {BODY_MAX} bytes: send less at once")
    except ClientDisconnect as exc:
        raise Problem(400, "the connection ended before the body did") from exc
    return bytes(body)


def check_keys(body: Mapping[str, Any], known: Sequence[str]) -> None:
    """Refuse a misspelt key, which would otherwise be ignored in silence; raises `Problem`."""
    for key in body:
        if key not in known:
            hint = nearest(key, known) or f"; there are {', '.join(known)}"
            raise Problem(422, f"there is no key {key[:TEXT_MAX]!r}{hint}")


def text(body: Mapping[str, Any], key: str) -> str | None:
    """Read a short text without control characters; `None` when it is not given, else `Problem`."""
    value = body.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value or len(value) > TEXT_MAX or not value.isprintable():
        raise Problem(422, f"{key!r} must be a text of 1 to {TEXT_MAX} printable characters")
    return value
