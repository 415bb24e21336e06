"""Single tags of tidy markup; that whole texts become what a parser makes of them: test_tidy."""

import pytest

from feeds.text.tags import attributes, plain_tag, read_tag

BASE = "https://a.vn/b/"
REL = 'rel="nofollow noopener"'


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            'a class="x" href="https://b.vn/?c=1&amp;d=2"',
            '<a href="https://b.vn/?c=1&amp;d=2" REL>',
        ),
        ('a title="x" href="https://B.vn/é"', '<a title="x" href="https://b.vn/%C3%A9" REL>'),
        ('a href="https://b.vn/" title="x" title="y"', '<a href="https://b.vn/" title="x" REL>'),
        ('a href="mailto:x@b.vn?subject=a b"', "<a REL>"),
        (
            'img width="9" alt="x" src="c.jpg" /',
            '<img src="https://a.vn/b/c.jpg" alt="x" width="9">',
        ),
        ('img src="data:x"', ""),
        ("p align=center", "<p>"),
        ('p class="x"title="y"', '<p title="y">'),
        ('?xml version="1.0"?', ""),
        ("iframe src=/x", ""),
        ("h1", "<h2>"),
    ],
)
def test_a_tag_is_written_as_the_cleaner_writes_it(written: str, expected: str) -> None:
    tag = read_tag(written, BASE)
    assert tag is not None
    assert tag.written == expected.replace("REL", REL)


@pytest.mark.parametrize(
    "written",
    [
        "select",
        "x",
        "a href='https://1.2.3/'",
        'a href="https://xn--a.vn/"',
        'p title="&copy"',
        "p <",
    ],
)
def test_any_doubt_is_no_tag(written: str) -> None:
    assert read_tag(written, BASE) is None


def test_the_first_attribute_of_a_name_counts() -> None:
    assert attributes("a HREF='x' class=y href=\"z\"") == ("a", {"href": "x", "class": "y"})
    assert attributes('a href="x" href="z"') == ("a", {"href": "x"})


def test_a_block_ends_a_line_of_words_and_a_cell_does_not() -> None:
    assert [plain_tag(mark).between for mark in ("/p", "td", "b")] == ["\0", " ", ""]
