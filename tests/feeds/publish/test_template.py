"""Heads by template: byte for byte what feedgen writes, whatever they say."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.publish.atom import atom_frame, atom_head
from feeds.publish.characters import is_safe
from feeds.publish.document import FeedDocument, Place, Tombstone
from feeds.publish.feed_head import FeedHead
from feeds.publish.rss import rss_frame, rss_head

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SAID = (
    st.text(st.characters(exclude_categories=("Cs",)) | st.sampled_from("&<>\"'\t\n\r\ue0fa"))
    .filter(is_safe)
    .map(lambda said: said.strip() or "x")
)
HEADS = st.builds(
    FeedHead,
    key=SAID | st.sampled_from(["all", "featured", "section/nhan-quyen"]),
    title=SAID,
    description=SAID,
    page_url=SAID,
    base_url=st.sampled_from(["http://localhost:8000", 'http://x/"?><b>&']),
    language=st.sampled_from(["vi", ""]),
    tag_authority=st.just("example.org,2026"),
    hub_urls=st.sampled_from([(), ("http://hub.example/?a&b",)]),
)
PAGES = st.none() | st.integers(1, 99)
DOCUMENTS = st.builds(
    FeedDocument,
    head=HEADS,
    updated=st.integers(0, 10**9).map(lambda n: NOON - timedelta(seconds=n, microseconds=n % 7)),
    items=st.just(()),
    place=st.builds(Place, st.none(), PAGES) | st.builds(Place, st.integers(1, 9), PAGES, PAGES),
    gone=st.just(()) | st.just((Tombstone("tag:example.org,2026:article/x", NOON),)),
)


@settings(deadline=None, max_examples=60)
@given(one=DOCUMENTS)
def test_a_head_is_what_feedgen_writes(one: FeedDocument) -> None:
    assert rss_head(one) == rss_frame(one)
    assert atom_head(one) == atom_frame(one)
