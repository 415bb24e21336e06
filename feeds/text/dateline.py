"""Datelines: the place, date and agency that stand before a report's first sentence.

Theory: one agency report is republished with and without its dateline, so the dateline must not
count when texts are compared. Dropping words that are no dateline is worse than keeping one, for
it makes different titles equal: an agency in brackets must be written like one (capitals, or a
known name), the words before it must look like a place or a date, and an agency without
brackets must be one of a list. At least three characters must be left.
"""

import re

# Agencies that are not written in capitals alone, and those that stand without brackets.
_NAMES = (
    r"Reuters|Bloomberg|Xinhua|Kyodo|Yonhap|Sputnik|Dân [Tt]rí|Thanh [Nn]iên|Tuổi [Tt]rẻ|"
    r"Tân Hoa [Xx]ã|Chinhphu\.vn|Vietnam\+|VietnamPlus|VietNamNet|VnExpress|VnEconomy|ICTnews"
)
_BARE_NAMES = (
    "TTO|TTCT|TTXVN|ĐCSVN|NLĐ|NLĐO|VNE|VOV|VTV|VTC|SGGP|SGGPO|SGTT|QĐND|CAND|PLO|LĐO|ANTĐ|HNM|HNMO|"
    "NDĐT|TNO|VNN|KTĐT|GD&TĐ|KH&ĐS|BĐT|CATP|PNO"
)
_CAPITALS = r"[A-ZĐ][A-ZĐ&]{1,9}(?:\+|[. ](?:VN|vn|Online|News|TV))?"
_AGENCY = rf"(?:{_CAPITALS}|{_NAMES})(?: ?[,/–-] ?(?:{_CAPITALS}|{_NAMES}))?"
_DATE = (
    r"(?:ngày )?\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?"
    r"|[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8}"
)
_DATELINE = re.compile(
    rf"\s*(?P<place>[^()\d:;!?\n]{{0,60}}?)(?:\s*(?:{_DATE}),?)?\s*\({_AGENCY}\)\s*[-–—:]+\s*"
)
_BARE = re.compile(rf"\s*(?:{_BARE_NAMES})(?:[. ](?:VN|vn|Online))?\s*[-–—]+\s+")
_WORD = re.compile(r"[^\s,./-]+")
_LEAST_LEFT = 3
_LONGEST = 120


def without_dateline(text: str) -> str:
    """Drop the datelines at the start of a text in NFC; a text that is all dateline stays."""
    while (end := _end_of_dateline(text)) and len(text) - end >= _LEAST_LEFT:
        text = text[end:]
    return text


def _end_of_dateline(text: str) -> int:
    found = "(" in text[:_LONGEST] and _DATELINE.match(text, 0, _LONGEST)
    if found and all(word[0].isupper() for word in _WORD.findall(found["place"])):
        return found.end()
    bare = _BARE.match(text, 0, _LONGEST)
    return bare.end() if bare else 0
