"""Headers that every answer carries, and what a page may load."""

from collections.abc import Mapping

from feeds.publish.links import FEED_TYPES as FEED_TYPES

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
XML = "application/xml; charset=utf-8"
OPML = "text/x-opml; charset=utf-8"

FEED_CACHE = "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400"
# Caches that don't know RFC 3229 must not give a part to those who asked for the whole.
PART_CACHE = "no-store, im"
# Pages are always asked for again, so that what is withdrawn is gone; their ETag makes that cheap.
PAGE_CACHE = "no-cache"
FOREVER = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
OPEN = {"Access-Control-Allow-Origin": "*"}


def preflight(allowed: str) -> dict[str, str]:
    """Let scripts of other origins send these headers with a GET or HEAD."""
    return OPEN | {
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": allowed,
        "Access-Control-Max-Age": "86400",
    }


def _policy(**directives: str) -> dict[str, str]:
    value = "; ".join(f"{name.replace('_', '-')} {allowed}" for name, allowed in directives.items())
    return {"Content-Security-Policy": value}


PAGE_POLICY: Mapping[str, str] = _policy(
    default_src="'self'",
    img_src="'self' http: https: data:",
    style_src="'self'",
    script_src="'none'",
    object_src="'none'",
    form_action="'self'",
    frame_ancestors="'self'",
    base_uri="'none'",
)
EMBED_POLICY: Mapping[str, str] = _policy(
    default_src="'none'",
    style_src="'self'",
    img_src="http: https:",
    script_src="'self'",
    frame_ancestors="*",
    base_uri="'none'",
    form_action="'none'",
)
