"""Headers that every answer carries, errors too: nothing is cached, framed, sniffed or loaded."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def with_headers(app: ASGIApp, style_source: str) -> ASGIApp:
    """Wrap an application; `style_source` is the one style sheet that its pages may have."""
    fixed = {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src {style_source}; img-src data:; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-store",
    }

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(fixed)
            await send(message)

        await app(scope, receive, send_with_headers)

    return wrapped
