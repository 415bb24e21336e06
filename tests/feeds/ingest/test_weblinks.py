"""Links in headers (RFC 8288): read from left to right, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.ingest.weblinks import read_links, resolve

URL = "https://news.example/feed.xml"
HUB = ("https://hub.example/", {"hub"})

CASES = {
    "quoted": ('<https://hub.example/>; rel="hub"', [HUB]),
    "not quoted": ("<https://hub.example/>;rel=hub", [HUB]),
    "case does not matter": ("<https://hub.example/> ; REL = HUB", [HUB]),
    "two headers joined by a comma": (
        "<https://hub.example/>; rel=hub, <https://news.example/f>; rel=self",
        [HUB, ("https://news.example/f", {"self"})],
    ),
    "a comma within an address": (
        '<https://news.example/a,b>; rel="self"',
        [("https://news.example/a,b", {"self"})],
    ),
    "commas and signs within quotes": (
        '<https://x.example/>; title="a, <b>; rel=self", <https://hub.example/>; rel=hub',
        [("https://x.example/", set()), HUB],
    ),
    "escaped quotes": (
        r'<https://x.example/>; title="say \"a, b\""; rel=next, <https://hub.example/>; rel=hub',
        [("https://x.example/", {"next"}), HUB],
    ),
    "several relations in one": ("</>; rel='x'", [("https://news.example/", {"'x'"})]),
    "hub and self at once": ('<a>; rel="self hub"', [("https://news.example/a", {"self", "hub"})]),
    "the first rel counts (§3.3)": ("<a>; rel=self; rel=hub", [(f"{URL[:-8]}a", {"self"})]),
    "relative": ("</hub>; rel=hub", [("https://news.example/hub", {"hub"})]),
    "kept as sent": ("<HTTP://Hub.example:80>; rel=hub", [("HTTP://Hub.example:80", {"hub"})]),
    "a link of another document (§3.2)": ('<a>; rel=hub; anchor="/other"', []),
    "a link of this document": (f'<a>; rel=hub; anchor="{URL}"', [(f"{URL[:-8]}a", {"hub"})]),
    "not the web": ("<javascript:x>; rel=hub, <mailto:a@b>; rel=self", []),
    "rubbish before and after": ("x, <https://hub.example/>; rel=hub; ;, y", [HUB]),
    "no end": ("<https://hub.example/; rel=hub", []),
    "nothing": ("", []),
}


@pytest.mark.parametrize(("field", "wanted"), CASES.values(), ids=CASES)
def test_links_are_read_as_rfc_8288_writes_them(
    field: str, wanted: list[tuple[str, set[str]]]
) -> None:
    found = [(one.url, set(one.relations)) for one in read_links(field, URL)]
    assert found == wanted


@given(st.text(alphabet='<>;,="\\ \trelhubs/a:', max_size=200))
def test_whatever_a_server_sends_is_read_or_left(field: str) -> None:
    assert all(one.url.startswith("http") for one in read_links(field, URL))


paths = st.text(alphabet="abc,;=.-_~/", max_size=20)
titles = st.text(alphabet='ab ,;<>="\\', max_size=20)


@given(st.lists(st.tuples(paths, st.sampled_from(["hub", "self", "next"]), titles), max_size=5))
def test_what_is_written_is_read_again(links: list[tuple[str, str, str]]) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    field = ", ".join(
        f"<https://x.example/{path}>; title={quoted(title)}; rel={rel}"
        for path, rel, title in links
    )
    found = [(one.url, one.relations) for one in read_links(field, URL)]
    assert found == [(f"https://x.example/{path}", {rel}) for path, rel, _ in links]


def test_an_endless_header_is_read_in_no_time() -> None:
    for field in ("<a>" + '; x="' * 7000, "<" * 32_000, "<a>;" * 8000, "<a>" + " ;" * 16_000):
        assert len(list(read_links(field, URL))) <= 8000


def test_an_absolute_address_stays_as_it_is() -> None:
    assert resolve(URL, "https://news.example") == "https://news.example"
    assert resolve(URL, "other") == "https://news.example/other"
    assert resolve(URL, "ftp://news.example/") is None
