"""What a publisher lists depends on the clock and on nothing else."""

from datetime import timedelta

import pytest

from worker.demo.edition import edition, show

LATER = timedelta(minutes=5)


def test_items_stand_newest_first(newsroom, started_at):
    items = edition(newsroom, "thong-tan-cuu-long", started_at, started_at).items
    assert [item.published for item in items] == sorted(
        (item.published for item in items), reverse=True
    )


def test_a_correction_appears_with_a_newer_update_and_the_same_date(newsroom, started_at):
    for piece in (piece for piece in newsroom.pieces if piece.correction):
        before = show(newsroom, piece, started_at, started_at)
        after = show(newsroom, piece, started_at, started_at + LATER)
        assert before.body != after.body
        assert before.published == after.published == before.updated < after.updated
        assert after.updated == started_at + timedelta(seconds=piece.correction.after_s)


def test_a_withdrawn_piece_gives_way_to_a_tombstone(newsroom, started_at):
    gone = next(piece for piece in newsroom.pieces if piece.withdrawn_after_s)
    before = edition(newsroom, gone.source, started_at, started_at)
    after = edition(newsroom, gone.source, started_at, started_at + LATER)
    assert gone.slug in {item.key for item in before.items}
    assert not before.tombstones
    assert gone.slug not in {item.key for item in after.items}
    assert [stone.key for stone in after.tombstones] == [gone.slug]
    assert after.modified == after.tombstones[0].when > before.modified


def test_a_listing_varies_the_address_of_another_publishers_page(newsroom, started_at, base_url):
    addresses = {
        item.url(base_url)
        for publisher in newsroom.publishers
        for item in edition(newsroom, publisher.name, started_at, started_at).items
        if item.key.startswith("lien-ket-")
    }
    assert len(addresses) == len(newsroom.listings) == 2
    assert any(address.startswith("https://127.0.0.1:8090/") for address in addresses)
    assert any("?utm_source=" in address for address in addresses)


def test_an_unknown_publisher_has_no_edition(newsroom, started_at):
    with pytest.raises(KeyError):
        edition(newsroom, "khong-co", started_at, started_at)
