"""What a feed says about itself in all formats, and where it lives."""

from collections.abc import Mapping
from dataclasses import dataclass, field

WHOLE = frozenset({"featured", "most-read"})


@dataclass(frozen=True, slots=True)
class FeedHead:
    """What a feed says about itself.

    `key` is its path below /feeds (`section/nhan-quyen`), `page_url` the HTML page that it
    mirrors, `base_url` the public web without a slash at the end. `labels` names sections and
    topics by slug; a slug without a name stands for itself. `hub_urls` are the WebSub hubs. `query`
    is a choice among its items (`lang=vi`), which is a feed of its own; empty for all of them.
    """

    key: str
    title: str
    description: str
    page_url: str
    base_url: str
    language: str
    tag_authority: str
    labels: Mapping[str, str] = field(default_factory=dict)
    hub_urls: tuple[str, ...] = ()
    query: str = ""

    @property
    def id(self) -> str:
        """Name the feed for ever (RFC 4151); all its formats share the name."""
        return f"tag:{self.tag_authority}:feed/{self.key}{self._chosen}"

    def url(self, fmt: str) -> str:
        """Give the address of one of the feed's formats."""
        return feed_url(self.base_url, self.key, fmt) + self._chosen

    def page_of(self, fmt: str, page: int | None) -> str:
        """Give the address of an archive page, or of the subscription document for `None`."""
        return self.url(fmt) if page is None else f"{self.url(fmt)}?page={page}"

    @property
    def is_whole(self) -> bool:
        """Tell a list that is all there is: what left it is no longer part of the feed."""
        return self.key in WHOLE

    @property
    def _chosen(self) -> str:
        return f"?{self.query}" if self.query else ""


def feed_url(base_url: str, key: str, fmt: str) -> str:
    """Give a feed's address; `fmt` is rss, atom or json."""
    return f"{base_url}/feeds/{key}.{fmt}"
