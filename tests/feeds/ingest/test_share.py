"""Shares: a place is given back once, and a slow server takes no other's."""

import asyncio

from feeds.ingest.share import Share


async def test_a_place_is_given_back_once() -> None:
    slots, share = asyncio.Semaphore(1), Share()
    await share.take(slots)
    assert slots.locked()
    share.give()
    share.give()
    await slots.acquire()
    assert slots.locked(), "there is one place, not two"


async def test_who_is_excused_takes_no_place_any_more() -> None:
    slots, share = asyncio.Semaphore(1), Share()
    await share.take(slots)
    share.excuse()
    assert not slots.locked()
    await share.take(slots)
    assert not slots.locked()


async def test_who_is_excused_while_it_waits_takes_no_place() -> None:
    slots, first, second = asyncio.Semaphore(1), Share(), Share()
    await first.take(slots)
    waiting = asyncio.create_task(second.take(slots))
    await asyncio.sleep(0)
    second.excuse()
    first.give()
    await waiting
    assert not slots.locked()


async def test_who_stepped_aside_takes_a_place_again_for_what_it_holds() -> None:
    slots, share = asyncio.Semaphore(1), Share()
    await share.take(slots)
    assert share.spare_s > 0
    share.step_aside()
    await share.take(slots)
    assert not slots.locked(), "of the next server it is asked without one, too"
    await share.retake(slots)
    await share.retake(slots)
    assert (slots.locked(), share.spare_s) == (True, 0)
    share.excuse()
    await share.retake(slots)
    assert not slots.locked()


async def test_leave_for_a_large_body_lasts_until_it_is_dropped() -> None:
    large, share = asyncio.Semaphore(1), Share(keeps=True)
    await share.grow(large)
    await share.grow(large)
    assert (share.is_large, large.locked()) == (True, True)
    share.drop()
    share.drop()
    assert (share.is_large, large.locked()) == (False, False)
