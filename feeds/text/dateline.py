"""Datelines: the place, date and agency that stand before a report's first sentence.

Theory: one agency report is republished with and without its dateline, so the dateline must not
count when texts are compared. Dropping words that are no dateline is worse than keeping one, for
it makes different titles equal: an agency in brackets must be written like one (capitals, or a
known name), the words before it must look like a place or a date, and an agency without
round brackets, or before a colon, must be one of a list: "Vinamilk (VNM): " is a company with its
share, and "Lê Minh (LM): " who speaks. At least three characters must be left.
"""

import re

# Agencies that are not written in capitals alone, in any case; a site's address names one, too.
_NAMES = (
    r"(?i:Reuters|Bloomberg|Xinhua|Kyodo|Yonhap|Sputnik|Tân Hoa Xã|Dân Trí|Kiến Thức|Tin Nóng|"
    r"(?:Thanh Niên|Tuổi Trẻ)(?: Online)?|Vietnam\+|VietnamPlus|VietNamNet|VnExpress|VnEconomy|"
    r"VnMedia|ICTnews|Infonet|PetroTimes|GD ?& ?TĐ|[a-z0-9-]+(?:\.[a-z]{2,6}){1,2})"
)
# Those that stand without brackets, or without a dash.
_KNOWN = (
    "TTO|TTCT|TTC|TTXVN|ĐCSVN|NLĐ|NLĐO|VNE|VOV|VOV5|VTV|VTC|SGGP|SGGPO|SGTT|QĐND|CAND|CAO|PLO|LĐO|"
    "ANTĐ|HNM|HNMO|NDĐT|NDH|TNO|TPO|ĐTCK|VNN|KTĐT|GD&TĐ|KH&ĐS|BĐT|CATP|PNO|ICTnews|VietNamNet|"
    "VnMedia|Infonet|(?:Thanh Niên|Tuổi Trẻ) Online"
)
# Those of the world, always in brackets; where all is in capitals, no other word is an agency.
_WORLD = "AP|AFP|UPI|DPA|EFE|PTI|ANSA|TASS|BBC|CNN|VNA|VNS"
_CAPITALS = r"[A-ZĐ][A-ZĐ&]{1,9}(?:\+|[. ](?:VN|vn|Online|ONLINE|News|NEWS|TV))?"
_ONE = rf"(?:{_KNOWN}|{_CAPITALS}|{_NAMES})"
_SURE = rf"(?:{_KNOWN}|{_WORLD}|{_NAMES})"
_DATE = (
    r"(?i:ngày )?\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?"
    r"|(?i:ngày )?\d{1,2} (?i:tháng) \d{1,2}(?: (?i:năm) \d{4})?"
    r"|(?:[A-Z][A-Za-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][A-Za-z]{2,8}\.?)(?:(?:\s*,)?\s+\d{4})?"
)
_DASH = "-\u2010-\u2015\u2212"  # hyphens, dashes and the minus, first in a class
_BEFORE = r"[\s\"'“‘«]*"  # a text may open with a quotation


def _dateline(one: str, marks: str) -> re.Pattern[str]:
    agency = rf"{one}(?: ?[{_DASH},/] ?{one})?(?:,? (?:{_DATE}))?"
    return re.compile(
        rf"{_BEFORE}(?P<place>[^()\d:;!?\n]{{0,60}}?)(?:\s*(?:{_DATE}),?)?"
        rf"\s*\( ?{agency} ?\)\.?\s*[{marks}]+\s*"
    )


_LIKELY, _SURELY = _dateline(_ONE, _DASH), _dateline(_SURE, _DASH + ":")
_BARE = re.compile(
    rf"{_BEFORE}(?:(?:{_KNOWN})(?:[. ](?:VN|vn|Online|ONLINE))?\s*[{_DASH}]+\s+"
    rf"|\((?:{_KNOWN})\)\s+(?=[^\W\d_])|\[ ?(?:{_KNOWN}) ?\]\s*[{_DASH}:]+\s*)"
)
_WORD = re.compile(r"[^\s,./-]+")
_LIKE_D = str.maketrans("ÐƉðɖ", "ĐĐđđ")  # pages typed in old fonts carry them
_ANY_LIKE_D = re.compile("[ÐƉðɖ]")
_LEAST_LEFT = 3
_LONGEST = 120


def without_dateline(text: str) -> str:
    """Drop the datelines at the start of a text in NFC; a text that is all dateline stays."""
    while (end := _end_of_dateline(text[:_LONGEST])) and len(text) - end >= _LEAST_LEFT:
        text = text[end:]
    return text


def _end_of_dateline(text: str) -> int:
    if _ANY_LIKE_D.search(text):
        text = text.translate(_LIKE_D)
    for dateline in (_SURELY,) if text.isupper() else (_LIKELY, _SURELY):
        found = dateline.match(text) if "(" in text else None
        if found and all(word[0].isupper() for word in _WORD.findall(found["place"])):
            return found.end()
    bare = _BARE.match(text)
    return bare.end() if bare else 0
