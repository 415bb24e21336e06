"""Bylines: who wrote it, out of what publishers put into an author's field or under a text.

Theory: a name that is cut in two or has a stray word creates an author who doesn't exist, with a
page and a feed; two people left in one name are only less useful. So a byline is split where
every part looks like a name, and words are dropped only where they are no one's name.

An agency or a paper ("TTXVN", "Theo Dân trí") says where the news comes from, not who wrote it:
it is no author. The line that says so stays in the text, where the reader finds it. Desks and
roles ("PV", "Tổng hợp") name no one either.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from feeds.ingest.names import is_agency, is_family_name, is_nobody, spelled
from feeds.text.normalise import display

MOST_AUTHORS = 10
_LONGEST_NAME = 60
_LONGEST_BYLINE = 1000
_MOST_WORDS = 6
_NAME_IN_BRACKETS = re.compile(r"\s*[^\s@()]+@[^\s@()]+\s*\((?P<name>[^()]+)\)\s*")
_EMAIL = re.compile(r"<?[^\s@()<>]+@[^\s@()<>]+>?")
_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
_SOURCE_IN_BRACKETS = re.compile(
    r"\s*\(\s*(?:theo|tổng hợp|nguồn|lược dịch|biên dịch|dịch)\b[^()]*\)", re.IGNORECASE
)
_COLON_ROLE = (
    r"(?:bài và ảnh|bài, ảnh|bài ?- ?ảnh|bài & ảnh|bài|tin, ảnh|tin và ảnh|tin|thực hiện|tổng hợp|"
    r"biên dịch|lược dịch|dịch|tác giả|phóng viên|nhóm phóng viên|nhóm pv|pv|ctv|biên tập|"
    r"người viết|written by|reported by|by|author|text|words|von|par|"
    r"(?P<aside>chùm ảnh|ảnh|video|clip|đồ họa|infographics?|thiết kế|photos?)|(?P<source>nguồn))"
)
_ROLE = re.compile(rf"(?<!\w){_COLON_ROLE}\s*:\s*", re.IGNORECASE)
_ROLE_BEFORE = re.compile(
    r"\s*(?:by|phóng viên|pv|ctv|tổng hợp từ|written by|reported by)\s+(?=[^\W\d_])", re.IGNORECASE
)
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
# "Theo" is Vietnamese for "after", and a given name: it goes where an agency follows.
_AFTER = re.compile(r"\s*[Tt][Hh][Ee][Oo]\s*:?\s+(?=\S)")
_BEFORE_NAME = re.compile(r"^\W*(?:written by|von|par|por|by|text)\s*:?\s+", re.IGNORECASE)
_DATE_WORDS = """
    updated published january jan february feb march mar april apr may june jun july jul august aug
    september sept sep october oct november nov december dec januar februar märz mai juni juli
    oktober dezember monday tuesday wednesday thursday friday saturday sunday montag dienstag
    mittwoch donnerstag freitag samstag sonntag am le on el at lúc ngày
"""
# It begins at no mark that follows another: no text shall be gone through from each of its marks.
_AFTER_NAME = re.compile(
    r"(?<![\s|,–-])"
    rf"(?:(?:^|[\s|,–-]++)(?:{'|'.join(_DATE_WORDS.split())})\b[.:]*+)*[\s|,–-]*+\d",
    re.IGNORECASE,
)
_SPLITS = (
    re.compile(r"\s*;\s*"),
    re.compile(r"\s+[-–—|]\s+|\s*[–—]\s*"),
    re.compile(r"\s+(?:và|and|&)\s+", re.IGNORECASE),
    re.compile(r"\s*/\s*"),
    re.compile(r"(?<=[^\W\d_]{2})\s*-\s+|\s+-\s*(?=[^\W\d_]{2})"),
    re.compile(r"\s*,\s*"),
)
_COMMA = _SPLITS[-1]


def clean_authors(bylines: Iterable[str]) -> tuple[str, ...]:
    """List the people that bylines name, each once, at most ten."""
    names = (name for byline in bylines for name in _people(byline[:_LONGEST_BYLINE]))
    unique = {name.casefold(): name for name in reversed([*names])}
    return tuple(reversed(unique.values()))[:MOST_AUTHORS]


@lru_cache(maxsize=4096)  # the same people write every day
def _people(byline: str) -> tuple[str, ...]:
    return tuple(_names(display(byline)))


def is_credit(line: str) -> bool:
    """Tell a line that says by its form that it credits someone: a role, brackets, "Theo …"."""
    inner = line.strip().strip("().[]").strip()
    after = _AFTER.match(inner)
    return bool(
        _ROLE.match(inner)
        or (after and _is_source(inner[after.end() :]))
        or is_nobody(inner)
        or is_agency(inner)
    )


def written_by(line: str) -> str:
    """Take the name out of a line for people: "von Anna Blum am 5.10.2026, 13:36"."""
    return _BEFORE_NAME.sub("", _AFTER_NAME.split(line[:_LONGEST_BYLINE])[0])


def looks_like_names(line: str) -> bool:
    """Tell a line in which every part is a name, and nothing else stands."""
    return len(line) <= _LONGEST_BYLINE and _is_name(_IN_BRACKETS.sub("", line), 1, is_strict=True)


def _names(byline: str) -> list[str]:
    named = _NAME_IN_BRACKETS.fullmatch(byline)
    byline = named["name"] if named else _EMAIL.sub(" ", byline)
    byline = _SOURCE_IN_BRACKETS.sub("", byline) or byline.strip("() ")
    return [
        spelled(name)
        for part in _writers(byline)
        for each in _split(_ROLE_BEFORE.sub("", part, count=1), 0)
        if (name := _bare(each)) and not is_nobody(name) and not is_agency(name)
    ]


def _writers(byline: str) -> list[str]:
    """Cut a byline at its roles; who took the pictures counts only where no one wrote."""
    roles = list(_ROLE.finditer(byline))
    ends = [role.start() for role in roles[1:]] + [len(byline)]
    first = byline[: roles[0].start()] if roles else byline
    written = [first] if first.strip(" (") else []
    aside: list[str] = []
    for role, end in zip(roles, ends, strict=False):
        if not role["source"]:
            (aside if role["aside"] else written).append(byline[role.end() : end].rstrip(" ;,.|-–"))
    return written or aside


def _split(byline: str, level: int) -> list[str]:
    """Split at the separators, from the surest on, as long as all parts look like names."""
    if level == len(_SPLITS):
        return [byline]
    parts = [part for part in _SPLITS[level].split(byline) if part]
    least = 2 if _SPLITS[level] is _COMMA else 1
    if len(parts) < 2 or not all(_is_name(_without_source(part), least) for part in parts):
        return _split(byline, level + 1)
    return [name for part in parts for name in _split(part, level + 1)]


def _without_source(part: str) -> str:
    """Give the words after "Theo", so that a source counts as a part of its own."""
    after = _AFTER.match(part)
    return part[after.end() :] if after and _is_source(part[after.end() :]) else _bare(part)


def _bare(part: str) -> str:
    after = _AFTER.match(part)
    if after:
        rest = part[after.end() :]
        if _is_source(rest):
            return ""
        if is_family_name(rest):
            part = rest
    is_address = _ADDRESS.search(part)
    part = _IN_BRACKETS.sub("", part) or part  # where they write from, and for whom
    part = part.strip(" \t,;:/|-–—()[]<>\"'“”*")
    has_letter = any(char.isalpha() for char in part)
    return part if has_letter and len(part) <= 2 * _LONGEST_NAME and not is_address else ""


def _is_source(text: str) -> bool:
    """Tell what follows "Theo": a source, unless it begins as a person's name does."""
    text = text.strip(" ()[].,")
    return is_agency(text) or (not is_family_name(text) and not _is_western(text))


def _is_western(text: str) -> bool:
    """Tell a word without Vietnamese letters, as in "Theo Walcott"."""
    return text.isascii() and not text.isupper() and "." not in text and len(text.split()) == 1


def _is_name(part: str, least_words: int, is_strict: bool = False) -> bool:
    """Tell a name by its capitals; several names joined by a lesser separator pass too."""
    for piece in re.split(r"[,/;]|\s+[-–—|]\s+|[–—]|\s(?:và|and|&)\s", part):
        if is_agency(piece):
            continue
        piece = _bare(piece)
        words = piece.split()
        if not least_words <= len(words) <= _MOST_WORDS or len(piece) > _LONGEST_NAME:
            return False
        if any(char.isdigit() for char in piece) or not _is_capital(words[0]):
            return False
        if not _is_capital(words[-1]) and len(words) > 1:
            return False
        if is_strict and not all(map(_is_capital, words)):
            return False
    return True


def _is_capital(word: str) -> bool:
    return not word[0].islower()
