import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import NotAFeed
from feeds.ingest.opml import MOST_BYTES, MOST_OUTLINES, Fault, Outline, read, write

LIST = b"""<?xml version="1.0"?><opml version="1.0"><head><title>x</title></head><body>
<outline text="B\xc3\xa1o"><outline text="Kinh t\xe1\xba\xbf"><outline text="A" title="An"
 xmlUrl=" HTTPS://a.vn/rss " htmlUrl="https://a.vn"/></outline></outline>
<outline title="B" xmlurl="feed://b.vn/rss"/>
<outline xmlUrl="c.vn/rss"/>
<outline text="D" xmlUrl="javascript:alert(1)"/>
<outline text="no feed"/></body></opml>"""


def test_a_list_is_read_with_its_groups_and_its_errors() -> None:
    outlines, errors = read(LIST)
    assert outlines == (
        Outline("An", "https://a.vn/rss", "https://a.vn/", ("Báo", "Kinh tế")),
        Outline("B", "http://b.vn/rss"),
        Outline("http://c.vn/rss", "http://c.vn/rss"),
    )
    assert errors == (Fault(6, "D: no web address: 'javascript:alert(1)'"),)
    assert [one.line for one in outlines] == [3, 4, 5]


REFUSED = [
    (b"", "no OPML"),
    (b"<opml><body>", "no OPML"),
    (b"<rss/>", "without opml and outlines"),
    (b"<opml/>", "without opml and outlines"),
    (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml><body/></opml>', "a document type"),
    (b" " * (MOST_BYTES + 1), "bytes"),
]


@pytest.mark.parametrize(("raw", "reason"), REFUSED)
def test_what_is_no_list_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(NotAFeed, match=reason):
        read(raw)


@pytest.mark.parametrize("name", ["", "x"])
def test_groups_nested_too_deep_are_not_followed(name: str) -> None:
    for depth in (30, 2000):
        nest = f"<outline text='{name}'>" * depth + "</outline>" * depth
        outlines, errors = read(f"<opml><body>{nest}</body></opml>".encode())
        assert outlines == ()
        assert next(one.why for one in errors).startswith("groups deeper than 20")


def test_too_many_outlines_are_counted() -> None:
    one = "<outline xmlUrl='https://a.vn/'/>"
    outlines, errors = read(f"<opml><body>{one * (MOST_OUTLINES + 7)}</body></opml>".encode())
    assert len(outlines) == MOST_OUTLINES
    assert errors == (Fault(0, f"7 outlines beyond {MOST_OUTLINES}"),)


ODD = [
    '<opml xmlns="http://opml.org/spec2" version="2.0"><body>{}</body></opml>',
    '<o:opml xmlns:o="http://opml.org/spec2"><o:body>{}</o:body></o:opml>',
    "<OPML><BODY>{}</BODY></OPML>",
    "<opml>{}</opml>",
    '<opml><body><outline text="Tin"/></body><body>{}</body></opml>',
]


@pytest.mark.parametrize("frame", ODD)
def test_lines_are_found_whatever_stands_around_them(frame: str) -> None:
    (found,), faults = read(frame.format('<outline text="A" xmlUrl="https://a.vn/rss"/>').encode())
    assert (found.title, found.url, faults) == ("A", "https://a.vn/rss", ())


WORDS = (
    st.text(alphabet="abc đ<&\"'", min_size=1)
    .filter(str.strip)
    .map(lambda text: " ".join(text.split()))
)
OUTLINES = st.builds(
    Outline,
    title=WORDS,
    url=st.sampled_from(["https://a.vn/1", "http://b.vn/?a=1&b=2"]),
    home=st.sampled_from([None, "https://a.vn/"]),
    path=st.lists(WORDS, max_size=3).map(tuple),
)


@given(st.lists(OUTLINES, max_size=8))
def test_what_is_written_is_read_again(outlines: list[Outline]) -> None:
    raw = write(outlines)
    assert raw == write(outlines)
    found, errors = read(raw)
    assert sorted(found, key=repr) == sorted(outlines, key=repr)
    assert errors == ()


BROKEN = b"""<opml version="2.0">
<body>
<outline text="A" xmlUrl="https://a.vn/rss"/>
<outline text="B & C" xmlUrl="https://b.vn/rss"/>
<outline text="D" type="rss"/>
<outline text="E" xmlUrl="https://e.vn/rss?a=1&b=2"/>
</outline>
<outline text="F" xmlUrl="https://f.vn/rss"/>
</body></opml>"""


def test_of_a_list_that_is_not_well_formed_the_good_lines_are_taken() -> None:
    outlines, faults = read(BROKEN)
    assert [(one.title, one.url, one.line) for one in outlines] == [
        ("A", "https://a.vn/rss", 3),
        ("B & C", "https://b.vn/rss", 4),
        ("E", "https://e.vn/rss?a=1&b=2", 6),
        ("F", "https://f.vn/rss", 8),
    ]
    assert str(faults[0]) == "line 5: D: a feed without xmlUrl"
    assert faults[1].line == 7
    assert "not well-formed" in faults[1].why


@given(st.lists(OUTLINES, min_size=1, max_size=5), st.data())
def test_a_list_that_was_cut_off_gives_what_stood_before_and_says_where(
    outlines: list[Outline], data: st.DataObject
) -> None:
    raw = write(outlines)
    cut = data.draw(st.integers(raw.index(b"<body>") + 6, len(raw) - 10))
    try:
        found, faults = read(raw[:cut])
    except NotAFeed:
        return
    assert {one.url for one in found} <= {one.url for one in outlines}
    assert any("not well-formed" in fault.why for fault in faults)
    assert all(fault.line <= raw.count(b"\n") + 1 for fault in faults)
