"""Addresses and their keys."""

import json
import re
import tomllib
from collections import defaultdict
from datetime import date
from pathlib import Path

import ada_url
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.urls import RULES, absolute, canonicalise, is_web, resolve, url_key

URLS = st.builds(
    "{}://{}{}/{}{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(
        [
            *("a.vn", "www.A.vn", "m.www.a.vn", "báo.vn", "u:p@a.vn", "[::1]", "a.vn.", "a.vn.."),
            *("vi.m.wikipedia.org", "www.google.com", "a-vn.cdn.ampproject.org", "1.2.3..", "."),
        ]
    ),
    st.sampled_from(["", ":80", ":443", ":81"]),
    st.sampled_from(["", "amp/s/", "c/s/", "v/a.vn", "c/s/b-vn.cdn.ampproject.org/c/", "#!", "#/"]),
    st.text(
        st.one_of(st.sampled_from("ab/.%7e25E&=?#;+ ~\\'\"\u0301amputm_"), st.characters()),
        max_size=30,
    ),
)


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("HTTPS://VnExpress.net:443/a.html#box", "https://vnexpress.net/a.html"),
        (" http://a.vn ", "http://a.vn/"),
        ("http://a.vn:8080/x/../y", "http://a.vn:8080/y"),
        ("https://báo.vn/tin-tức", "https://xn--bo-mia.vn/tin-t%E1%BB%A9c"),
        ("http://a.vn/?utm_source=x&UTM_Medium=y&b=2&a=1", "http://a.vn/?b=2&a=1"),
        ("http://a.vn/?fbclid=1&gclid=2&zarsrc=3&vn_source=4", "http://a.vn/"),
        ("http://a.vn/?%75tm_source=x", "http://a.vn/"),
        ("http://a.vn/?utm_source=x&amp;utm_medium=y&amp;b=1", "http://a.vn/?amp;b=1"),
        ("http://a.vn/?WT.mc_id=1&hsa_acc=2&__hstc=3&tblci=4", "http://a.vn/"),
        ("http://a.vn/?a=utm_source=1&b", "http://a.vn/?a=utm_source=1&b"),
        ("http://a.vn/?source=x&ref=y", "http://a.vn/?source=x&ref=y"),
        ("http://a.vn/%7ea%2f%c3", "http://a.vn/~a%2F%C3"),
        ("http://a.vn?", "http://a.vn/"),
        ("http://[::1]:80/", "http://[::1]/"),
        ("http://www.a.vn.:81/b", "http://www.a.vn:81/b"),
        ("http://a.vn/#!5/b", "http://a.vn/#!5/b"),
        ("http://a.vn/?utm_source=x#/b", "http://a.vn/#/b"),
        ("https://www.google.com/amp/s/m.a.vn/b.html?x=1", "https://m.a.vn/b.html?x=1"),
        ("https://www.google.com.vn/amp/a.vn/b", "http://a.vn/b"),
        ("https://m-a-vn.cdn.ampproject.org/c/s/m.a.vn/b?utm_medium=y", "https://m.a.vn/b"),
        ("https://a-vn.cdn.ampproject.org/v/s/a.vn/b?amp_js_v=0.1", "https://a.vn/b"),
        ("https://cdn.ampproject.org/c/a.vn/b", "http://a.vn/b"),
        ("https://a-vn.cdn.ampproject.org/i/s/a.vn/b.jpg", None),
        ("https://www.google.com/search?q=amp/s/a.vn", None),
        ("https://evil.vn/amp/s/a.vn/b", None),
    ],
)
def test_an_address_is_written_in_one_way(raw: str, canonical: str | None) -> None:
    assert canonicalise(raw) == (canonical or raw)


@pytest.mark.parametrize(
    "raw",
    ["", "-", "/a", "a.vn", "ftp://a.vn/", "mailto:a@b.vn", "javascript:x", "http://", "\ud800"],
)
def test_anything_else_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="no web address"):
        canonicalise(raw)
    assert not is_web(raw)


@given(URLS)
def test_canonicalise_is_idempotent(url: str) -> None:
    if is_web(url):
        assert canonicalise(canonicalise(url)) == canonicalise(url)


@given(URLS)
def test_the_key_is_that_of_the_canonical_address(url: str) -> None:
    if is_web(url):
        assert url_key(canonicalise(url)) == url_key(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.vn/tin/b?y=2&x=1",
        "https://www.a.vn/tin/b/?x=1&y=2",
        "https://m.a.vn/tin/b/amp?x=1&y=2&utm_source=z",
        "https://www.mobile.a.vn./tin/b/amp/?y=2&x=1&amp=1",
        "https://amp.a.vn/tin/b/index.html?x=1&y=2#z",
        "https://wap.a.vn/tin/b.amp?x=1&y=2&outputType=amp",
        "https://www.google.com/amp/s/amp.a.vn/tin/b.amp.html?y=2&x=1",
        "https://amp-a-vn.cdn.ampproject.org/c/s/amp.a.vn/tin/b?y=2&x=1&usqp=mq331AQ",
    ],
)
def test_addresses_of_one_article_have_one_key(url: str) -> None:
    assert url_key(url) == "a.vn/tin/b?x=1&y=2"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://m.vn/", "m.vn"),
        ("https://amp.dev/amp", "amp.dev"),
        ("https://a.vn:81/x", "a.vn:81/x"),
        ("https://u:p@a.vn/x", "a.vn/x"),
        ("https://a.vn/camp", "a.vn/camp"),
        ("https://a.vn/?a=1&a=2", "a.vn?a=1&a=2"),
        ("https://a.vn/amp/b", "a.vn/amp/b"),
        ("https://a.vn/?ample=1&amps", "a.vn?ample=1&amps"),
        ("https://a.vn/#!/b", "a.vn#!/b"),
        ("https://vi.m.wikipedia.org/wiki/Amp", "vi.wikipedia.org/wiki/Amp"),
        ("https://m.wikipedia.org/", "wikipedia.org"),
    ],
)
def test_a_key_keeps_what_tells_articles_apart(url: str, key: str) -> None:
    assert url_key(url) == key


@pytest.mark.parametrize(
    ("base", "ref", "resolved"),
    [
        ("https://a.vn/b/c", "d?e#f", "https://a.vn/b/d?e#f"),
        ("https://a.vn/b/c", "//d.vn/e", "https://d.vn/e"),
        ("https://a.vn/b/c", "http://d.vn", "http://d.vn/"),
        (None, "http://d.vn", "http://d.vn/"),
        (None, "/d", None),
        ("no base", "/d", None),
        ("https://a.vn/", "javascript:x", None),
        ("https://a.vn/", "mailto:x@y.vn", None),
        ("https://a.vn/", "", None),
        ("https://a.vn/", " \n", None),
        ("https://a.vn/", "http://[", None),
    ],
)
def test_a_reference_leads_to_the_web_or_nowhere(
    base: str | None, ref: str, resolved: str | None
) -> None:
    assert absolute(base, ref) == resolved


def _presentation_aside(url: str) -> tuple[str, tuple[str, ...]]:
    """Reduce an address by what the key may pass over, and by nothing else; written anew here."""
    rest = re.sub(r"^https?://([^/@]*@)?(www\.)?", "", url)
    path, _, query = rest.partition("?")
    return path.rstrip("/"), tuple(sorted(query.split("&")))


def test_no_two_articles_of_the_vectors_have_one_key(shared: Path) -> None:
    vectors = shared / "conformance/vectors"
    cases = json.loads((vectors / "whatwg-url/urltestdata.json").read_text())
    urls = {case["href"] for case in cases if isinstance(case, dict) and "href" in case}
    for line in (vectors / "urlcanon.jsonl").read_text().splitlines():
        urls |= {json.loads(line)["input"], json.loads(line)["expected"]}
    groups: dict[str, set[str]] = defaultdict(set)
    for url in filter(is_web, urls):
        groups[url_key(url)].add(canonicalise(url))
    assert len(groups) > 150
    for key, found in groups.items():
        assert len({_presentation_aside(url) for url in found}) == 1, (key, sorted(found))


def test_every_rule_has_a_reason_and_the_list_a_date() -> None:
    said = tomllib.loads(RULES.read_text(encoding="utf-8"))
    assert date(2026, 11, 1) <= said["reviewed"]
    groups = [*said["tracking"], said["presentation"], *said["copies"]]
    assert all(len(group["why"]) > 10 for group in groups)


def test_no_tracking_name_stands_twice_or_chooses_a_page_anywhere_that_we_know() -> None:
    names = [
        name.lower()
        for group in tomllib.loads(RULES.read_text(encoding="utf-8"))["tracking"]
        for name in group["names"].split()
    ]
    assert sorted(names) == sorted(set(names))
    known = {"ref", "source", "from", "id", "p", "page", "share", "print", "q", "view", "lang"}
    for name in known:
        assert canonicalise(f"https://a.vn/?{name}=1") == f"https://a.vn/?{name}=1"


@pytest.mark.parametrize(
    ("base", "ref", "resolved"),
    [
        (None, "mailto:x@y.vn", "mailto:x@y.vn"),
        ("http://a.vn/b", "ftp:c", "ftp://c/"),
        (None, "/d", None),
        ("http://a.vn", "http://[", None),
    ],
)
def test_a_reference_is_resolved_whatever_its_scheme(
    base: str | None, ref: str, resolved: str | None
) -> None:
    assert resolve(base, ref) == resolved


@given(st.from_regex(r"https?://[a-z0-9.-]{1,20}/[\w%!$&()*+,;=:@~/?.-]{0,20}", fullmatch=True))
def test_what_needs_no_parser_comes_back_as_the_parser_would_give_it(url: str) -> None:
    try:
        href: str | None = str(ada_url.normalize_url(url))
    except ValueError:
        href = None
    assert absolute(None, url) == absolute("https://bao.vn/x", url) == href


@given(
    st.sampled_from(["https://a.vn/b/c?d=e", "http://a.vn/", "https://a.vn", "https://a.vn/b#c"]),
    st.from_regex(r"[/#][\w%!$&()*+,;=:@~/?#.'é-]{0,12}", fullmatch=True),
)
def test_what_is_joined_without_a_parser_is_what_the_parser_joins(base: str, ref: str) -> None:
    href = resolve(base, ref)
    assert absolute(base, ref) == (href if href and href.startswith("http") else None)
