"""Markup that is cleaned without a parser: what comes out is what the parser makes of it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import NotAFeed
from feeds.ingest.parse import parse
from feeds.text.html import by_parser, plain_of_clean, sanitise_and_read
from feeds.text.tidy import tidied

BASE = "https://a.vn/b/"
SHARED = Path(__file__).parents[3].parent / "shared" / "data"
_NAMES = "p div ul li dl dt dd b i a span font h1 h2 h6 blockquote figure figcaption pre code sub"
_NAMES += " label g table caption colgroup thead tbody tr td th abbr tt big strike ins picture"
_NAMES += " section center summary form"
PLAIN = [f"<{end}{name}>" for name in _NAMES.split() for end in ("", "/")]
_ODD = "<br> <br/> <P> <p/> </br> <table> <td> <center> <script> </script> <!--x--> <?x?> <svg> <>"
ODD = [
    *_ODD.split(),
    "<hr />",
    "<p\xa0>",
    "</p >",
    "<svg viewBox='0 0 1 1'>",
    "</svg>",
    "<path d='x'/>",
    "<path d='x'>",
    "</path>",
    "<g>",
    "</g>",
    "<circle />",
    "<?xml version='1.0'?>",
    "<meta charset=utf-8>",
    "<input>",
    "<label>",
    "</label>",
    "<colgroup>",
    "</colgroup>",
    "<col/>",
    "<col width=1>",
    "<![CDATA[x]]>",
    "<iframe>",
    "</iframe>",
    "<!-- x -->",
    "<!---->",
    "<!-->",
    "<!--->",
    "<!-- a -- b -->",
    "<!-- a --->",
    "<!--[if x]>",
    "<!x>",
    "<",
    "<1>",
    "<b<i>",
]
WITH = [
    '<p class="x" style="a:b">',
    '<p title="x">',
    '<span lang="vi">',
    '<a href="https://b.vn/c?d=1&e=2" title="&quot;x&amp;">',
    "<a class='x' href='http://b.vn'>",
    '<a href="/c">',
    '<a href="javascript:x">',
    '<a href="https://b.vn:99999/">',
    '<a href="https://xn--a.vn/">',
    '<a href="https://b.vn/" href="https://c.vn/">',
    '<a href="https://b.vn/&copy;">',
    '<a href="https://b.vn/" lang="vi" rel="x">',
    '<img src="https://b.vn/c.jpg" alt="x > y" width="9">',
    '<img src="https://b.vn/c.jpg" alt="xy" class="d"/>',
    "<img\nsrc='http://10.0.0.1:8080/c.jpg' data-src='/e.jpg' width=\"1\">",
    '<img src="c.jpg">',
    '<img width=130 height=100 src="https://b.vn/c.jpg" >',
    '<img src="https://b.vn/c.jpg" width=130/>',
    "<a href='https://b.vn/c.htm'/>",
    "<p align=center>",
    '<img alt="x">',
    '<abbr title="x">',
    '<p lang="en" dir="ltr">',
    '<h1 title="x">',
    '<td colspan="2" title="&lt;">',
    "<td colspan=2 class>",
    "<tbody lang>",
    "<a name=more>",
    '<a lang="vi">',
    '<a href="javascript&colon;x">',
    '<a href="FTP://b.vn">',
    '<a href="HTTP://b.vn/">',
    '<a href="http:x">',
    '<img src="https://b.vn/c.jpg" alt loading="lazy" title>',
    '<img lang="x" src="/c.jpg">',
    "<script>x > y</script>",
    "<script src='x>y</script>",
    "<script src'='x>y</script>",
    "<script src= x data-y='z' async>y</script>",
    "<script>a</b></p>'<i>'</script>",
    "<noscript>x<img src='/y'></noscript><b>",
    '<script async src="https://b.vn/c.js"></script>',
    "<style>p{}</style>",
    "<iframe>x</iframe>",
    "<iframe>Your browser is old</iframe>",
    "<iframe src='/x'><a href='/y'>z</a></iframe>",
    "<script>if (a < b) c = '<p>';</script>",
    "<style>a</styl></style >",
    "<script><!-- x </script>",
    "<!-- <p>x</p> -->",
    "<!-- <b -->",
    "<!-- <svg --> <svg> -->",
    "<video controls><source src='x'>y <a href='/z'>z</a></video>",
    "<video><p>x</p></video>",
    "<audio src=x></audio>",
    "<button class='x'>y</button>",
    "<canvas></canvas>",
    "<a href=https://b.vn/x/>",
    "<a HREF='/x' hreF='/y'>",
    "<svg><path d='x'/><g><circle r=1 /></g></svg>",
    '<a href="HTTPS://B.vn/x">',
    '<a href="https://www.Bb.vn/x y">',
    '<a href="https://b.vn/x\n">',
    '<a href=" https://b.vn/é">',
    '<a href="https://b.vn/é&amp;x" title="&#34;">',
    '<a href="">',
    '<img src="data:x">',
    '<img src="" data-src="//c.vn/x.jpg">',
    '<a title="x" href="https://b.vn/" title="y">',
    '<a class="x" href="https://b.vn/?a=b&amp;c=d" rel="x" >',
    '<a href="mailto:x@b.vn?subject=a b">',
    '<a href="https://b..vn/"><a href="https://1.2.3/x"><a href="https://a-.vn/">',
    '<a href="https://XN--a.vn/">',
    '<div class="x"title="y"id="z">',
    '<a href="https://x@b.vn/">',
    '<a href="https://x:y@b.vn/">',
    '<img src="https://x.y@b.vn/c.jpg">',
    '<img src="https://b.vn/c.jpg?d=1&amp;lt=2" alt="&#8217;&nbsp;&#160;&quot;&#x200a;">',
    "<a title=x&eacute;y&nbsp;z href=/x&#8217;>",
    "<!-- <p>x</p> > - y -->",
    "<form><input>x</form>",
    "<b><i></b>",
    "<pre>\n",
    "<pre>\nx</pre>",
    "<pre>\n\nx</pre>",
    "<pre lang='x'>\nx</pre>",
    "<pre><span>\nx</span></pre>",
    "<button><svg><path d=x /></svg><span>x</span></button>",
    "<svg><linearGradient id='x'><stop/></linearGradient></svg>",
    "<scriptx></script>",
    "</img>",
    "</hr>",
    "</br >",
    "</source>",
    '<section title="x">',
    '<source srcset="x">',
    '<a title="a\nb" href="?x=1">',
    '<a title="a\xa0b&nbsp;c" href="#x">',
    '<a href="//c.vn/x" title=\'"\'>',
    '<a href="httpx/y">',
    '<a href="mailto:x@b.vn">',
    '<a href="x:y">',
    '<a href="/x y">',
    '<a href="../x&#47;y?z&amp;w&q=1">',
    '<img\tsrc="/c.jpg"\n alt="a&#039;b &lt; &copy; c" >',
    '<img src="c.jpg" alt="&copy=x &notanentity; y">',
    '<iframe src="https://b.vn/"></iframe>',
    '<iframe></iframe><iframe src="/x"></iframe>',
    '<img src="data:x" data-src="https://b.vn/c.jpg">',
]
TEXTS = [
    *(
        "Việt Nam",
        " ",
        "\n",
        "  x",
        "&",
        "& ",
        "&amp;",
        "&lt;b&gt;",
        "&nbsp;",
        "&eacute;",
        "&#233;",
    ),
    *("&#x1;", "&#0;", "&notanentity;", "&copy", "&#65", "x > y", '"', "'", "\t", "\xa0", "\u200b"),
    *(
        "e\u0301",
        "\u0301",
        "&NotEqualTilde;",
        "&#128;",
        "&#xD800;",
        "&x=1",
        "&u",
        "&;",
        "&foo;",
        "&am",
        "&#38;lt;",
        "\u200d",
        "\u2009",
        "😀",
        "&#8217;",
        "&#x200a;",
        "&#x200b;",
        "&#x200ax;",
        "&am</i>p;",
        "&#160;",
        "&nvlt;",
        "&bne;",
        "&fjlig;",
        "&Tab;",
        "&#38;#8217;",
        "&a&#8217;;",
        "]]>",
    ),
]
MARKUP = st.lists(
    st.sampled_from(PLAIN) | st.sampled_from([*WITH, *TEXTS]) | st.sampled_from(ODD), max_size=12
).map("".join)
TABLES = st.lists(
    st.lists(st.sampled_from(["<td>", "<th>"]) | st.sampled_from([*WITH, *TEXTS]), max_size=3),
    max_size=3,
).map(
    lambda rows: (
        "<table><tbody>"
        + "".join(
            "<tr>"
            + "".join(f"{each}x</{each[1:3]}>" if each[1:2] == "t" else each for each in row)
            + "</tr>"
            for row in rows
        )
        + "</tbody></table>"
    )
)
NESTED = st.recursive(
    st.sampled_from([*TEXTS, "<br>", "<hr>"]),
    lambda inner: st.tuples(
        st.sampled_from([*_NAMES.split(), 'p class="x"', *(each[1:-1] for each in WITH)]),
        st.lists(inner, max_size=4),
    ).map(lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0].split()[0]}>"),
    max_leaves=12,
)


@given(MARKUP | NESTED | TABLES)
def test_tidy_markup_becomes_what_the_parser_makes_of_it(markup: str) -> None:
    found = tidied(markup, BASE)
    if found is not None:
        assert found.html == by_parser(markup, BASE)
    clean, words = sanitise_and_read(markup, BASE)
    assert (clean, words) == (by_parser(markup, BASE), plain_of_clean(clean))


TIDY = {
    "paragraphs": "<p>Một</p>\n<p class='x'>hai <b>ba</b> &amp; &quot;bốn&quot;</p>",
    "a link": '<a target="_blank" href="https://b.vn/c?d=1&amp;e=2">x</a>',
    "a picture": '<figure><img src="https://b.vn/c.jpg"><figcaption>x</figcaption></figure>',
    "a list": "<ul>\n<li>x<br/>y</li>\n</ul>",
    "text alone": "Một & hai",
    "hard spaces and tabs": "<p>\tMột\xa0hai</p>",
    "relative addresses": '<p><a href="/x"><img src="y.jpg"></a></p>',
    "references in attributes": '<img src="https://b.vn/c.jpg" alt="a&#039;b">',
    "a comment and a frame": '<p>x<!-- more --></p><iframe src="https://b.vn/"></iframe>',
    "what is dropped": '<p><abbr title="x">x</abbr></p>',
    "a table": "<table><tbody><tr><td colspan='2'>x</td><th>y</th></tr></tbody></table>",
    "a script": "<p>x</p><script async>y</script>",
    "a letter": '<a href="mailto:x@b.vn">x</a>',
    "a language": '<p lang="vi">x</p>',
    "a division": "<section><p>x</p></section>",
    "ends left out": "<ul><li><p>x<li>y</ul>",
    "an icon": '<p><svg viewBox="0 0 1 1"><path d="M0"/></svg> x</p>',
    "a player": "<p><video controls><source src='x'>y</video></p>",
    "a hidden paragraph": "<p>x</p><!-- <p>y</p> -->",
    "a program": "<p>x</p><script>if (a < b) c = '<p>';</script>",
    "columns": "<table><colgroup><col></colgroup><tbody><tr><td>x</td></tr></tbody></table>",
    "a form": "<div><form action='/x'><p>x <label>y</label><input></p></form></div>",
    "a space of another width": "<p title='&hairsp;'>x&#x200a;y</p>",
    "joiners": "<p>x\u200dy\u2009z</p>",
}


@pytest.mark.parametrize("markup", TIDY.values(), ids=TIDY.keys())
def test_common_markup_is_tidy(markup: str) -> None:
    assert tidied(markup, BASE) is not None


@pytest.mark.parametrize("name", ["script", "style", "title"])
@pytest.mark.parametrize(("before", "after"), [("</{}>", ""), ("", "<!--x--></{} >")])
def test_what_never_ends_is_not_sought_from_each_beginning(
    name: str, before: str, after: str
) -> None:
    html = before.format(name) + f"<{name}>" * 50_000 + after.format(name)
    assert tidied(html, BASE) is None


@pytest.mark.parametrize("folder", ["feeds_real/feeds", "feeds_vn", "feeds_vn_quirks"])
def test_texts_of_real_feeds_become_what_the_parser_makes_of_them(folder: str) -> None:
    texts = [text for path in sorted((SHARED / folder).iterdir()) for text in _texts(path)]
    assert texts
    found = [(text, made) for text in texts if (made := tidied(text, BASE)) is not None]
    assert len(found) > len(texts) / 2
    for text, made in found:
        assert made.html == by_parser(text, BASE)


def _texts(path: Path) -> list[str]:
    try:
        entries = parse(path.read_bytes(), {}, BASE).entries
    except NotAFeed:
        return []
    return [text for entry in entries for text in (entry.content, entry.summary) if text]
