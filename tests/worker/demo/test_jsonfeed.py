"""JSON Feed of the invented publishers."""

import json
from datetime import datetime, timedelta

import pytest

from worker.demo.edition import edition
from worker.demo.jsonfeed import json_feed


@pytest.mark.parametrize("name", ["mach-so", "delta-lantern"])
def test_items_carry_what_their_publisher_shows(newsroom, started_at, base_url, name):
    shown = edition(newsroom, name, started_at, started_at)
    feed = json.loads(json_feed(shown, base_url))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["language"] == shown.publisher.language
    for item, written in zip(shown.items, feed["items"], strict=True):
        assert (written["title"], written["url"]) == (item.title, item.url(base_url))
        assert datetime.fromisoformat(written["date_published"]) == item.published
        assert ("image" in written) == (item.picture is not None)
        assert [author["name"] for author in written.get("authors", [])] == list(item.authors)


def test_a_correction_shows_as_a_date_of_modification(newsroom, started_at, base_url):
    later = started_at + timedelta(minutes=5)
    before, after = (
        json.loads(json_feed(edition(newsroom, "delta-lantern", started_at, now), base_url))
        for now in (started_at, later)
    )
    assert not any("date_modified" in item for item in before["items"])
    corrected = [item for item in after["items"] if "date_modified" in item]
    assert len(corrected) == 1
    assert "one passenger in five" in corrected[0]["content_html"]
