"""Media RSS as clients look for it: beside the item, never in a group."""

import pytest
from lxml import etree

from feeds.model import Image
from feeds.publish.elements import MEDIA, add_image


def _written(image: Image) -> etree._Element:
    parent = etree.Element("item")
    add_image(parent, image)
    return parent


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
