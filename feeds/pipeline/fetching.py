"""Fetching from a step: an event loop for one batch of requests."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from feeds.errors import TinwireError
from feeds.ingest.fetch import Fetcher, Limits, Request, Response
from feeds.pipeline.desk import Desk


def fetch(desk: Desk, requests: Sequence[Request]) -> list[Response | TinwireError]:
    """Send requests together through the safe client; answers and errors in the same order."""
    return asyncio.run(_all(Limits.of(desk.settings), requests))


def fetch_within(
    desk: Desk, requests: Sequence[Request], total_s: float
) -> list[Response | TinwireError]:
    """Send requests as `fetch` does, each with less time than a deployment grants a source."""
    limits = Limits.of(desk.settings)
    return asyncio.run(_all(replace(limits, total_s=min(total_s, limits.total_s)), requests))


async def _all(limits: Limits, requests: Sequence[Request]) -> list[Response | TinwireError]:
    async with Fetcher(limits) as fetcher:
        return await fetcher.fetch_many(requests)
