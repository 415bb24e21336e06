import pytest
from lxml import etree

from feeds.foreign import Person
from feeds.ingest.plain_atom import atom_entry
from feeds.ingest.plainly import Unknown

SPACES = 'xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
URL = "https://bao.vn/atom"


def entry(inner: str) -> etree._Element:
    return etree.fromstring(f"<entry {SPACES}>{inner}</entry>")


def test_a_plain_entry_is_read_and_inherits_the_feeds_authors() -> None:
    read = atom_entry(
        entry(
            "<id>tag:1</id><title>Tin</title><link href='https://bao.vn/1'/>"
            "<summary>a &lt; b</summary><content type='html'>&lt;p&gt;x&lt;/p&gt;</content>"
        ),
        URL,
        "UTC",
        None,
        (Person("Tòa soạn"),),
    )
    assert (read.guid, read.url, read.title) == ("tag:1", "https://bao.vn/1", "Tin")
    assert (read.summary, read.content) == ("a &lt; b", "<p>x</p>")
    assert read.authors == ("Tòa soạn",)


ODD = [
    "<title type='xhtml'/>",
    "<content src='https://bao.vn/1'/>",
    "<link href='a b'/>",
    "<link/>",
    "<author>An</author>",
    "<category term='a'>b</category>",
    "<source/>",
    "<summary>x</summary><media:description>y</media:description>",
]


@pytest.mark.parametrize("inner", ODD)
def test_an_odd_entry_is_unknown(inner: str) -> None:
    with pytest.raises(Unknown):
        atom_entry(entry(inner), URL, "UTC", None, ())
