"""What is asked of the outside world, within which limits, and what came back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from config.settings import Network, Settings

_ACCEPT_FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, */*;q=0.5"
)
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Limits:
    """How long, how much and where to; times in seconds."""

    total_s: float = 30.0
    connect_s: float = 5.0
    read_s: float = 10.0
    max_bytes: int = 8 * 2**20
    concurrency: int = 32
    host_concurrency: int = 2
    inner_host_concurrency: int = 1024
    allow: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset((80, 443))
    user_agent: str = "Tinwire"

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Take the limits that a deployment set."""
        return cls(
            total_s=settings.fetch_timeout_s,
            max_bytes=settings.fetch_max_bytes,
            concurrency=settings.fetch_concurrency,
            host_concurrency=settings.host_concurrency,
            inner_host_concurrency=settings.inner_host_concurrency,
            allow=settings.fetch_allow,
            ports=settings.fetch_ports,
            user_agent=f"Tinwire/0.1 (+{settings.contact_url})",
        )


@dataclass(frozen=True)
class Request:
    """What to ask for; the validators are sent as they were received.

    Redirects are followed for GET alone, and only where it `follows`.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    accept: str = _ACCEPT_FEEDS
    method: str = "GET"
    data: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    follows: bool = True


@dataclass(frozen=True)
class Response:
    """What came back, whatever the status; `url` is where it came from in the end.

    `headers` has lower-case names, repeated ones joined by commas; the body is decoded, and is
    empty for errors. `moved_to` is set when all hops said that the move is for ever.
    `retry_after_s` is the wait that the server asks for, between a minute and a day.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    moved_to: str | None = None
    retry_after_s: float | None = None

    @property
    def not_modified(self) -> bool:
        """Tell whether what we have is still current."""
        return self.status == 304
