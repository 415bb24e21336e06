"""Bytes to text: which characters a document was written in.

Theory: a wrong charset spoils every title of a source, and what publishers declare is often
wrong. A byte order mark is right by construction; bytes beyond ASCII that are valid UTF-8 are
UTF-8 whatever the header says, because other charsets form valid sequences only by accident. So
declarations (HTTP, then XML or HTML) are asked only for what is neither, and windows-1252, which
can read nearly any byte, comes last. What even that can't read is mostly Central European, with
windows-1252's marks in it: so ISO 8859-2 reads the letters, and windows-1252 what it can of the
rest.
"""

import codecs
import re
from collections.abc import Iterator, Mapping

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A document without a mark begins with "<" or white space: XML 1.0, appendix F.
_UNMARKED = (
    (re.compile(rb"[<\s{]\x00\x00\x00"), "utf-32-le"),
    (re.compile(rb"\x00\x00\x00[<\s{]"), "utf-32-be"),
    (re.compile(rb"[<\s{]\x00"), "utf-16-le"),
    (re.compile(rb"\x00[<\s{]"), "utf-16-be"),
)
# What servers say, and the superset that browsers read it as (WHATWG Encoding §4.2).
_SUPERSETS = {
    "iso8859-1": "windows-1252",
    "ascii": "windows-1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-9": "windows-1254",
    "tis-620": "windows-874",
}
# The marks that windows-1252 has where ISO 8859 has controls; five of its places are empty.
MARKS_1252 = {
    code: mark
    for code in range(0x80, 0xA0)
    if (mark := bytes([code]).decode("windows-1252", "ignore"))
}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([\w.:-]+)[\"']")
_META = re.compile(rb"<meta[^>]*?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_WITHIN = 2048  # browsers look no further than 1,024 bytes; some pages need a little more


def decode(raw: bytes, headers: Mapping[str, str]) -> str:
    """Read a document's text, without its byte order mark; `headers` has lower-case names."""
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(name, "replace")
    for pattern, name in _UNMARKED:
        if pattern.match(raw):
            return raw.decode(name, "replace")
    for name in _candidates(raw, headers):
        try:
            return raw.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    try:
        return raw.decode("windows-1252")
    except UnicodeDecodeError:
        return raw.decode("iso-8859-2").translate(MARKS_1252)


def _candidates(raw: bytes, headers: Mapping[str, str]) -> Iterator[str]:
    # ISO-2022 and its like are written in ASCII bytes, so there the declaration goes first.
    if not raw.isascii():
        yield "utf-8"
    http = _CHARSET.search(headers.get("content-type", ""))
    if http:
        yield _superset(http[1])
    declared = _DECLARED.match(raw) or _META.search(raw, 0, _META_WITHIN)
    if declared:
        yield _superset(declared[1].decode("ascii"))
    if raw.isascii():
        yield "utf-8"


def _superset(name: str) -> str:
    """Name the charset to decode with; what is no charset of text stays as it is, and fails."""
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return name
    return _SUPERSETS.get(known, known)
