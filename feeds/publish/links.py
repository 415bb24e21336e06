"""What goes with a feed's bytes wherever they are sent: their type, their hubs, their address."""

from collections.abc import Sequence
from urllib.parse import quote

from feeds.publish.feed_head import feed_url

FEED_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
_SAFE = "%:/?#[]@!$&'()*+,;=-._~"


def feed_links(base_url: str, hub_urls: Sequence[str], key: str, fmt: str, query: str = "") -> str:
    """Write the value of Link (W3C WebSub §4) of a feed in a format; `query` chooses its items."""
    hubs = [f'<{quote(url, safe=_SAFE)}>; rel="hub"' for url in hub_urls]
    own = quote(feed_url(base_url, key, fmt) + (f"?{query}" if query else ""), safe=_SAFE)
    return ", ".join([*hubs, f'<{own}>; rel="self"'])
