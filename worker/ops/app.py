"""The ops application: routes, tokens, errors and headers, put together for one `Desk`.

The API needs tokens. The page, the metrics and the health checks need none: they take no action and
show no secret, and ops listens on an interface of its own (127.0.0.1 unless it is told otherwise).
"""

from collections.abc import Awaitable, Callable

import anyio
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, ExceptionHandler

from feeds.pipeline.desk import Desk
from worker.ops import access, actions, editors, graph, metrics, partners, rounds
from worker.ops.actions import Asked
from worker.ops.answers import RETRY_AFTER_S, UNREACHABLE, Problem, answer, read_json, refusal
from worker.ops.dashboard import Page
from worker.ops.headers import with_headers
from worker.ops.health import is_ready, readiness
from worker.ops.queues import Queues, Waiting
from worker.reindex import TURNS
from worker.status import Status, snapshot

Endpoint = Callable[[Request], Awaitable[Response]]
Action = Callable[[Desk, Asked], Response]
# Looking must never take the connections that accepting needs.
_LOOKERS = 2


def create_app(desk: Desk, waiting: Waiting | None = None) -> ASGIApp:
    """Make the ops application.

    `waiting` counts a queue's messages, `None` when the broker does not answer; without it the
    queues are left out.
    """
    queues, page = Queues(waiting), Page()

    def look() -> Status:
        return snapshot(desk).with_queues(queues.read())

    def status(_: Desk, __: Asked) -> Response:
        return answer(look().as_dict())

    routes = [
        *_open_routes(desk, look, page),
        _guarded(desk, "GET", "/api/v1/status", "status", status),
        _guarded(desk, "POST", "/api/v1/links", "links", actions.hand_in),
        _guarded(desk, "POST", "/api/v1/withdraw", "articles", actions.withdraw),
        _guarded(desk, "POST", "/api/v1/restore", "articles", actions.restore),
        _guarded(desk, "POST", "/api/v1/reindex", "reindex", rounds.start),
        _guarded(desk, "GET", "/api/v1/reindex/{id:int}", "reindex", rounds.show),
        *(
            _guarded(
                desk, "POST", f"/api/v1/reindex/{{id:int}}/{to}", "reindex", rounds.turning(to)
            )
            for to in TURNS
        ),
        *(
            _guarded(desk, "POST", f"/api/v1/{act.__name__}", "articles", act)
            for act in (
                editors.move,
                editors.tag,
                editors.pin,
                editors.split,
                editors.merge,
                editors.undo,
            )
        ),
        _guarded(desk, "GET", "/api/v1/audit", "articles", editors.audited),
        _guarded(desk, "GET", "/api/v1/audit/{article}", "articles", editors.audited),
        _guarded(desk, "POST", "/api/v1/replay", "reindex", actions.replay),
        _guarded(desk, "GET", "/api/v1/partners", "partners", partners.show_all),
        _guarded(desk, "POST", "/api/v1/partners", "partners", partners.create),
        *(
            _guarded(desk, method, f"/api/v1/partners/{{name}}/{act.__name__}", "partners", act)
            for method, act in (
                ("POST", partners.rotate),
                ("POST", partners.revoke),
                ("GET", partners.usage),
            )
        ),
    ]
    return with_headers(Starlette(routes=routes, exception_handlers=_HANDLERS), page.style_source)


def _open_routes(desk: Desk, look: Callable[[], Status], page: Page) -> list[Route]:
    """Make the routes that need no token; all of them only look."""
    lookers = anyio.CapacityLimiter(_LOOKERS)

    async def dashboard(request: Request) -> Response:
        refreshes = "still" not in request.query_params
        try:
            found: Status | None = await anyio.to_thread.run_sync(look, limiter=lookers)
        except UNREACHABLE:
            found = None
        return HTMLResponse(page.render(found, refreshes), 503 if found is None else 200)

    async def scrape(_: Request) -> Response:
        try:
            found: Status | None = await anyio.to_thread.run_sync(look, limiter=lookers)
        except UNREACHABLE:
            found = None  # a scrape that fails would hide that it is the database
        return Response(metrics.render(found), headers={"Content-Type": metrics.CONTENT_TYPE})

    async def alive(_: Request) -> Response:
        return answer({"alive": True})

    async def ready(request: Request) -> Response:
        checks = await anyio.to_thread.run_sync(readiness, desk, limiter=lookers)
        passed = is_ready(checks, "consumption" in request.query_params)
        return answer({"ready": passed, "checks": checks}, 200 if passed else 503)

    paths = {"/": dashboard, "/metrics": scrape, "/healthz": alive, "/readyz": ready}
    return [
        *(Route(path, endpoint) for path, endpoint in paths.items()),
        *graph.routes(desk, graph.GraphPage(page.style), lookers),
    ]


def _guarded(desk: Desk, method: str, path: str, scope: str, action: Action) -> Route:
    """Make a route whose action runs, in a thread, only for a token with a scope."""

    async def endpoint(request: Request) -> Response:
        asked = f"{request.method} {request.url.path}"
        authorization = request.headers.get("authorization")
        token = await run_in_threadpool(access.admit, desk, authorization, scope, asked)
        body = await read_json(request)
        return await run_in_threadpool(action, desk, Asked(token, body, request.path_params))

    return Route(path, endpoint, methods=[method])


async def _on_problem(_: Request, exc: Exception) -> Response:
    assert isinstance(exc, Problem)
    return refusal(exc.status, exc.message, exc.headers)


async def _on_route(_: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    message = {
        404: "there is nothing here: the API's routes begin with /api/v1/",
        405: f"this route takes {(exc.headers or {}).get('Allow', 'another method')} only",
    }
    return refusal(exc.status_code, message.get(exc.status_code, exc.detail), exc.headers)


async def _on_unreachable(_: Request, __: Exception) -> Response:
    message = "the database does not answer, nothing was accepted: try again later"
    return refusal(503, message, {"Retry-After": str(RETRY_AFTER_S)})


async def _on_mistake(_: Request, __: Exception) -> Response:
    return refusal(500, "a mistake of ours: the log of ops says more")


_HANDLERS: dict[type[Exception] | int, ExceptionHandler] = {
    Problem: _on_problem,
    HTTPException: _on_route,
    Exception: _on_mistake,
    **dict.fromkeys(UNREACHABLE, _on_unreachable),
}
