"""Who signed a text: the line under it that Vietnamese papers put instead of a byline.

Theory: a signature is a line of its own at the end. It is taken for one where its form says so
(a role such as "Bài và ảnh:", brackets, an agency after "Theo", capitals) or its place does (set
right, or called an author's by the page); a plain line must begin with a family name, because
"Cần Thơ" and "Kết luận" stand alone too. A name that we miss costs a link; a place or a heading
that becomes a person has a page and a feed of its own.
"""

import re
from dataclasses import dataclass

from lxml import etree

from feeds.ingest.bylines import clean_authors, is_credit, looks_like_names
from feeds.ingest.names import is_family_name
from feeds.ingest.page import BLOCKS, blocks, drop, is_longer, key, names_of, words_of

_LONGEST = 90
_LAST = 3  # blocks in which a signature is looked for
_RIGHT = re.compile(r"text-align\s*:\s*(?:right|end)", re.IGNORECASE)
_RIGHT_NAMES_WORDS = """
    author tacgia tac-gia pauthor p-author source-author text-right align-right right
    has-text-align-right has-text-align-end author-info signature chu-ky
"""
_RIGHT_NAMES = frozenset(_RIGHT_NAMES_WORDS.split())
_PLACES_TEXT = (
    "hồ chí minh|lâm đồng|cao bằng|hà nội|hà giang|hà tĩnh|hà nam|thái bình|thái nguyên|"
    "kiên giang|phan thiết|phan rang|đồng nai|đồng tháp|vũ hán|lạng sơn|lào cai|lai châu|"
    "an giang|lý sơn|phú quốc|phú yên|phú thọ|tô châu|mai châu|hoàng sa|trường sa|đỗ sơn|"
    "đồ sơn|vương quốc anh|châu âu|châu á|châu phi|trương gia giới|bùi viện|hàn quốc|"
    "thái lan|hà lan|hồng kông|hồng ngự|hà đông|hoàng mai|hồ tây|hồ gươm|thạch thất|lục nam|"
    "cao lãnh|châu đốc|dương minh châu|lương sơn|mai sơn|phan xi păng|đào tạo|thái hòa|"
    "châu thành|lộc ninh|đông anh|lý thường kiệt|đinh tiên hoàng|vũng tàu|vũng áng|"
    "cao nguyên|phan rí"
)
_PLACES = frozenset(_PLACES_TEXT.split("|"))
_WHOLE = re.compile(r"^[(\[]([^()\[\]]*)[)\]]$")  # a line that is all in brackets
_SENTENCE_END = re.compile(r"[.!?…:;,]$")


@dataclass(frozen=True, slots=True)
class Marked:
    """Short lines of a page: `keys` of those that stand right or are called an author's.

    `right` holds the ones that are set right by style, as they are written.
    """

    keys: frozenset[str]
    right: tuple[str, ...]


def marked_lines(root: etree._Element) -> Marked:
    """Collect the lines of a page that are likely to sign its text."""
    keys: set[str] = set()
    right: list[str] = []
    for element in root.iter(*BLOCKS, "div", "span"):
        is_right = (element.get("align") or "").lower() == "right" or bool(
            _RIGHT.search(element.get("style") or "")
        )
        if not is_right and _RIGHT_NAMES.isdisjoint(names_of(element).split()):
            continue
        if not is_longer(element, _LONGEST):
            text = words_of(element)
            keys.add(key(text))
            right += [text] if is_right else []
    return Marked(frozenset(keys), tuple(right))


def signature(body: etree._Element, marked: Marked) -> tuple[str, ...]:
    """Give the authors that a text is signed by: below it, else on a line of the page set right.

    The extractor loses such a line where it is no paragraph.
    """
    below = take_signature(body, marked.keys)
    if below:
        return below
    signed = (signed_by(line, is_marked=True) for line in reversed(marked.right))
    return next(filter(None, signed), ())


def take_signature(body: etree._Element, marked: frozenset[str]) -> tuple[str, ...]:
    """Give the authors that the last lines of a body name, and drop a line of names alone.

    A line that credits an agency names no one; it stays, and what is above it is looked at.
    """
    for block in reversed(list(blocks(body))[-_LAST:]):
        text = words_of(block)
        if not text:
            continue
        if len(text) > _LONGEST:
            break
        names = signed_by(text, key(text) in marked or _is_set_off(block, text))
        if names:
            drop(block)
            return names
        if not is_credit(text):
            break
    return ()


def signed_by(line: str, is_marked: bool = False) -> tuple[str, ...]:
    """Name the people who signed with this line; empty where it is no signature.

    `is_marked` says that the line's place or form already tells that it is one.
    """
    bare = _WHOLE.sub(r"\1", line.strip(" *-–—"))
    if not bare or len(line) > _LONGEST or bare.casefold() in _PLACES:
        return ()
    if is_credit(line):
        return clean_authors([line])
    if _SENTENCE_END.search(line.strip()) or not looks_like_names(bare):
        return ()
    names = clean_authors([bare])
    if any(name.casefold() in _PLACES for name in names):
        return ()
    return names if is_marked or all(map(is_family_name, names)) else ()


def _is_set_off(block: etree._Element, text: str) -> bool:
    """Tell a paragraph whose words are all bold or italic, or in capitals."""
    strong = next((words_of(child) for child in block.iter("strong", "b", "em", "i")), "")
    return block.tag == "p" and (strong == text or (text.isupper() and " " in text))
