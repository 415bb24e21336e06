import pytest

from feeds.errors import NotAFeed
from feeds.ingest.document import open_document
from feeds.ingest.tree import MOST_BROKEN, grow, mend

MENDED = [
    ("<a>x & y</a>", "<a>x &amp; y</a>"),
    ('<a b="?c=1&d=2&amp;e=3"/>', '<a b="?c=1&amp;d=2&amp;e=3"/>'),
    ("<a>&nbsp;&eacute;&lt;&#233;&#xe9;</a>", "<a>\xa0é&lt;&#233;&#xe9;</a>"),
    ("<a>&lang;&nonsense;</a>", "<a>\u2329&amp;nonsense;</a>"),
    ("<a>&#0;&#x1;&#9999999;\x0b</a>", "<a></a>"),
    (
        "<a><![CDATA[x & y &nbsp;]]> & <!-- & --></a>",
        "<a><![CDATA[x & y &nbsp;]]> &amp; <!-- & --></a>",
    ),
]


@pytest.mark.parametrize(("broken", "whole"), MENDED)
def test_small_faults_are_mended_in_the_text(broken: str, whole: str) -> None:
    assert mend(broken) == whole


def test_a_well_formed_document_has_no_fault() -> None:
    tree = grow(open_document(b"<rss><channel/></rss>", {}), "http://a.vn/f")
    assert (tree.is_whole, tree.fault) == (True, None)


def test_the_fault_of_a_mended_document_names_the_line_that_was_sent() -> None:
    tree = grow(open_document(b"\n\n<rss>\n<a>x & y</a></rss>", {}), "http://a.vn/f")
    assert tree.is_whole
    assert tree.fault is not None
    assert tree.fault.startswith("line 4: ")


def test_a_usual_prefix_needs_no_declaration() -> None:
    tree = grow(open_document(b'<rss><item><media:content url="/1"/></item></rss>', {}), "")
    assert tree.is_whole
    assert tree.root is not None
    assert tree.root[0][0].tag == "{http://search.yahoo.com/mrss/}content"
    odd = grow(open_document(b"<rss><item><odd:x/></item></rss>", {}), "")
    assert not odd.is_whole


def test_what_cannot_be_mended_is_recovered_in_part() -> None:
    tree = grow(open_document(b"<rss><item><b></item><item/></rss>", {}), "http://a.vn/f")
    assert not tree.is_whole
    assert tree.root is not None
    assert tree.fault is not None


def test_elements_nested_too_deep_are_refused() -> None:
    with pytest.raises(NotAFeed, match="line 1: elements nested too deep"):
        grow(open_document(b"<rss>" + b"<a>" * 1000, {}), "http://a.vn/f")


def test_only_the_beginning_of_a_broken_document_is_read_and_the_fault_says_so() -> None:
    raw = b"<rss><item><b></item>" + b"<item/>" * MOST_BROKEN
    tree = grow(open_document(raw, {}), "http://a.vn/f")
    assert len(tree.text) == MOST_BROKEN
    assert f"read up to {MOST_BROKEN} characters" in str(tree.fault)


def test_sections_that_do_not_end_are_searched_once() -> None:
    assert mend("<![CDATA[" * 100_000).startswith("<![CDATA[")
    assert mend("<!-- & " * 100_000).endswith("& ")
