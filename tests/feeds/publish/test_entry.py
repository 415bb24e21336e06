"""Items by feedgen: what an entry tells beside what feedgen knows of, and how it is cut out."""

import pytest
from lxml.etree import Element, _Element

from feeds.model import Image
from feeds.publish.elements import MEDIA
from feeds.publish.entry import add_picture, cut


def _written(image: Image) -> _Element:
    entry = Element("item")
    add_picture(entry, image)
    return entry


def test_picture_is_told_with_size_caption_and_credit() -> None:
    image = Image("https://i.example.com/a.JPG?w=1", "Ảnh", "AFP", width=800, height=600)
    content, thumbnail = _written(image)
    assert dict(content.attrib) == {
        "url": "https://i.example.com/a.JPG?w=1",
        "medium": "image",
        "type": "image/jpeg",
        "width": "800",
        "height": "600",
    }
    assert content.findtext(f"{{{MEDIA}}}description") == "Ảnh"
    assert content.findtext(f"{{{MEDIA}}}credit") == "AFP"
    assert thumbnail.tag == f"{{{MEDIA}}}thumbnail"
    assert thumbnail.get("url") == content.get("url")


def test_alternative_text_stands_in_for_a_missing_caption() -> None:
    content = _written(Image("https://i.example.com/a.png", alt="Một người"))[0]
    assert content.findtext(f"{{{MEDIA}}}description") == "Một người"


@pytest.mark.parametrize("url", ["https://i.example.com/a", "https://i.example.com/a.php?f=x.png"])
def test_what_is_not_known_is_not_told(url: str) -> None:
    content = _written(Image(url))[0]
    assert dict(content.attrib) == {"url": url, "medium": "image"}
    assert len(content) == 0


def test_an_item_is_cut_out_of_its_feed_whatever_it_holds() -> None:
    item = b"<item><title>x</title><c><![CDATA[<item>y</item>]]></c></item>"
    assert cut(b"<rss><title>x</title>" + item + b"</rss>", b"item") == item
