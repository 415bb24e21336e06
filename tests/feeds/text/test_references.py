"""References that are written without a parser."""

import pytest

from feeds.text.html import by_parser
from feeds.text.references import resolved, rewritten, rewritten_value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a &#8217;b&rsquo; &quot;c&quot;", 'a ’b’ "c"'),
        ("&amp;lt; &lt; &gt; &nbsp;&#38;#8217;", "&amp;lt; &lt; &gt; &nbsp;&amp;#8217;"),
        ("Q&A & c&d=1&u", "Q&amp;A &amp; c&amp;d=1&amp;u"),
        ("&foo; &;", "&amp;foo; &amp;;"),
    ],
)
def test_references_are_written_as_the_parser_writes_them(text: str, expected: str) -> None:
    assert rewritten(text) == expected == by_parser(text, None)


@pytest.mark.parametrize("text", ["&copy=x", "&#65", "&notit;", "&#1;", "&lt"])
def test_what_a_browser_may_read_otherwise_is_left_to_the_parser(text: str) -> None:
    assert rewritten(text) is None


def test_what_takes_a_parser_less_time_is_left_to_it() -> None:
    many = "".join(f"&z{number:x};" for number in range(50_000))
    assert rewritten(many) is rewritten_value(many) is None
    assert rewritten(f"&#{'9' * 5000};") is None
    assert resolved(f"&#{'9' * 5000};") == (f"&#{'9' * 5000};", True)


def test_the_parts_of_a_query_are_no_references() -> None:
    assert rewritten_value("?a=1&copy=2&amp;b=&#34;") == "?a=1&amp;copy=2&amp;b=&quot;"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<a title='&#8217;&nbsp;'>&eacute;&#160;&amp;",
            ("<a title='’&nbsp;'>é&nbsp;&amp;", False),
        ),
        ("&#8217;&quot;&#39;", ("’&quot;&#39;", True)),
        ("&nvlt;&bne;&fjlig;&copy", ("&nvlt;&bne;&fjlig;&copy", True)),
        ("&#x200b;&#x200a;", ("&#x200b;\u200a", True)),
    ],
)
def test_only_what_means_the_same_in_a_tag_is_resolved_everywhere(
    html: str, expected: tuple[str, bool]
) -> None:
    assert resolved(html) == expected
