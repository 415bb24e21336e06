"""A page made ready for the extractor: its text in paragraphs, in one place, in full.

Theory: the extractor decides by markup and by class names, and four habits of publishers mislead
it, each losing text that a reader sees. Nothing is removed here, so the worst outcome is that the
extractor sees what it would have seen anyway. What each step was worth on real pages stands in
docs/quality.md, "Extraction".
"""

import re

from lxml import etree, html

from feeds.ingest.page import INLINE, is_longer, words_of
from feeds.urls import absolute

# Stands beside a space that the extractor would drop; from the private use area of Unicode.
SPACE_MARK = "\ue000"
_BODY = re.compile(
    r"(?:article|story|post|entry|content)[-_]*(?:body|content|text)|articleBody|\bbody"
)
_MOST_PIECES = 50
_LEAST_QUOTE = 20
_LEAST_LOOSE = 100
_LEAST_PARAGRAPH = 60


def prepare(root: html.HtmlElement, base: str) -> None:
    """Change a page in place so that the extractor finds all of its article.

    `base` is what the page's relative addresses are against.
    """
    _resolve_links(root, base)
    _keep_quotations(root)
    _join_bodies(root)
    _wrap_loose_lines(root)
    _mark_spaces(root)


def _resolve_links(root: etree._Element, base: str) -> None:
    """Make links absolute: the extractor takes all for relative to the site's front page."""
    for link in root.iter("a"):
        address = absolute(base, (link.get("href") or "").strip())
        if address is not None:
            link.set("href", address)


def _keep_quotations(root: etree._Element) -> None:
    """Take the names off quoted posts: what a post says is text, though it is called an embed."""
    for quotation in list(root.iter("blockquote")):
        size = len(words_of(quotation))
        if size < _LEAST_QUOTE:
            continue
        wrapper: etree._Element | None = quotation
        while wrapper is not None and not is_longer(wrapper, size + 5):
            if wrapper.tag in ("body", "article", "main"):
                break
            wrapper.attrib.pop("class", "")
            wrapper.attrib.pop("id", "")
            wrapper.tag = "div" if wrapper.tag == "figure" else wrapper.tag
            wrapper = wrapper.getparent()


def _join_bodies(root: etree._Element) -> None:
    """Join a text that was cut into pieces to let advertisements in between.

    Pieces have the same tag and class, and stand in one article; a piece with a headline of its
    own is another article.
    """
    pieces: dict[tuple[object, str], list[etree._Element]] = {}
    for element in root.iter("div", "section"):
        name = element.get("class") or ""
        if _BODY.search(name) and _paragraphs(element) >= 2:
            pieces.setdefault((element.tag, name), []).append(element)
    for group in pieces.values():
        if len(group) > _MOST_PIECES:
            continue
        apart = [one for one in group if not any(other in one.iterancestors() for other in group)]
        if len(apart) < 2 or any(next(one.iter("h1"), None) is not None for one in apart[1:]):
            continue
        if len({next(one.iterancestors("article"), None) for one in apart}) == 1:
            for piece in apart[1:]:
                apart[0].extend(list(piece))


def _paragraphs(element: etree._Element) -> int:
    return sum(len(words_of(child)) > _LEAST_PARAGRAPH for child in element if child.tag == "p")


def _wrap_loose_lines(root: etree._Element) -> None:
    """Make paragraphs of text that stands in a division without any, lines apart by `<br><br>`."""
    for division in list(root.iter("div", "section", "article", "td", "main")):
        if division.find("br") is None:
            continue
        loose = (division.text or "") + "".join(child.tail or "" for child in division)
        if len(loose.strip()) >= _LEAST_LOOSE:
            _wrap(division)


def _wrap(division: etree._Element) -> None:
    children = list(division)
    wrapped = _Paragraphs()
    wrapped.add_text(division.text)
    division.text = None
    for child in children:
        tail, child.tail = child.tail, None
        division.remove(child)
        if child.tag == "br":
            wrapped.add_break()
        elif child.tag in INLINE or child.tag == "img":
            wrapped.add_inline(child)
        else:
            wrapped.add_block(child)
        wrapped.add_text(tail)
    division.extend(wrapped.done)


class _Paragraphs:
    """Blocks in the making: a second break in a row ends a paragraph, as a block does."""

    def __init__(self) -> None:
        self.done: list[etree._Element] = []
        self._open: etree._Element | None = None
        self._breaks = 0

    def add_text(self, text: str | None) -> None:
        """Go on with the line; white space begins none."""
        if not text or (not text.strip() and (self._open is None or self._breaks)):
            return
        paragraph = self._paragraph()
        if len(paragraph):
            paragraph[-1].tail = (paragraph[-1].tail or "") + text
        else:
            paragraph.text = (paragraph.text or "") + text

    def add_break(self) -> None:
        """Note a break; what follows decides what it was."""
        self._breaks += 1

    def add_inline(self, element: etree._Element) -> None:
        """Go on with an element of the line."""
        self._paragraph().append(element)

    def add_block(self, element: etree._Element) -> None:
        """End the line, and put a block after it."""
        self._open, self._breaks = None, 0
        self.done.append(element)

    def _paragraph(self) -> etree._Element:
        if self._open is None or self._breaks > 1:
            self._open = html.Element("p")
            self.done.append(self._open)
        elif self._breaks:
            etree.SubElement(self._open, "br")
        self._breaks = 0
        return self._open


def _mark_spaces(root: etree._Element) -> None:
    """Guard the spaces beside inline elements, which the extractor loses: `<i>a</i> (b)`."""
    for element in root.iter(*INLINE):
        tail, text = element.tail or "", element.text or ""
        if tail[:1].isspace() and tail.strip():
            element.tail = f" {SPACE_MARK}{tail.lstrip()}"
        if text[:1].isspace() and text.strip():
            element.text = text = f"{SPACE_MARK} {text.lstrip()}"
        if text[-1:].isspace() and text.strip() and not len(element):
            element.text = f"{text.rstrip()} {SPACE_MARK}"
