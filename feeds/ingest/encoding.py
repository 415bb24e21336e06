"""Bytes to text: which characters a document was written in.

Theory: a wrong charset spoils every title of a source, and what publishers declare is often
wrong. A byte order mark is right by construction; bytes beyond ASCII that are valid UTF-8 are
UTF-8 whatever the header says, because other charsets form valid sequences only by accident. So
declarations (HTTP, then XML or HTML) are asked only for what is neither. What no declaration can
read is told by its letters where they are many, as those of other scripts and of Vietnamese are; of
few, windows-1252 is the likeliest, and it can read nearly any byte, so it comes last. What even
that can't read is mostly Central European, with windows-1252's marks in it: so ISO 8859-2 reads the
letters, and windows-1252 what it can of the rest.

A text that was cut within a character must not spoil the others: a charset that reads three in
four of the characters beyond ASCII is the right one. Of texts in other charsets that are read as
UTF-8, no more than one sequence in four is valid by accident (Thai; of Latin, none).
"""

import codecs
import re
from collections.abc import Iterator, Mapping

from charset_normalizer import from_bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BOMS = tuple(mark for mark, _ in _MARKS)
# A document without a mark begins with "<" or white space: XML 1.0, appendix F.
_UNMARKED = (
    (re.compile(rb"[<\s{]\x00\x00\x00"), "utf-32-le"),
    (re.compile(rb"\x00\x00\x00[<\s{]"), "utf-32-be"),
    (re.compile(rb"[<\s{]\x00"), "utf-16-le"),
    (re.compile(rb"\x00[<\s{]"), "utf-16-be"),
)
# What servers say, and the superset that browsers read it as (WHATWG Encoding §4.2).
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
}
# What browsers read at all. Python has more: some are no charsets, need quadratic time or read
# any bytes as something. UTF-16 is not among them: a document in it was told before it is asked.
_WEB = frozenset(
    (
        *("utf-8", "cp866", "cp874", "cp932", "cp949", "koi8-r", "koi8-u", "mac-roman"),
        *("mac-cyrillic", "gb18030", "big5hkscs", "euc_jp", "iso2022_jp"),
        *(f"cp125{number}" for number in range(9)),
        *(f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
    )
)
_WEB_LABEL = re.compile(r"^x-|-[ei]$")  # of browsers' names for them, what Python leaves out
# What is told by its letters. Those of Central Europe and the Baltic are not asked for: French and
# Spanish would often be taken for them.
_TOLD = (
    *("cp874", "cp932", "cp949", "gb18030", "big5hkscs", "euc_jp", "koi8_r", "koi8_u"),
    *("cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1258"),
)
_MANY, _LEAST = 0.1, 16  # of all letters, in bytes; French has 0.05, Turkish 0.1, Vietnamese 0.25
_LOOKED_AT, _MOST_WORDS = 2**18, 2**16
_UNSAID = re.compile(rb"<(?:script|style)", re.IGNORECASE)
_SAID_AGAIN = re.compile(rb"</(?:script|style)", re.IGNORECASE)
_TAG = re.compile(rb"<[^<>]*>")  # with "<" in it, the end of each would be sought to the last byte
_LETTERS = bytes((*range(0x41, 0x5B), *range(0x61, 0x7B)))
# The marks that windows-1252 has where ISO 8859 has controls; five of its places are empty.
MARKS_1252 = {
    code: mark
    for code in range(0x80, 0xA0)
    if (mark := bytes([code]).decode("windows-1252", "ignore"))
}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([\w.:-]+)[\"']")
_META = re.compile(rb"<meta[^>]*?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_LOST = "\ufffd"
_META_WITHIN = 2048  # browsers look no further than 1,024 bytes; some pages need a little more


def decode(raw: bytes, headers: Mapping[str, str]) -> str:
    """Read a document's text, without its byte order mark; `headers` has lower-case names."""
    text = as_utf8(raw)
    if text is not None:
        return text
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(name, "replace")
    for pattern, name in _UNMARKED:
        if pattern.match(raw):
            return raw.decode(name, "replace")
    text = next(filter(None, _readings(raw, tuple(_declared(raw, headers)))), None)
    return raw.decode("iso-8859-2").translate(MARKS_1252) if text is None else text


def as_utf8(raw: bytes) -> str | None:
    """Read bytes that are UTF-8 whatever is said of them; `None` for others, marks and ASCII."""
    if raw.isascii() or raw.startswith(_BOMS) or any(kind.match(raw) for kind, _ in _UNMARKED):
        return None
    return _exactly(raw, "utf-8")


def lost(raw: bytes, text: str) -> int:
    """Count the characters of a decoded document that could not be read."""
    if _LOST not in text:
        return 0
    return max(text.count(_LOST) - raw.count(_LOST.encode()), 0)


def _readings(raw: bytes, declared: tuple[str, ...]) -> Iterator[str | None]:
    """Give what a document may say, the likeliest first; `None` for what it can't be."""
    if raw.isascii():  # ISO-2022 and its like are written in ASCII bytes
        yield from (_exactly(raw, name) for name in declared)
        yield raw.decode("ascii")
    if not declared or "utf-8" in declared:
        yield _mostly(raw, "utf-8")
    yield from (_exactly(raw, name) for name in declared)
    yield from (_mostly(raw, name) for name in declared if name != "cp1252")
    yield _detected(raw)
    yield _exactly(raw, "cp1252")


def _exactly(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name)
    except UnicodeDecodeError:
        return None


def _mostly(raw: bytes, name: str) -> str | None:
    text = raw.decode(name, "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return text if 4 * text.count(_LOST) <= beyond_ascii else None


def _detected(raw: bytes) -> str | None:
    """Read a document by its letters; `None` where too few are beyond ASCII to tell."""
    words = b" ".join(_TAG.split(_said(raw[:_LOOKED_AT])[:_MOST_WORDS]))
    many = len(words.translate(None, bytes(range(0x80))))
    if many < max(_LEAST, _MANY * (many + len(words) - len(words.translate(None, _LETTERS)))):
        return None
    found = from_bytes(words, cp_isolation=[*_TOLD]).best()
    return None if found is None else _mostly(raw, found.encoding)


def _said(raw: bytes) -> bytes:
    """Leave scripts and styles out, in time that grows with the length whatever is in it."""
    first, *others = _UNSAID.split(raw)
    after = (_SAID_AGAIN.split(each, maxsplit=1)[1:] for each in others)
    return b"<".join((first, *(b"".join(each) for each in after)))


def _declared(raw: bytes, headers: Mapping[str, str]) -> Iterator[str]:
    """Name the charsets of the web that a document says it is in: HTTP's word, then its own."""
    http = _CHARSET.search(headers.get("content-type", ""))
    own = _DECLARED.match(raw) or _META.search(raw, 0, _META_WITHIN)
    for name in (http[1] if http else "", own[1].decode("ascii") if own else ""):
        if (known := _superset(name)) in _WEB:
            yield known


def _superset(name: str) -> str:
    """Name the codec to decode with; empty for a name that means nothing."""
    label = _WEB_LABEL.sub("", name.lower()).replace("windows-", "cp")
    try:
        known = codecs.lookup(label).name
    except LookupError:
        return ""
    return _SUPERSETS.get(known, known)
