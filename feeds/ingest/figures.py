"""Pictures of a page: which belong to the text, where they stand in it, and what is said below.

Theory: extractors that keep pictures keep teasers with them, which cost 4 points of precision
(docs/quality.md, "Extraction"). So the text is found without pictures, and each picture is put
back beside the paragraph that it stood next to, if that paragraph is in the text. A picture lost
is worse than a caption lost; the worst is another article's picture.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from lxml import etree, html

from feeds.ingest.page import (
    BLOCKS,
    blocks,
    drop,
    holds_place,
    is_longer,
    key,
    names_of,
    words_of,
)
from feeds.model import Image
from feeds.text.html import images
from feeds.urls import absolute

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-srcset", "srcset")
# Of scripts that are less common; other scripts keep other things under these names.
_SOMETIMES = ("data-lazy", "data-url", "data-orig", "data-image")
# HTML Living Standard §4.8.4.3: an address may hold commas, but not begin or end with one.
_CANDIDATE = re.compile(r"([^\s,]\S*[^\s,])(?:\s+([\d.]{1,9})[wx])?[^,]*(?:,|$)")
_CAPTION = re.compile(
    r"(?<![a-z])(?:wp-|img-?|image-?|photo-?|picture-?|p?figure-?|media-?)?"
    r"(?:caption|cutline|chu-thich)(?:-?text)?(?![a-z])"
    r"|(?<![a-z])(?:img|image|photo|picture|pic)-?(?:desc(?:ription)?|note)(?![a-z])"
)
# What the sizes of one picture are told apart by, at the end of the file's name.
_SIZE = re.compile(r"(?:[-_](?:r_)?(?:\d{2,4}x\d{0,4}|[wh]?\d{3,4}))+$")
# Where a credit's element follows a sentence without a space: "…by the river.Photo: A. B."
_GLUED = re.compile(r"(?<=[^\W\d_][.!?…)])(?=[^\W\d_]{2})")
_OUTSIDE = frozenset(("nav", "header", "footer", "aside", "noscript", "form", "button"))
_MOST_CAPTION = 600  # characters
_MOST_CAPTIONS = 300
_LEAST_SIDE = 60  # pixels; less is an icon
_NEAR = 4  # elements up from a picture in which its caption may stand
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|[?!])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its caption, and the texts of the blocks before and after it, as keys."""

    url: str
    alt: str
    caption: str
    before: str
    after: str
    is_with_before: bool


def take_captions(root: html.HtmlElement) -> dict[etree._Element, str]:
    """Map elements that hold one picture to its caption, and drop the captions from the page."""
    found: dict[etree._Element, str] = {}
    marked = [
        element
        for element in root.iter("figcaption", "p", "div", "span", "td", "em", "small", "i")
        if element.tag == "figcaption"
        or _CAPTION.search(names_of(element))
        or (element.tag == "td" and _is_below_picture(element))
    ]
    for element in marked[:_MOST_CAPTIONS]:
        text = _GLUED.sub(" ", words_of(element))
        around = _around_one_picture(element)
        if around is not None and element.getparent() is not None and len(text) <= _MOST_CAPTION:
            found[around] = f"{found[around]} {text}" if around in found else text
            if element.find(".//img") is None:
                drop(element)
        elif element.tag == "figcaption":
            drop(element)  # a film's, or a table's
    return found


def list_figures(
    root: html.HtmlElement, url: str, captions: Mapping[etree._Element, str]
) -> tuple[Figure, ...]:
    """List a page's pictures in document order, with the captions that were taken out of it."""
    found: list[Figure] = []
    before, holder = "", None
    waiting = 0
    for element in root.iter("img", *BLOCKS):
        if element.tag == "img":
            figure = _figure(element, url, captions, before, holder)
            if figure is not None:
                found.append(figure)
        elif next(element.iterdescendants(*BLOCKS), None) is None and (
            own := key(words_of(element))
        ):
            found[waiting:] = [replace(one, after=own) for one in found[waiting:]]
            waiting = len(found)
            before, holder = own, element.getparent()
    return tuple(found)


def place(body: etree._Element, figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """Put pictures back into an extracted body, each at most once, with their captions.

    Returns those that have a place in it.
    """
    places = {key(words_of(block)): block for block in reversed(list(blocks(body)))}
    last: dict[str, etree._Element] = {}
    shown: dict[str, Figure] = {}
    for figure in figures:
        before, after = places.get(figure.before), places.get(figure.after)
        if figure.url in shown or (
            after is None and not (before is not None and figure.is_with_before)
        ):
            continue
        shown[figure.url] = figure
        made = _element(figure)
        if before is not None:
            anchor = last.get(figure.before, _outermost(before, body))
            anchor.addnext(made)
            last[figure.before] = made
        elif after is not None:
            _outermost(after, body).addprevious(made)
    return tuple(shown.values())


def lead_image(
    given: Image | None, figures: Sequence[Figure], placed: Sequence[Figure]
) -> Image | None:
    """Choose the picture that stands for the article, with what the page says below it.

    The page's own choice comes first, else the first that stands in the text, else the first with
    a caption; what stands elsewhere on the page is a logo, or another article's. A caption is
    looked up by the file's name, because the same picture is served in several sizes from several
    folders.
    """
    if given is None:
        likely = [*placed, *(one for one in figures if one.caption)]
        return _described(likely[0]) if likely else None
    if given.caption:
        told = _described(Figure(given.url, given.alt, given.caption, "", "", False))
        return replace(given, caption=told.caption, credit=given.credit or told.credit)
    same = next((one for one in figures if _file(one.url) == _file(given.url)), None)
    if same is None:
        return given
    told = _described(same)
    return replace(
        given, caption=told.caption, credit=given.credit or told.credit, alt=given.alt or told.alt
    )


def _is_below_picture(cell: etree._Element) -> bool:
    """Tell a cell of a table that is there to hold one picture: its other words are the caption."""
    table = next(cell.iterancestors("table"), None)
    if table is None or next(cell.iter("img"), None) is not None or is_longer(table, _MOST_CAPTION):
        return False
    cells = sum(1 for _ in islice(table.iter("td", "th"), 3))
    return cells == 2 and next(table.iter("img"), None) is not None


def _around_one_picture(element: etree._Element) -> etree._Element | None:
    """Find the nearest ancestor that holds a picture; `None` where it holds much else."""
    for _, ancestor in zip(range(_NEAR), element.iterancestors(), strict=False):
        if ancestor.tag in ("body", "article", "main"):
            return None
        if next(ancestor.iter("img"), None) is not None:
            return None if is_longer(ancestor, 2 * _MOST_CAPTION) else ancestor
    return None


def _figure(
    picture: etree._Element,
    url: str,
    captions: Mapping[etree._Element, str],
    before: str,
    holder: etree._Element | None,
) -> Figure | None:
    ancestors = list(picture.iterancestors())
    address = _address(picture, url)
    if address is None or _is_small(picture):
        return None
    if any(one.tag in _OUTSIDE for one in ancestors):
        return None
    link = next((one for one in ancestors if one.tag == "a"), None)
    if link is not None and _is_teaser(link):
        return None
    caption = next((captions[one] for one in ancestors[:_NEAR] if one in captions), "")
    alt = " ".join((picture.get("alt") or "").split())
    return Figure(address, alt, caption, before, "", holder is not None and holder in ancestors)


def _is_teaser(link: etree._Element) -> bool:
    """Tell the link around a picture that leads to another page; in a figure it is the picture's.

    A figure that stands in the link, in its turn, is a teaser's.
    """
    href = link.get("href") or ""
    is_own = _PICTURE_FILE.search(href) or next(link.iterancestors("figure"), None) is not None
    return bool(href) and not is_own


def _address(picture: etree._Element, url: str) -> str | None:
    """Give the address of a picture itself, not of what holds its place until a script runs."""
    places = (absolute(url, each) for each in _places(picture) if not holds_place(each))
    return next(filter(None, places), None)


def _places(picture: etree._Element) -> Iterator[str]:
    """Give what may be a picture's address, the surest first."""
    for name in _LAZY:
        yield _written(picture, name)
    yield from (
        each for name in _SOMETIMES if _PICTURE_FILE.search(each := _written(picture, name))
    )
    following = picture.getnext()
    if following is not None and following.tag == "noscript":
        plain = next(following.iter("img"), None)  # what a browser without scripts shows instead
        yield "" if plain is None else _written(plain, "srcset") or _written(plain, "src")
    yield _written(picture, "src")
    # Where that holds a place, a script has it, whatever it is called there.
    kept = (str(value) for name, value in picture.items() if str(name).startswith("data-"))
    yield from (one for one in kept if _PICTURE_FILE.search(one) and "/" in one and " " not in one)
    around = next(picture.iterancestors("picture"), None)
    for source in () if around is None else around.iter("source"):
        yield _written(source, "data-srcset") or _written(source, "srcset")


def _written(element: etree._Element, name: str) -> str:
    written = (element.get(name) or "").strip()
    return _largest(written) if name.endswith("srcset") else written


def _largest(srcset: str) -> str:
    """Choose from a list of one picture's sizes."""
    found = [(_size(size), address) for address, size in _CANDIDATE.findall(srcset)]
    return max(found, key=lambda one: one[0], default=(0.0, ""))[1]


def _size(written: str) -> float:
    try:
        return float(written or 1)
    except ValueError:
        return 0.0


def _is_small(picture: etree._Element) -> bool:
    sides = ((picture.get(side) or "").removesuffix("px") for side in ("width", "height"))
    return any(side.isascii() and side.isdigit() and int(side) < _LEAST_SIDE for side in sides)


def _outermost(block: etree._Element, body: etree._Element) -> etree._Element:
    """Give the child of the body that holds a block: figures stand beside lists, not in them."""
    for ancestor in block.iterancestors():
        if ancestor is body:
            break
        block = ancestor
    return block


def _element(figure: Figure) -> etree._Element:
    made: etree._Element = html.Element("figure")
    etree.SubElement(made, "img", {"src": figure.url, "alt": figure.alt})
    if figure.caption:
        etree.SubElement(made, "figcaption").text = figure.caption
    return made


def _described(figure: Figure) -> Image:
    written = etree.tostring(_element(figure), encoding="unicode", method="html")
    return next(iter(images(written)), Image(figure.url))


def _file(url: str) -> str:
    """Name the file that an address leads to, without its kind and size."""
    name = url.partition("?")[0].rstrip("/").rpartition("/")[2].rpartition(".")
    return _SIZE.sub("", name[0] or name[2])
