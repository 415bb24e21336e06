"""The product in the forms that outside tools ask for."""

from bench.adapters import parse, sanitise

URL = "https://bao.vn/tin/rss"
RSS = """<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>Báo</title>
<link>https://bao.vn/</link><description>Tin</description><language>vi</language>
<pubDate>Mon, 05 Oct 2026 07:00:00 +0700</pubDate><managingEditor>b@bao.vn (Ban)</managingEditor>
<item><guid>HTTP://Bao.vn/1</guid><title>T</title><link>https://bao.vn/1</link>
<author>a@bao.vn (An)</author><category>x</category><description>&lt;a href="2"&gt;y&lt;/a&gt;
&lt;script&gt;z&lt;/script&gt;</description><pubDate>Mon, 05 Oct 2026 07:00:00 +0700</pubDate>
<enclosure url='/1.mp3' type='audio/mpeg' length='42'/></item></channel></rss>"""


def test_a_feed_is_plain_values() -> None:
    feed = parse(RSS.encode(), {"Content-Type": "application/rss+xml"}, URL)
    (entry,) = feed.pop("entries")
    assert feed == {
        "id": None,
        "title": "Báo",
        "link": "https://bao.vn/",
        "subtitle": "Tin",
        "language": "vi",
        "published": "2026-10-05T00:00:00Z",
        "updated": None,
        "tags": [],
        "author": "Ban",
        "author_email": "b@bao.vn",
    }
    assert (entry["id"], entry["title"], entry["link"]) == (
        "HTTP://Bao.vn/1",
        "T",
        "https://bao.vn/1",
    )
    assert (entry["author"], entry["author_email"], entry["tags"]) == ("An", "a@bao.vn", ["x"])
    assert entry["summary"].strip() == '<a href="https://bao.vn/2" rel="nofollow noopener">y</a>'
    assert entry["content"] is None
    assert entry["enclosures"] == [
        {"url": "https://bao.vn/1.mp3", "type": "audio/mpeg", "length": "42"}
    ]


def test_an_id_of_atom_0_3_is_made_absolute_and_others_are_not() -> None:
    old = "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><id>/1</id></entry></feed>"
    new = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>/1</id></entry></feed>"
    headers = {"Content-Location": "http://khac.vn/"}
    assert parse(old.encode(), headers, URL)["entries"][0]["id"] == "http://khac.vn/1"
    assert parse(new.encode(), headers, URL)["entries"][0]["id"] == "/1"


def test_html_is_made_safe() -> None:
    assert sanitise("<p onclick=x>a<script>b</script>") == "<p>a</p>"
