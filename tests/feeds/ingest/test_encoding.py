import codecs
import unicodedata

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


# What agencies might report, in charsets that nobody declared.
UNDECLARED = {
    "cp1258": "Hôm nay tại Hà Nội, các bộ trưởng ngoại giao đã thảo luận về thương mại và an ninh.",
    "cp1256": "اجتمع وزراء الخارجية اليوم في القاهرة لمناقشة التجارة والأمن في المنطقة.",
    "cp1251": "Сегодня в Софии министры обсудили вопросы торговли и безопасности в регионе.",
    "koi8-r": "Сегодня в Москве министры обсудили вопросы торговли и безопасности в регионе.",
    "cp1253": "Σήμερα στην Αθήνα οι υπουργοί συζήτησαν θέματα εμπορίου και ασφάλειας.",
    "cp1255": "היום התקיימה בירושלים פגישה של שרי החוץ שבה נדונו נושאי סחר וביטחון",
    "cp874": "วันนี้ที่กรุงเทพมหานครมีการประชุมรัฐมนตรีต่างประเทศ",
    "cp932": "本日、東京で外務大臣会合が開催され、貿易と安全保障について議論されました。",
    "euc-jp": "本日、東京で外務大臣会合が開催され、貿易と安全保障について議論されました。",
    "gb18030": "今天在北京举行了外交部长会议，讨论了该地区的贸易和安全问题。",
    "big5": "今天在臺北舉行了外交部長會議，討論了該地區的貿易和安全問題。",
    "euc-kr": "오늘 서울에서 외무장관 회의가 열려 지역의 무역과 안보 문제를 논의했다.",
    "cp1252": "À Paris, les ministres ont évoqué hier l’économie, la sécurité et l’été à venir.",
    "iso-8859-1": "Im März prüften Minister für Äußeres über Ländergrenzen hinweg Möglichkeiten.",
}


@pytest.mark.parametrize(("charset", "words"), UNDECLARED.items(), ids=UNDECLARED.keys())
def test_a_charset_that_nobody_declared_is_told_by_the_letters(charset: str, words: str) -> None:
    if charset == "cp1258":  # which has tones apart from their letters
        words = "".join(map(_with_tone_apart, words))
    document = f"<rss><item><title>{words}</title><link>https://a.example/1</link></item></rss>"
    assert decode(document.encode(charset), {"content-type": "text/xml"}) == document


@pytest.mark.parametrize("script", ["<script>", "<STYLE type='text/css'>"])
def test_scripts_do_not_count_as_letters(script: str) -> None:
    code = script + "var open = 'a page of code'; " * 5000 + script.replace("<", "</")
    page = f"<html><head>{code}</head><p>{UNDECLARED['cp1256']}</p></html>"
    assert decode(page.encode("cp1256"), {"content-type": "text/html"}) == page


def _with_tone_apart(char: str) -> str:
    tones = "\u0300\u0301\u0303\u0309\u0323"
    marks = unicodedata.normalize("NFD", char)
    tone = "".join(mark for mark in marks if mark in tones)
    letter = "".join(mark for mark in marks if mark not in tones)
    return unicodedata.normalize("NFC", letter) + tone


def test_what_came_as_lost_is_not_lost_again() -> None:
    raw = f"{WORDS}\ufffd".encode()
    assert lost(raw, decode(raw, {})) == 0
