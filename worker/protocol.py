"""HTTP of the public web: uvicorn's own, but what the application has at hand is sent at once.

For each answer uvicorn makes a task, its scope and two messages, and looks at every line of the
headers twice. That costs several times what a poll needs of us (docs/decisions/0029).
"""

from functools import lru_cache
from typing import Any, cast

import structlog
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from feeds.web.app import Door

_log = structlog.get_logger()


class AtOnceProtocol(HttpToolsProtocol):
    """One connection; the application has to be the public web's door."""

    def __init__(self, config: Config, *args: Any, **named: Any) -> None:
        super().__init__(config, *args, **named)
        self._door = cast(Door, config.app)
        self._is_answered = False

    def on_headers_complete(self) -> None:
        """Answer a request whose headers have come, or have uvicorn answer it."""
        self._is_answered = self._is_free() and self._answer()
        if not self._is_answered:
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Have uvicorn note a request's end, if it is uvicorn that answers."""
        if not self._is_answered:
            super().on_message_complete()

    def _is_free(self) -> bool:
        """Tell whether an answer to a plain GET could go out now, and the connection stays."""
        return (
            (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and self.parser.get_method() == b"GET"
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and not self.parser.should_upgrade()
        )

    def _answer(self) -> bool:
        try:
            found = self._door.at_once(self.url, self.headers)
        except Exception:  # noqa: BLE001 – the parser would call it the reader's fault
            _log.exception("not_at_once", target=self.url[:200])
            return False
        if found is None:
            return False
        every = _lines(tuple(self.server_state.default_headers))
        self.transport.writelines((found.head, every, found.body))
        self.on_response_complete()
        return True


@lru_cache(maxsize=4)
def _lines(named: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """Write the headers that uvicorn gives every answer, Date, and the end of all headers."""
    return b"".join(b"%b: %b\r\n" % line for line in named) + b"\r\n"
