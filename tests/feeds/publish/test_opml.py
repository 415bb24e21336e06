"""OPML 2.0: text on every outline, xmlUrl on every feed."""

from defusedxml import ElementTree

from feeds.publish.opml import Outline, OutlineGroup, render_opml

FEED = Outline("Nhân quyền & báo chí", "http://localhost/f.rss", "http://localhost/f", "vi")
GROUPS = (
    OutlineGroup("Chuyên mục", (FEED, Outline("", "http://localhost/g.rss", "http://localhost/g"))),
    OutlineGroup("Trống", ()),
)


def test_groups_hold_their_feeds_in_order() -> None:
    root = ElementTree.fromstring(render_opml("Tinwire", "http://localhost/", GROUPS))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/title") == "Tinwire"
    assert root.findtext("head/ownerId") == "http://localhost/"
    (group,) = root.findall("body/outline")
    assert group.get("text") == "Chuyên mục"
    assert group[0].attrib == {
        "type": "rss",
        "text": "Nhân quyền & báo chí",
        "title": "Nhân quyền & báo chí",
        "xmlUrl": "http://localhost/f.rss",
        "htmlUrl": "http://localhost/f",
        "language": "vi",
    }


def test_every_outline_has_a_text() -> None:
    root = ElementTree.fromstring(render_opml("\x00T", "http://localhost/", GROUPS))
    assert all(outline.get("text") for outline in root.iter("outline"))
    assert root.findtext("head/title") == "T"


def test_same_feeds_give_the_same_bytes() -> None:
    assert render_opml("T", "u", GROUPS) == render_opml("T", "u", GROUPS)
