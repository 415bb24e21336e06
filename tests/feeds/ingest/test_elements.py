import pytest
from lxml import etree

from feeds.ingest.elements import deleted_ids, details, guid_of, items_of, text_of

URL = "https://b.vn/rss"
MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'

IDS = [
    ("<item><guid> A b </guid></item>", "A b"),
    ("<item xmlns:y='urn:y'><y:id>1</y:id><guid>2</guid></item>", "2"),
    ("<entry xmlns='http://www.w3.org/2005/Atom'><id>urn:X</id></entry>", "urn:X"),
    ("<item xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' r:about='U'/>", "U"),
    ("<item/>", None),
]


@pytest.mark.parametrize(("text", "guid"), IDS)
def test_an_items_own_id_is_read_as_sent(text: str, guid: str | None) -> None:
    assert guid_of(etree.fromstring(text)) == guid


def test_items_of_any_dialect_are_listed_in_order() -> None:
    entry = "<b><entry xmlns='http://www.w3.org/2005/Atom'/></b>"
    root = etree.fromstring(f"<a><item/>{entry}<item/></a>")
    assert len(items_of(root)) == 3


def test_ids_that_were_taken_back_are_listed() -> None:
    space = "xmlns:at='http://purl.org/atompub/tombstones/1.0'"
    root = etree.fromstring(f"<feed {space}><at:deleted-entry ref='a'/><at:deleted-entry/></feed>")
    assert deleted_ids(root) == ("a",)


def test_the_text_of_an_element_is_its_descendants_too() -> None:
    assert text_of(etree.fromstring("<a> x <b>y</b> z </a>")) == "x y z"
    assert text_of(None) == ""


PICTURES = [
    ("<media:thumbnail url='t.jpg'/><enclosure type='image/x' url='e.png'/>", "https://b.vn/e.png"),
    ("<media:thumbnail url='t.jpg'/><enclosure type='audio/x' url='e'/>", "https://b.vn/t.jpg"),
    ("<media:content url='v.mp4' medium='video'/>", None),
    ("<media:content url='a'/><media:content url='b.WEBP?x=1'/>", "https://b.vn/b.WEBP?x=1"),
    ("<image>c.jpg</image>", "https://b.vn/c.jpg"),
    ("<link rel='enclosure' type='image/png' href='d'/>", "https://b.vn/d"),
    ("<link type='image/png' href='d'/>", None),
    ("<media:content url='javascript:x' medium='image'/>", None),
]


@pytest.mark.parametrize(("inner", "url"), PICTURES)
def test_the_best_picture_is_chosen(inner: str, url: str | None) -> None:
    image = details(etree.fromstring(f"<item {MEDIA}>{inner}</item>"), URL).image
    assert (image.url if image else None) == url


def test_the_texts_of_media_are_known() -> None:
    item = etree.fromstring(
        f"<item {MEDIA}><media:group><media:title> T </media:title>"
        "<media:description>D</media:description></media:group></item>"
    )
    assert details(item, URL).media_texts == {"T", "D"}
