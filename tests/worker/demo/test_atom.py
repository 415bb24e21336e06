"""Atom of the invented publishers, with its tombstones."""

from datetime import timedelta

import feedparser
from lxml import etree

from worker.demo.atom import TOMBSTONES, atom
from worker.demo.edition import edition

LATER = timedelta(minutes=5)


def test_entries_carry_ids_texts_authors_and_enclosures(newsroom, started_at, base_url):
    shown = edition(newsroom, "thong-tan-cuu-long", started_at, started_at)
    parsed = feedparser.parse(atom(shown, base_url))
    assert (parsed.version, parsed.bozo) == ("atom10", False)
    for item, entry in zip(shown.items, parsed.entries, strict=True):
        assert entry.id == f"tag:cuu-long.example,2026:{item.key}"
        assert (entry.title, entry.summary) == (item.title, item.summary)
        assert entry.author == ", ".join(item.authors)
        assert bool(entry.get("enclosures")) == bool(item.picture)


def test_a_correction_keeps_the_id_and_moves_the_update(newsroom, started_at, base_url):
    before, after = (
        {entry.id: entry for entry in feedparser.parse(atom(shown, base_url)).entries}
        for shown in (
            edition(newsroom, "thong-tan-cuu-long", started_at, now)
            for now in (started_at, started_at + LATER)
        )
    )
    changed = [name for name in before if before[name].updated != after[name].updated]
    assert len(changed) == 1
    assert before[changed[0]].title != after[changed[0]].title
    assert before[changed[0]].published == after[changed[0]].published


def test_a_withdrawal_is_a_deleted_entry_that_names_the_same_id(newsroom, started_at, base_url):
    before = etree.fromstring(atom(edition(newsroom, "la-non", started_at, started_at), base_url))
    after = etree.fromstring(
        atom(edition(newsroom, "la-non", started_at, started_at + LATER), base_url)
    )
    stones = after.findall(f"{{{TOMBSTONES}}}deleted-entry")
    ids = {node.text for node in before.iter("{http://www.w3.org/2005/Atom}id")}
    assert before.find(f"{{{TOMBSTONES}}}deleted-entry") is None
    assert len(stones) == 1
    assert stones[0].get("ref") in ids
    assert stones[0].get("when")
