"""Both readers agree on feeds that were changed in ways that some publisher may think of."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from random import Random

import pytest
from lxml import etree

from feeds.errors import NotAFeed
from feeds.ingest.document import open_document
from feeds.ingest.quick import read_quickly
from feeds.ingest.reference import read_by_reference
from feeds.ingest.tree import grow

SHARED = Path(__file__).parents[3].parent / "shared"
FOLDERS = (
    *("data/feeds_real/feeds", "data/feeds_vn", "data/feeds_vn_quirks"),
    "conformance/corpora/feedparser/tests/wellformed",
)
URL = "https://bao.vn/rss/tin.xml"
MUTANTS = 1000  # for each seed; a third of them is still plain
MOST_ITEMS = 3
MOST_BYTES = 60_000
XML = "{http://www.w3.org/XML/1998/namespace}"
NAMES = [
    *("isPermaLink", "rel", "href", "type", "url", "length", "scheme", "term", "label"),
    *("domain", "version", "medium", "uri"),
]
VALUES = [
    *("", " ", "x & y", "<b>x</b>", "a &lt; b", "AT&amp;T", "\x93q\x94", "Ã©", "true", "html"),
    *("https://b.vn/1", "/tin/1", "?q=1", "tin 1", "https://b.vn:99999/", "urn:x", "a@b.vn (An)"),
    *("2026-11-02", "Mon, 02 Nov 2026 10:00:00 +0700", "alternate", "enclosure", "self", "vi"),
]


def compare(raw: bytes) -> bool | None:
    """Tell whether both readers give the same; `None` where the quick one steps back."""
    try:
        tree = grow(open_document(raw, {}), URL)
    except NotAFeed:
        return None
    quick = read_quickly(tree, URL, "UTC")
    return None if quick is None else quick == read_by_reference(tree, URL, "UTC")


@cache
def plain_feeds() -> list[bytes]:
    """List the shared feeds that are read quickly, with a few of their items."""
    files = [each for folder in FOLDERS for each in sorted((SHARED / folder).rglob("*"))]
    small = [each for each in files if each.is_file() and each.stat().st_size < MOST_BYTES]
    return [raw for each in small if (raw := shortened(each.read_bytes())) is not None]


def shortened(raw: bytes) -> bytes | None:
    try:
        tree = grow(open_document(raw, {}), URL)
    except NotAFeed:
        return None
    if tree.root is None or read_quickly(tree, URL, "UTC") is None:
        return None
    for item in list(tree.root.iter("{*}item", "{*}entry"))[MOST_ITEMS:]:
        item.getparent().remove(item)
    return etree.tostring(tree.root, encoding="utf-8")


def delete(one: etree._Element, other: etree._Element, random: Random) -> None:
    if (parent := one.getparent()) is not None:
        parent.remove(one)


def double(one: etree._Element, other: etree._Element, random: Random) -> None:
    if (parent := one.getparent()) is not None:
        parent.insert(random.randint(0, len(parent)), deepcopy(one))


def nest(one: etree._Element, other: etree._Element, random: Random) -> None:
    one.insert(random.randint(0, len(one)), deepcopy(other))


def swap(one: etree._Element, other: etree._Element, random: Random) -> None:
    one.tag, other.tag = other.tag, one.tag


def say(one: etree._Element, other: etree._Element, random: Random) -> None:
    one.text = random.choice(VALUES)


def describe(one: etree._Element, other: etree._Element, random: Random) -> None:
    names = [*one.keys(), *other.keys(), *NAMES, f"{XML}base", f"{XML}lang"]
    one.set(random.choice(names), random.choice(VALUES))


CHANGES: Sequence[Callable[[etree._Element, etree._Element, Random], None]] = (
    *(delete, double, nest, swap, say, describe),
)


def mutant(random: Random) -> bytes:
    root = etree.fromstring(random.choice(plain_feeds()))
    for _ in range(random.randint(1, 2)):
        elements = list(root.iter("*"))
        random.choice(CHANGES)(random.choice(elements), random.choice(elements), random)
    raw = etree.tostring(root, encoding="utf-8")
    if random.random() < 0.1:
        at = random.randrange(len(raw))
        raw = raw[:at] + raw[at + random.choice((1, 20)) :]
    return raw


@pytest.mark.skipif(not SHARED.exists(), reason="others' feeds are not here")
@pytest.mark.parametrize("seed", range(5))
def test_both_readers_agree_on_mutants_of_real_feeds(seed: int) -> None:
    random = Random(seed)
    agreed = 0
    for _ in range(MUTANTS):
        raw = mutant(random)
        verdict = compare(raw)
        assert verdict is not False, raw.decode()
        agreed += verdict is True
    assert agreed > MUTANTS / 10
