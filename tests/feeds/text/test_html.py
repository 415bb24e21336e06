"""HTML from strangers."""

import json
import unicodedata
from pathlib import Path

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from feeds.model import Image
from feeds.text.html import composed, images, plain, plain_of_clean, sanitise

XSS = Path(__file__).parents[4] / "shared" / "conformance" / "vectors" / "xss.jsonl"
BASE = "https://báo.vn/tin/1"
HOME = "https://xn--bo-mia.vn"

SCRAPS = """
<p> </p> <div> </div> <section> </section> <h1> </h1> <a/href=x> <a~href="/y"> </a> <b> </b>
<i> <table> <tr> <td> </table> <svg> </svg> <math> <mtext> <style> </style> <script> </script> <pre>
<img~src=x> <img~src="java\x01script:x"> <form> </form> <select> <option> <template> <ul>
<li> </li> <figure> </figure> <figcaption> <!-- --> <![CDATA[ ]]> <noscript> <title> <plaintext>
<br> &#1; &#x202e; &lt;p&gt; &amp; &quot; &nbsp; &#13; x " ' > < = \ufffe
"""
SCRAP = st.sampled_from([scrap.replace("~", " ") for scrap in SCRAPS.split()])
MARKUP = st.lists(st.one_of(SCRAP, st.text(max_size=4)), max_size=20).map("".join)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("<p>a <b>b</b><br>c</p>", "<p>a <b>b</b><br>c</p>"),
        ("<h1>a</h1><h6>b</h6>", "<h2>a</h2><h5>b</h5>"),
        ("<section>a</section><article>b</article>", "<div>a</div><div>b</div>"),
        ("<span style=x onclick=y>a</span>", "a"),
        ("a<script>b</script><style>c</style><iframe srcdoc=d></iframe>e", "ae"),
        ("a&#1;b\x02c&#x202e;d", "abcd"),
        ('<td colspan=2 class="x">a</td>', "a"),
        (
            "<table><tr><td colspan=2 class=x>a</table>",
            '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>',
        ),
        ("<p>a", "<p>a</p>"),
        ("", ""),
    ],
)
def test_only_allowed_markup_is_left(raw: str, clean: str) -> None:
    assert sanitise(raw, BASE) == clean


@pytest.mark.parametrize(
    ("raw", "base", "href"),
    [
        ("/a?b=1&c", BASE, f' href="{HOME}/a?b=1&amp;c"'),
        ("//c.vn/a b", BASE, ' href="https://c.vn/a%20b"'),
        ("HTTP://C.vn", BASE, ' href="http://c.vn/"'),
        ("https://c.vn/x?a=1", None, ' href="https://c.vn/x?a=1"'),
        ("/a", None, ""),
        ("javascript:x", BASE, ""),
        ("java&#1;script:x", None, ""),
        (" java\nscript:x", BASE, ""),
        ("data:text/html,x", BASE, ""),
        ("mailto:a@b.vn", BASE, ""),
        ("", BASE, ""),
    ],
)
@pytest.mark.parametrize("before", ["", ' title="x"'])
def test_links_lead_to_the_web_or_nowhere(
    raw: str, base: str | None, href: str, before: str
) -> None:
    clean = sanitise(f'<a{before} href="{raw}">x</a>', base)
    assert clean == f'<a{before}{href} rel="nofollow noopener">x</a>'


def test_markup_shown_as_text_is_not_rewritten() -> None:
    shown = '<p>&lt;a href="/x"&gt; and &lt;img src="/y" width="1"&gt;</p>'
    assert sanitise(shown, BASE) == shown


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("<img src=/a.jpg alt='&quot;x&quot;' width=9>", "/a.jpg|&quot;x&quot;|9"),
        ("<img src=data:x data-src=/a.jpg alt=b>", "/a.jpg|b|"),
        ("<img src=/blank.gif data-original=/a.jpg alt=b>", "/a.jpg|b|"),
        ("<img src=/a.jpg width=1 height=1>", None),
        ("<img src=/a.jpg width=0>", None),
        ("<img src=/a.jpg height=1px>", None),
        ("<img alt=b>", None),
        ("<img src=javascript:x alt=b>", None),
    ],
)
def test_pictures_have_an_address_and_can_be_seen(raw: str, clean: str | None) -> None:
    expected = ""
    if clean:
        place, alt, width = clean.split("|")
        size = f' width="{width}"' if width else ""
        expected = f'<img src="{HOME}{place}" alt="{alt}"{size}>'
    assert sanitise(raw, BASE) == expected


@given(MARKUP)
def test_sanitise_is_idempotent(markup: str) -> None:
    clean = sanitise(markup, BASE)
    assert sanitise(clean, BASE) == sanitise(clean) == clean


@given(MARKUP)
def test_a_strict_cleaner_finds_nothing_to_remove(markup: str) -> None:
    clean = sanitise(markup)
    assert nh3.clean(clean, url_schemes={"http", "https"}, link_rel=None, **NH3) == clean


@given(MARKUP)
def test_sanitising_keeps_the_words(markup: str) -> None:
    assert "".join(plain(sanitise(markup)).split()) == "".join(plain(markup).split())


@given(MARKUP)
def test_sanitised_html_gives_its_words_without_a_parser(markup: str) -> None:
    clean = sanitise(markup, BASE)
    assert plain_of_clean(clean) == plain(clean)


@pytest.mark.parametrize("line", XSS.read_text("utf-8").splitlines() if XSS.exists() else [])
def test_no_attack_of_the_corpus_survives(line: str) -> None:
    clean = sanitise(json.loads(line)["payload"], BASE)
    tree = lxml_html.fragment_fromstring(clean, create_parent="div")
    for element in tree.iterdescendants():
        assert element.tag in ALLOWED
        for name, value in element.attrib.items():
            assert name in ATTRIBUTES
            assert name not in ("href", "src") or value.startswith(("http://", "https://"))


@pytest.mark.parametrize("scrap", ["<div>", "<b>", "<p a1=1 ", "<", "<table>", "<a href=x>", "&"])
def test_masses_of_markup_are_cut(scrap: str) -> None:
    assert len(sanitise("words" + scrap * 60_000)) < 2**22
    assert plain("words" + scrap * 60_000).startswith("words")


def test_pictures_inside_the_markup_do_not_use_up_its_bound() -> None:
    inline = f'<img src="data:image/png;base64,{"x" * 300_000}">'
    assert sanitise(f"<p>a</p>{inline}<p>b</p>") == "<p>a</p><p>b</p>"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>a</p><p>b<br>c</p>d", "a\nb\nc\nd"),
        ("<div>a</div><section>b</section>", "a\nb"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<p>a <b>b</b>c &amp;lt; d&nbsp;e\nf</p>", "a bc &lt; d e f"),
        ("a<script>b</script><style>c</style><title>d</title>e", "ae"),
        ('<figure><img src="x" alt="y"><figcaption>a</figcaption></figure>', "a"),
        ("AT&T, AT&amp;T", "AT&T, AT&T"),
        ("  a \n b ", "a b"),
        ("<p>e&#x301;&#1;&#x200b;</p>", "é"),
        ("", ""),
    ],
)
def test_plain_gives_a_line_for_each_block(html: str, words: str) -> None:
    assert plain(html) == words


def test_images_come_in_order_with_caption_and_credit() -> None:
    html = """<img src="/a.jpg" alt=" a  b "><figure><p><img src="https://c.vn/b.jpg" width="600px"
        height="40"></p><figcaption>Cầu  <b>mới</b>. Ảnh: TTXVN</figcaption></figure>
        <figure><img src="/c.jpg" width="50%"></figure><img src="ftp://x/d.jpg">"""
    assert images(html, BASE) == (
        Image(f"{HOME}/a.jpg", alt="a b"),
        Image("https://c.vn/b.jpg", caption="Cầu mới.", credit="TTXVN", width=600, height=40),
        Image(f"{HOME}/c.jpg"),
    )


@pytest.mark.parametrize(
    ("written", "caption", "credit"),
    [
        ("Ảnh: Minh Anh", "", "Minh Anh"),
        ("Cầu mới (Ảnh: Minh Anh).", "Cầu mới", "Minh Anh"),
        ("The bridge. Photo: AP", "The bridge.", "AP"),
        ("The bridge. (Photo by Ann Bell/AFP)", "The bridge.", "Ann Bell/AFP"),
        ("The bridge © Getty Images", "The bridge", "Getty Images"),
        ("Die Brücke (Foto: dpa)", "Die Brücke", "dpa"),
        ("Cầu mới. Nguồn: VTV", "Cầu mới.", "VTV"),
        ("A photo by the river", "A photo by the river", ""),
        ("Her first photo by Ann Bell", "Her first photo by Ann Bell", ""),
        ("Bức ảnh: cầu: mới", "Bức ảnh: cầu: mới", ""),
        ("Cầu mới", "Cầu mới", ""),
    ],
)
def test_a_credit_at_the_end_of_a_caption_is_told_apart(
    written: str, caption: str, credit: str
) -> None:
    html = f"<figure><img src=http://a/b><figcaption>{written}</figcaption></figure>"
    (image,) = images(html)
    assert (image.caption, image.credit) == (caption, credit)


def test_html_without_pictures_has_none() -> None:
    assert images("<p>img</p>") == ()


TAGS = """p br h2 h3 h4 h5 ul ol li dl dt dd blockquote pre figure figcaption div hr table caption
    thead tbody tfoot tr td th code em strong b i u s sub sup small a img"""
ALLOWED = frozenset(TAGS.split())
NH3 = {
    "tags": set(ALLOWED),
    "attributes": {
        "a": {"href", "title", "rel"},
        "img": {"src", "alt", "width", "height", "title"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan"},
    },
}
ATTRIBUTES = frozenset.union(*map(frozenset, NH3["attributes"].values()))


MARKS = st.text(alphabet="eơ<>&;=\u0300\u0338\u0323\u037e\u212a", max_size=8)


@given(st.lists(st.one_of(SCRAP, MARKS), max_size=12).map("".join))
def test_composed_markup_is_clean_as_it_was(markup: str) -> None:
    clean = sanitise(markup, BASE)
    made = composed(clean)
    assert sanitise(made, BASE) == made
    assert plain(made) == plain(clean)


def test_letters_and_marks_that_were_written_apart_are_composed() -> None:
    apart = unicodedata.normalize("NFD", "<p>Tiếng Việt</p>")
    assert composed(sanitise(apart, BASE)) == "<p>Tiếng Việt</p>"
    assert composed("<p>\u0338e\u0301</p>") == "<p>\u0338e\u0301</p>"
