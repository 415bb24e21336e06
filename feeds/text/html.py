"""HTML from strangers, made safe to show; its words; its pictures.

Theory: markup that does something on a reader's page is the worst error, lost formatting the
least. So nh3 (an HTML5 parser with an allow list) decides what stays, and every later step here
only renames, rewrites or removes what nh3 let through, on nh3's own output, where every `<`, `>`
and `"` inside text and attributes is escaped, so that patterns can't misread it. The cleaning is
repeated until nothing can change: output that a second parser would read differently is where
filters break, and then nothing but the words is kept.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from html import escape, unescape
from html.entities import html5

import nh3

from feeds.model import Image
from feeds.text.markup import (
    ATTRIBUTE,
    ATTRIBUTES,
    LINK_REL,
    REFERENCES,
    link_address,
    picture,
    pixels,
)
from feeds.text.normalise import display, without_forbidden
from feeds.text.settled import DIVISIONS, is_settled
from feeds.text.slips import without_slips
from feeds.text.tidy import tidied

_BLOCKS = (
    "p br h2 h3 h4 h5 ul ol li dl dt dd blockquote pre figure figcaption div hr "
    "table caption thead tbody tfoot tr td th"
)
_INLINE = "code em strong b i u s sub sup small a img"
# An object's content is what stands in for it, and words in a drawing or formula are words.
_WITH_CONTENT = (
    "script style template noscript noembed noframes iframe audio video canvas textarea select "
    "button title annotation annotation-xml"
)
_RENAMED = {"h1": "h2", "h6": "h5", **dict.fromkeys(DIVISIONS, "div")}
_MOST_ROUNDS = 4
# Parsers need time in the square of a document's depth and of an element's attributes. No
# article comes near these bounds, and within them the worst case stays at about a second.
_LONGEST = 2**18
_MOST_TAGS = 10_000

# What nh3 writes otherwise than it stands; it comes back from a text without any as it was.
_MARKS = re.compile("[<>&\xa0\r]")
# References that may be characters which no text may carry.
_NAMES = "|".join(name for name, char in html5.items() if without_forbidden(char) != char)
_HIDDEN = re.compile(f"&(?:#|{_NAMES})")
_DATA_URL = re.compile("data:[^\"'>\\s]{1000,}")
_RENAMED_TAG = re.compile(rf"<(/?)({'|'.join(_RENAMED)})>")
_ANY_RENAMED = re.compile(rf"<(?:{'|'.join(_RENAMED)})>")
_ODD_LINK = re.compile(r'(<a(?: title="[^"]*")?) href="(?!https?://[a-z0-9][!#-\[\]-~]*")([^"]*)"')
_IMG = re.compile(r'<img((?: [a-z-]+="[^"]*")*)>')
_CELL = re.compile("</?t[dh]>")
_TAG = re.compile("<[^>]*>")
_INLINE_TAG = re.compile(rf"</?(?:{'|'.join(_INLINE.split())})(?: [^>]*)?>")
_PICTURE_PART = re.compile(r"<(figure|/figure|figcaption)>|<img([^>]*)>")
_CREDIT = re.compile(
    r"(?:(?:^|(?<=[\s(.]))\(?(?:(?:Nguồn(?: ảnh)?|Ảnh(?: tư liệu)?|(?:Photo|Image)s?(?: credit)?"
    r"|Credit|Fotos?|Bild|Crédit(?: photo)?|Copyright)\s*:\s*|©\s*)"
    r"|(?:^|\(|(?<=[.!?]\s))(?:Photo|Image|Picture) (?:by|courtesy of)\s(?-i:(?=[A-ZĐ])))"
    r"(?P<credit>[^:()©]{2,60}?)\)?\.?$",
    re.IGNORECASE,
)


def sanitise(html: str, base_url: str | None = None) -> str:
    """Make HTML safe and valid to show anywhere; idempotent.

    Relative addresses are resolved against `base_url`, and dropped without one. Pictures without
    an address or of one pixel are dropped, and lazy ones get their real address. Of a document
    beyond all measure (256 Ki characters, 10,000 tags) only the beginning is read.
    """
    tidy = tidied(html, base_url)
    return by_parser(html, base_url) if tidy is None else tidy.html


def sanitise_and_read(html: str, base_url: str | None = None) -> tuple[str, str]:
    """Give what `sanitise` gives, and its words as `plain_of_clean` does, for less than both."""
    tidy = tidied(html, base_url)
    if tidy is not None:
        return tidy.html, _lines_of_tidy(tidy.words(), tidy.is_plain)
    clean = by_parser(html, base_url)
    return clean, plain_of_clean(clean)


def composed(clean: str) -> str:
    """Compose the letters and marks (NFC) of HTML that `sanitise` gave.

    Windows-1258 and some editors write them apart. Left as it is where a mark would compose with
    the end of a tag: U+0338 makes `≯` of `>`.
    """
    raw = clean.encode()
    if b"\xcc" not in raw and b"\xcd" not in raw:  # these begin U+0300 to U+037F
        return clean
    return clean if "\u0338" in clean else unicodedata.normalize("NFC", clean)


def by_parser(html: str, base_url: str | None) -> str:
    """Clean HTML by a parser, until nothing can change."""
    clean = _prepared(html)
    if not _MARKS.search(clean):
        return clean
    for _ in range(_MOST_ROUNDS):
        before, clean = clean, _clean_once(clean, base_url)
        if clean == before or is_settled(clean):
            return clean
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in plain(html).split("\n"))


def plain(html: str) -> str:
    """Give the words that a reader sees: one line for each block, captions included."""
    text = _skeleton_cleaner().clean(_prepared(html)) if "<" in html else html
    text = without_forbidden(unescape(_with_lines(text)))
    return _lines(text)


def plain_of_clean(clean: str) -> str:
    """Give the words of HTML that `sanitise` gave, which need no parser any more."""
    text = _with_lines(_INLINE_TAG.sub("", clean) if "<" in clean else clean)
    if "&" in text:
        for reference, char in REFERENCES:
            text = text.replace(reference, char)
    return _lines(text)


def _with_lines(skeleton: str) -> str:
    """Write markup of blocks alone as ends of lines."""
    text = skeleton.replace("\n", " ")
    return _TAG.sub("\n", _CELL.sub(" ", text)) if "<" in text else text


def _lines(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    return "\n".join(filter(None, map(_single_spaced, text.split("\n"))))


def _lines_of_tidy(words: str, is_plain: bool) -> str:
    """Do the same, for less where all white space but a non-breaking one is plain."""
    if not is_plain or "\xa0" in words or "  " in words:
        return _lines(words)
    text = unicodedata.normalize("NFC", words)
    return "\n".join([line for each in text.split("\n") if (line := each.strip(" "))])


def _single_spaced(line: str) -> str:
    """Join words by single spaces; most lines have nothing else, and that is told cheaply."""
    if line.isprintable() and "  " not in line:  # no white space but spaces is printable
        return line.strip(" ")
    return " ".join(line.split())


def images(html: str, base_url: str | None = None) -> tuple[Image, ...]:
    """List the pictures in document order, each with its figure's caption."""
    if "<img" not in html.lower():
        return ()
    return images_of_clean(sanitise(html, base_url))


def images_of_clean(clean: str) -> tuple[Image, ...]:
    """List the pictures of HTML that `sanitise` gave."""
    return tuple(_image(attributes, caption) for attributes, caption in _captioned(clean))


def _prepared(html: str) -> str:
    return without_slips(without_forbidden(_bounded(html)))


def _bounded(html: str) -> str:
    if len(html) > _LONGEST:
        html = _DATA_URL.sub("", html)[:_LONGEST]
    if html.count("<") > _MOST_TAGS:
        html = "<".join(html.split("<", _MOST_TAGS)[:_MOST_TAGS])
    return html


def _clean_once(html: str, base_url: str | None) -> str:
    # References such as &#1; are characters by now. They hid nothing from nh3 that the next
    # round would not see: a link that is not plainly http is resolved below, or dropped.
    clean = _cleaner().clean(html)
    if "\r" in html or ("&" in html and _HIDDEN.search(html)):
        clean = without_forbidden(clean).replace("\r", "\n")
    if _ANY_RENAMED.search(clean):
        clean = _RENAMED_TAG.sub(lambda tag: f"<{tag[1]}{_RENAMED[tag[2]]}>", clean)
    if "<img" in clean:
        clean = _IMG.sub(lambda tag: picture(dict(ATTRIBUTE.findall(tag[1])), base_url), clean)
    if "<a" in clean:
        clean = _ODD_LINK.sub(lambda link: link[1] + link_address(link[2], base_url), clean)
    return clean


def _captioned(clean: str) -> Iterator[tuple[dict[str, str], str]]:
    """Pair the attributes of each image in sanitised HTML with the caption of its figure."""
    pictures: list[tuple[dict[str, str], int]] = []
    captions: dict[int, str] = {}
    opened: list[int] = []
    for part in _PICTURE_PART.finditer(clean):
        figure = opened[-1] if opened else -1
        if part[1] == "figure":
            opened.append(part.start())
        elif part[1] == "figcaption":
            end = clean.index("</figcaption>", part.end())
            captions.setdefault(figure, plain_of_clean(clean[part.end() : end]).replace("\n", " "))
        elif part[1]:
            del opened[-1:]
        else:
            pictures.append((dict(ATTRIBUTE.findall(part[2])), figure))
    for attributes, figure in pictures:
        yield attributes, captions.get(figure, "") if figure >= 0 else ""


def _image(attributes: dict[str, str], caption: str) -> Image:
    credit = _CREDIT.search(caption)
    return Image(
        url=unescape(attributes["src"]),
        caption=caption[: credit.start()].strip(" -–—|") if credit else caption,
        credit=credit["credit"].strip() if credit else "",
        alt=display(unescape(attributes.get("alt", ""))),
        width=pixels(attributes.get("width")),
        height=pixels(attributes.get("height")),
    )


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags={*_BLOCKS.split(), *_INLINE.split(), *_RENAMED},
        clean_content_tags=set(_WITH_CONTENT.split()),
        attributes=ATTRIBUTES,
        url_schemes={"http", "https"},
        url_relative="pass_through",  # resolved by `link_address`, which also drops them
        link_rel=LINK_REL,
    )


@cache
def _skeleton_cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags={*_BLOCKS.split(), *_RENAMED},
        clean_content_tags=set(_WITH_CONTENT.split()),
        attributes={},
        link_rel=None,
    )
