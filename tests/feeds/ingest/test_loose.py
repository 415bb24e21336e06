from feeds.foreign import Enclosure, Extras
from feeds.ingest.loose import own_details, own_extras, text_in

URL = "https://bao.vn/rss"
RAW = {
    "id": "X-1",
    "title": "a &amp; b",
    "comments": "/1#c",
    "slash_comments": "3",
    "links": [
        {"rel": "enclosure", "href": "/1.jpg", "type": "image/jpeg", "length": "9"},
        {"rel": "license", "href": "https://cc.org/by"},
    ],
    "source": {"title": "Khác", "links": [{"rel": "alternate", "href": "https://khac.vn/"}]},
}


def test_an_item_that_the_tree_lost_keeps_what_feedparser_has() -> None:
    own = own_details(RAW, URL)
    assert (own.guid, own.via_title, own.via_url) == ("X-1", "Khác", "https://khac.vn/")
    assert own.image is not None
    assert own.image.url == "https://bao.vn/1.jpg"
    assert own_extras(RAW, URL) == Extras(
        enclosures=(Enclosure("https://bao.vn/1.jpg", "image/jpeg", 9),),
        comments_url="https://bao.vn/1#c",
        comment_count=3,
        licence_url="https://cc.org/by",
    )
    assert text_in(RAW, "title") == "a & b"
