"""Bylines: who wrote it, out of what publishers put into an author's field.

Theory: a name that is cut in two or has a stray word creates an author who doesn't exist, with a
page and a feed; two people left in one name are only less useful. So a byline is split where
every part looks like a name, and words are dropped only where they are no one's name.
"""

import re
from collections.abc import Iterable

from feeds.text.normalise import display

MOST_AUTHORS = 10
_LONGEST_NAME = 60
_LONGEST_BYLINE = 1000
_MOST_WORDS = 6
_NAME_IN_BRACKETS = re.compile(r"\s*[^\s@()]+@[^\s@()]+\s*\((?P<name>[^()]+)\)\s*")
_EMAIL = re.compile(r"<?[^\s@()<>]+@[^\s@()<>]+>?")
_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
_ROLE = re.compile(
    r"^\s*(?:(?:bài và ảnh|bài, ảnh|bài|ảnh|thực hiện|tổng hợp|biên dịch|dịch|nguồn|tác giả|"
    r"phóng viên|nhóm phóng viên|nhóm pv|pv|written by|reported by|author|von|par)\s*:\s*"
    r"|(?:by|phóng viên|tổng hợp từ|written by|reported by)\s+(?=[^\W\d_]))",
    re.IGNORECASE,
)
# "Theo" is Vietnamese for "after", and a given name: it goes where an agency follows.
_AFTER = re.compile(r"\s*[Tt]heo\s*:?\s+(?=\S)")
_AGENCY = re.compile(
    r"[A-ZĐ&.+/ ]{2,}$|.*\.(?:vn|com|net|org)$|.*[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]"
    r"|(?:Reuters|Bloomberg|Xinhua|Kyodo|Yonhap|Sputnik|Guardian|Forbes|Variety|Vietnam|VnExpress|Zing|Independent|Mirror|Marca|Goal)\b"
)
_SPLITS = (
    re.compile(r"\s*;\s*"),
    re.compile(r"\s+[-–—|]\s+"),
    re.compile(r"\s+(?:và|and|&)\s+", re.IGNORECASE),
    re.compile(r"\s*/\s*"),
    re.compile(r"\s*,\s*"),
)
_COMMA = _SPLITS[-1]


def clean_authors(bylines: Iterable[str]) -> tuple[str, ...]:
    """List the people and agencies that bylines name, each once, at most ten."""
    names = (name for byline in bylines for name in _names(display(byline[:_LONGEST_BYLINE])))
    unique = {name.casefold(): name for name in reversed([*names])}
    return tuple(reversed(unique.values()))[:MOST_AUTHORS]


def _names(byline: str) -> list[str]:
    named = _NAME_IN_BRACKETS.fullmatch(byline)
    byline = named["name"] if named else _EMAIL.sub(" ", byline)
    byline = _ROLE.sub("", byline, count=1)
    return [name for part in _split(byline, 0) if (name := _bare(part))]


def _split(byline: str, level: int) -> list[str]:
    """Split at the separators, from the surest on, as long as all parts look like names."""
    if level == len(_SPLITS):
        return [byline]
    parts = [part for part in _SPLITS[level].split(byline) if part]
    least = 2 if _SPLITS[level] is _COMMA else 1
    if len(parts) < 2 or not all(_is_name(_bare(part), least) for part in parts):
        return _split(byline, level + 1)
    return [name for part in parts for name in _split(part, level + 1)]


def _bare(part: str) -> str:
    part = _ROLE.sub("", part, count=1)
    after = _AFTER.match(part)
    if after and _AGENCY.match(part, after.end()):
        part = part[after.end() :]
    part = part.strip(" \t,;:/|-–—()[]<>\"'“”")
    has_letter = any(char.isalpha() for char in part)
    return (
        part if has_letter and len(part) <= 2 * _LONGEST_NAME and not _ADDRESS.search(part) else ""
    )


def _is_name(part: str, least_words: int) -> bool:
    """Tell a name by its capitals; several names joined by a lesser separator pass too."""
    for piece in re.split(r"[,/;]|\s(?:và|and|&)\s", part):
        piece = _bare(piece)
        words = piece.split()
        if not least_words <= len(words) <= _MOST_WORDS or len(piece) > _LONGEST_NAME:
            return False
        if any(char.isdigit() for char in piece) or not _is_capital(words[0]):
            return False
        if not _is_capital(words[-1]) and len(words) > 1:
            return False
    return True


def _is_capital(word: str) -> bool:
    return not word[0].islower()
