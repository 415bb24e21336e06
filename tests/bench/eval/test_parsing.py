"""What `python -m bench.eval parsing` measures."""

import pytest

from bench.eval.agreement import UNEXPLAINED
from bench.eval.parsing import SHARED, agreement, load, measure, run_suites

FEEDS = SHARED / "data" / "feeds_real"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="others' suites are not here")
# Feedparser expects the source of a script there, which no text of ours shows.
SCRIPTS = {"feedparser/wellformed/sanitize": 8}


@needs_shared
def test_each_suite_passes_as_many_checks_as_feedparser_does() -> None:
    theirs, ours = (run_suites(SHARED / "conformance", name) for name in ("feedparser", "Tinwire"))
    assert len(ours) > 10
    for other, own in zip(theirs, ours, strict=True):
        if own.name != "TOTAL":
            assert own.loose >= other.loose - SCRIPTS.get(own.name, 0), own.name
    assert ours[-1].loose >= theirs[-1].loose


@needs_shared
def test_every_difference_on_real_feeds_has_its_reason() -> None:
    entries, differences = agreement(load(FEEDS))
    assert entries > 3000
    assert [each for each in differences if each.kind == UNEXPLAINED] == []


@needs_shared
def test_speed_is_measured_on_well_formed_feeds_alone() -> None:
    well = b"<rss version='2.0'><channel><item><title>a</title></item></channel></rss>"
    speed = measure([well, b"<rss version='2.0'><channel><item><title>a", b"<html/>", b"{}"])
    assert (speed.feeds, speed.entries, speed.read_quickly) == (1, 1, 1)
    assert min(speed.ours, speed.feedparser, speed.draft_us) > 0
