from pathlib import Path

import pytest

from feeds.errors import NotAFeed
from feeds.ingest.document import open_document

SHARED = Path(__file__).parents[3].parent / "shared" / "conformance" / "vectors"

REFUSED = [
    (b"", "an empty document"),
    (b" \r\n\t", "an empty document"),
    (b"<!DOCTYPE html><html><body>404</body></html>", "an HTML page"),
    (b"<!-- x --><html lang='vi'>", "an HTML page"),
    (b"Bad gateway", "no XML: it begins with 'Bad gateway'"),
    (b'<!DOCTYPE rss [<!ENTITY a "b">]><rss/>', "a document type with entities"),
    (b"<!DOCTYPE rss [<!ELEMENT a (b)> %x; ]><rss/>", "a document type with entities"),
    (b'<!DOCTYPE rss [<!-- ] --><!entity a "b">]><rss/>', "a document type that doesn't end"),
    (b"<!DOCTYPE rss", "a document type that doesn't end"),
    (b"<!DOCTYPE rss [", "a document type with entities"),
    ('<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><r/>'.encode("utf-16"), "entities"),
    (b"<rss a='" + b"x" * 70_000 + b"'/>", "a tag of more than 65536 characters"),
]

READ = [
    ("<rss/>", "rss", 1),
    ('\n\n<?xml version="1.0"?>\n<rss/>', "rss", 4),
    ('<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://x/a>b">\n<rss/>', "rss", 2),
    ("<!DOCTYPE rss [<!ELEMENT rss ANY>] ><rss/>", "rss", 1),
    ('<?xml-stylesheet href="a"?><!-- <html> --><feed/>', "feed", 1),
    ('Warning: mysql in line 3\n<?xml version="1.0"?><rss/>', "rss", 2),
    ("<!DOCTYPE html><rss/>", "rss", 1),
    ('\n {"version": ""}', "", 2),
]


@pytest.mark.parametrize(("raw", "reason"), REFUSED)
def test_what_can_be_no_feed_is_refused_with_its_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(NotAFeed) as refusal:
        open_document(raw, {})
    assert reason in refusal.value.message


@pytest.mark.parametrize(("text", "root", "line"), READ)
def test_a_document_begins_at_its_root(text: str, root: str, line: int) -> None:
    document = open_document(text.encode(), {})
    assert (document.root, document.line) == (root, line)
    assert document.text.startswith(f"<{root}" if root else "{")


@pytest.mark.parametrize(
    "name", ["lol_rss.xml", "quadratic_rss.xml", "xxe_rss.xml", "xxe_param_rss.xml"]
)
def test_bombs_made_of_entities_are_refused(name: str) -> None:
    with pytest.raises(NotAFeed):
        open_document((SHARED / "bombs" / name).read_bytes(), {})
