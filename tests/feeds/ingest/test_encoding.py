import codecs

import pytest

from feeds.ingest.encoding import decode, lost

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
    (b"<a>x+AGE-</a>", {"content-type": "a; charset=utf-7"}, "<a>x+AGE-</a>"),
    (b"<a>ab</a>", {"content-type": "a; charset=utf-16"}, "<a>ab</a>"),
    ("<a>ข่าว “ก”</a>".encode("cp874"), {"content-type": "a; charset=TIS-620"}, "<a>ข่าว “ก”</a>"),
    ("<a>ข่าว</a>".encode("cp874"), {"content-type": "a; charset=windows-874"}, "<a>ข่าว</a>"),
    ("<a>日本①</a>".encode("cp932"), {"content-type": "a; charset=x-sjis"}, "<a>日本①</a>"),
    (b"", {}, ""),
]


@pytest.mark.parametrize(("raw", "headers", "text"), CASES)
def test_a_document_is_decoded(raw: bytes, headers: dict[str, str], text: str) -> None:
    assert decode(raw, headers) == text


LONG = "<p>Chính phủ công bố kế hoạch mở rộng cảng Lạch Huyện"
CUT = LONG.encode()[:-2]  # within the last "ệ", as by a limit in bytes
MENDED = f"{LONG[:-2]}\ufffd</p>"


@pytest.mark.parametrize(
    "kind", ["a; charset=utf-8", "a; charset=nonsense", "a; charset=punycode", ""]
)
def test_a_character_that_was_cut_spoils_no_other(kind: str) -> None:
    raw = CUT + b"</p>"
    text = decode(raw, {"content-type": kind})
    assert text == MENDED
    assert lost(raw, text) == 1


def test_the_documents_own_word_counts_where_a_server_says_another_charset() -> None:
    head = '<?xml version="1.0" encoding="utf-8"?>'
    raw = head.encode() + CUT + b"</p>"
    assert decode(raw, {"content-type": "text/xml; charset=iso-8859-1"}) == head + MENDED


def test_a_character_that_was_cut_in_another_charset_spoils_no_other() -> None:
    raw = "<p>정부는 오늘 새로운 경제 정책".encode("euc-kr")[:-1] + b"</p>"
    text = decode(raw, {"content-type": "a; charset=euc-kr"})
    assert text == "<p>정부는 오늘 새로운 경제 정\ufffd</p>"


@pytest.mark.parametrize("charset", ["cp1252", "cp1258", "cp1250", "koi8-r"])
def test_what_was_written_in_another_charset_is_not_taken_for_utf_8(charset: str) -> None:
    words = "Ngày Noël, café đã đóng – «naïve»; Привет, Łódź, zażółć"
    raw = words.encode(charset, "ignore")
    assert "\ufffd" not in decode(raw, {"content-type": "a; charset=utf-8"})


def test_what_came_as_lost_is_not_lost_again() -> None:
    raw = f"{WORDS}\ufffd".encode()
    assert lost(raw, decode(raw, {})) == 0
