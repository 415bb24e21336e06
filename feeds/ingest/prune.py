"""What an extractor leaves around and within a text that is no part of it.

Theory: a line that was wrongly dropped is a loss for the reader, a line that was wrongly kept is
a nuisance, and spoils the comparing of texts, because all articles of a paper share it. So a line
goes only where its form says what it is: it repeats the title, it is nothing but links, it
carries a label such as "Xem thêm:", it asks the reader to do something, or it stands at the end
and credits the desk. All of that is short; a longer line goes only below a heading that says that
the text has ended.
The rules were chosen and checked as docs/quality.md, "Extraction", tells.
"""

import re
from collections.abc import Sequence

from lxml import etree, html

from feeds.ingest import phrases
from feeds.ingest.page import INLINE, blocks, drop, key, words_of

_LONGEST = 250
_LONGEST_TAIL = 400
_LONGEST_LABELLED = 160
_LONGEST_END = 60
_LONGEST_ABOVE = 600
_MOSTLY_LINKS = 0.75
_LIST_OF_LINKS = 0.8
_LEAST_ITEM = 20  # shorter ones are names, as of tags, and belong to lists that texts have
_LEAST_TITLE = 12
_AFTER = 0.5  # of the text must stand before what is called the end of it
_BARE_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_SITE_NAME = re.compile(r"\s+[|–—-]\s+")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def prune(body: etree._Element, titles: Sequence[str]) -> None:
    """Drop from an extracted body, in place, what is not the article's text."""
    _wrap_loose(body)
    _cut_end(body)
    _drop_title(body, titles)
    _drop_labels(body)
    _drop_lists_of_links(body)
    _drop_links(body)
    _drop_calls(body)
    _drop_tail(body)


def _wrap_loose(body: etree._Element) -> None:
    """Give every line of a body its block, so that the rules see it as one."""
    if body.text and body.text.strip():
        body.insert(0, _paragraph(body.text))
    body.text = None
    current: etree._Element | None = None
    for child in list(body):
        if child.tag in INLINE:
            if current is None:
                current = html.Element("p")
                child.addprevious(current)
            current.append(child)  # with its tail
            continue
        current = None
        tail, child.tail = child.tail, None
        if tail and tail.strip():
            current = _paragraph(tail)
            child.addnext(current)


def _paragraph(text: str) -> etree._Element:
    paragraph: etree._Element = html.Element("p")
    paragraph.text = text
    return paragraph


def _cut_end(body: etree._Element) -> None:
    """Cut from a heading on that says what follows: "Tin liên quan", "Most read"."""
    lines = [(block, words_of(block)) for block in blocks(body)]
    total = sum(len(text) for _, text in lines)
    seen = 0
    for place, (_, text) in enumerate(lines):
        if seen > _AFTER * total and len(text) < _LONGEST_END and phrases.END.match(text):
            for block, _ in lines[place:]:
                drop(block)
            return
        seen += len(text)


def _drop_title(body: etree._Element, titles: Sequence[str]) -> None:
    """Drop the title that heads the text, with what stands above it: it is shown there anyway."""
    given = {key(title) for title in titles}
    given |= {key(_SITE_NAME.split(title)[0]) for title in titles}
    above = 0
    first = list(blocks(body))[:6]
    for place, block in enumerate(first):
        text = words_of(block)
        own = key(text)
        if own in given and own and (len(own) > _LEAST_TITLE or block.tag in _HEADINGS):
            for each in first[: place + 1]:
                if each is block or len(words_of(each)) < _LONGEST_LABELLED:
                    drop(each)
            return
        above += len(text)
        if above > _LONGEST_ABOVE:
            return


def _drop_labels(body: etree._Element) -> None:
    for block in blocks(body):
        text = words_of(block)
        if len(text) >= _LONGEST:
            continue
        label = phrases.LABEL.match(text)
        if label and (
            _share_of_links(block) > 0.3
            or len(text) < 40
            or (text[label.end() :].lstrip()[:1] == ":" and len(text) < _LONGEST_LABELLED)
        ):
            drop(block)


def _drop_lists_of_links(body: etree._Element) -> None:
    for element in list(body.iter("ul", "ol")):
        items = element.findall("li")
        text = words_of(element)
        if (
            items
            and len(text) > _LEAST_ITEM * len(items)
            and _share_of_links(element) >= _LIST_OF_LINKS
        ):
            before = element.getprevious()
            drop(element)
            if before is not None and before.tag in _HEADINGS:
                drop(before)


def _drop_links(body: etree._Element) -> None:
    """Drop lines that are nothing but links; a bare address is what the writer wants to show."""
    for element in list(body.iter("p", *_HEADINGS)):
        text = words_of(element)
        if (
            0 < len(text) < _LONGEST
            and _share_of_links(element) >= _MOSTLY_LINKS
            and not _BARE_ADDRESS.fullmatch(text)
        ):
            drop(element)


def _share_of_links(block: etree._Element) -> float:
    linked = sum(len(words_of(link)) for link in block.iter("a"))
    return linked / (len(words_of(block)) or 1)


def _drop_calls(body: etree._Element) -> None:
    for block in blocks(body):
        text = words_of(block)
        if len(text) < _LONGEST and phrases.CALL.search(text):
            drop(block)


def _drop_tail(body: etree._Element) -> None:
    """Drop credits of the desk and headings without a text from the end, never all of it."""
    lines = list(blocks(body))
    while len(lines) > 2:
        block = lines.pop()
        text = words_of(block)
        is_credit = len(text) < _LONGEST_TAIL and phrases.TAIL.search(text)
        if text and not is_credit and block.tag not in _HEADINGS:
            return
        if next(block.iter("img"), None) is None:
            drop(block)
