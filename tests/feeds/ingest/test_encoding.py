import codecs

import pytest

from feeds.ingest.encoding import decode

WORDS = "<rss>Nước đ€</rss>"
XML = {"content-type": "application/xml"}

CASES = [
    (codecs.BOM_UTF8 + WORDS.encode(), {}, WORDS),
    (codecs.BOM_UTF16_LE + WORDS.encode("utf-16-le"), {}, WORDS),
    (codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"), {"content-type": "a; charset=utf-8"}, WORDS),
    (codecs.BOM_UTF32_LE + WORDS.encode("utf-32-le"), {}, WORDS),
    (WORDS.encode("utf-16-le"), XML, WORDS),
    (WORDS.encode("utf-16-be"), XML, WORDS),
    (WORDS.encode(), {"content-type": "text/xml; charset=ISO-8859-1"}, WORDS),
    ("<a>é</a>".encode("latin-1"), {}, "<a>é</a>"),
    ("<a>é€</a>".encode("windows-1252"), {"content-type": "a; charset=iso-8859-1"}, "<a>é€</a>"),
    ("<a>я</a>".encode("koi8-r"), {"content-type": 'a; charset="koi8-r"'}, "<a>я</a>"),
    (
        '<?xml version="1.0" encoding="windows-1251"?><a>я</a>'.encode("windows-1251"),
        XML,
        '<?xml version="1.0" encoding="windows-1251"?><a>я</a>',
    ),
    (
        "<a>日本</a>".encode("iso-2022-jp"),
        {"content-type": "a; charset=iso-2022-jp"},
        "<a>日本</a>",
    ),
    ("<a>中文</a>".encode("gbk"), {"content-type": "a; charset=gb2312"}, "<a>中文</a>"),
    (b"<a>\x81</a>", {"content-type": "a; charset=nonsense"}, "<a>\x81</a>"),
    (b"<a>\x9d\xa9\x80</a>", {}, "<a>\x9dŠ€</a>"),
    (b"<a>x</a>", {"content-type": "a; charset=base64"}, "<a>x</a>"),
    (b"", {}, ""),
]


@pytest.mark.parametrize(("raw", "headers", "text"), CASES)
def test_a_document_is_decoded(raw: bytes, headers: dict[str, str], text: str) -> None:
    assert decode(raw, headers) == text
