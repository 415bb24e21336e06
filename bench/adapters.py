"""The product's functions in the forms that the conformance tools call them by."""

from feeds.ingest import discover as discovery
from feeds.urls import canonicalise


def discover(body: bytes, url: str) -> list[str]:
    """List the feeds that a page names."""
    return discovery.discover(body, url)


def canonical(url: str) -> str:
    """Write a web address in the one way that we store it; raises `ValueError` for others."""
    return canonicalise(url)
