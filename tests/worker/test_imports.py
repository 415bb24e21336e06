"""Imports: a list adds what is new, changes nothing that is there, and names each bad line."""

from config.editorial import Editorial
from feeds.ingest.opml import Fault, Outline, read, write
from feeds.pipeline.desk import Desk
from feeds.store import kinds, sources
from feeds.store.kinds import Kind
from worker.imports import addresses, plan

PORTS = frozenset((80, 443))


def test_new_feeds_are_added_under_free_names(editorial: Editorial) -> None:
    outlines = [
        Outline("Báo", "https://a.vn/rss"),
        Outline("Báo", "https://b.vn/rss"),
        Outline("", "https://c.vn/rss"),
    ]
    found = plan(editorial, outlines, (), {"https://x.vn/rss": "bao"}, {}, PORTS)
    assert [(one.name, one.url) for one in found.specs] == [
        ("bao-2", "https://a.vn/rss"),
        ("bao-3", "https://b.vn/rss"),
        ("c-vn-rss", "https://c.vn/rss"),
    ]


def test_what_is_polled_already_stays_as_it_is(editorial: Editorial) -> None:
    polled = {"https://a.vn/rss": "mine", "urn:tinwire:submitted": "submitted"}
    outlines = [Outline("Other", "HTTPS://a.vn:443/rss"), Outline("New", "https://b.vn/rss")]
    found = plan(editorial, [*outlines, outlines[1]], (), polled, {}, PORTS)
    assert [one.name for one in found.specs] == ["new"]
    assert found.kept == ("mine",)


def test_a_source_that_moved_is_known_by_the_address_that_it_had(desk: Desk) -> None:
    spec = desk.editorial.sources[0]
    with desk.engine.begin() as connection:
        sources.declare(connection, [spec], desk.clock())
        number = sources.find(connection, spec.name).id
        kinds.note(connection, [Kind(number, "feed", "found on the page", "https://a.vn/rss")])
        polled = addresses(sources.listed(connection))
    outlines = [Outline("Old", spec.url), Outline("New", "https://a.vn/rss")]
    found = plan(desk.editorial, outlines, (), polled, {}, PORTS)
    assert (found.specs, found.kept) == ((), (spec.name,))


def test_a_line_that_makes_no_source_is_named_beside_those_that_could_not_be_read(
    editorial: Editorial,
) -> None:
    unread = Fault(3, "no web address")
    long = Outline("A", "https://a.vn/", home="urn:x", line=7)
    found = plan(editorial, [long, Outline("B", "https://b.vn/")], [unread], {}, {}, PORTS)
    assert [one.name for one in found.specs] == ["b"]
    assert found.faults[0] == unread
    assert found.faults[1].line == 7
    assert "home" in found.faults[1].why


def test_what_would_never_be_fetched_is_named_with_its_line(editorial: Editorial) -> None:
    outlines = [
        Outline("A", "https://ann:pw@a.vn/rss", line=3),
        Outline("B", "https://b.vn:8081/rss", line=4),
        Outline("C", "https://c.vn/rss", line=5),
    ]
    found = plan(editorial, outlines, (), {}, {}, PORTS)
    assert [one.name for one in found.specs] == ["c"]
    assert [str(one) for one in found.faults] == [
        "line 3: an address with a user name: 'a.vn'",
        "line 4: port 8081 is not fetched: 'b.vn:8081'",
    ]


def test_sections_survive_an_export_and_an_import(editorial: Editorial) -> None:
    slug = editorial.sections[0].slug
    outlines, _ = read(write([Outline("A", "https://a.vn/rss", path=(slug,))]))
    assert plan(editorial, outlines, (), {}, {}, PORTS).specs[0].section == slug


def test_a_source_that_was_removed_comes_back_under_its_name(editorial: Editorial) -> None:
    removed = {"https://a.vn/rss": "old"}
    found = plan(editorial, [Outline("New", "https://a.vn/rss")], (), {}, removed, PORTS)
    assert [one.name for one in found.specs] == ["old"]
