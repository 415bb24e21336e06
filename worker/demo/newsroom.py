"""The demo newsroom as frozen values, loaded from YAML and checked.

A mistake is one line that names the file, the article and what is wrong with it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml

from config.errors import ConfigError, nearest

BUNDLED = Path(__file__).parent / "newsroom"
_IMAGE_IN_BODY = re.compile(r"/images/([a-z0-9-]+)\.svg")


class Format(StrEnum):
    """How a publisher writes its feed."""

    RSS = "rss"
    RDF = "rdf"
    ATOM = "atom"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Publisher:
    """An invented publisher; `section` is what it mostly writes about.

    `local_dates` leaves the zone out of its dates; `malformed` spoils its feed.
    """

    name: str
    title: str
    description: str
    domain: str
    format: Format
    language: str
    timezone: str
    section: str | None = None
    local_dates: bool = False
    malformed: bool = False
    note: str = ""

    @property
    def feed_path(self) -> str:
        """Give the path of its feed on the origin."""
        return f"/{self.name}/feed.{'json' if self.format is Format.JSON else 'xml'}"


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn picture; the first word of its name is the motif."""

    name: str
    alt: str
    caption: str
    credit: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What a piece says from `after_s` seconds after the origin's start."""

    after_s: int
    title: str
    summary: str
    body: str
    note: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One text on one publisher's page; `minutes` is its age when the origin starts.

    `wire_of` and `story` name what it repeats (`source/slug`) and which news it tells.
    """

    source: str
    slug: str
    section: str
    title: str
    summary: str
    body: str
    authors: tuple[str, ...]
    category: str
    minutes: int
    picture: Picture | None = None
    correction: Correction | None = None
    withdrawn_after_s: int | None = None
    wire_of: str | None = None
    story: str | None = None
    note: str = ""

    @property
    def path(self) -> str:
        """Give the path of its page on the origin."""
        return f"/{self.source}/{self.slug}.html"


@dataclass(frozen=True, slots=True)
class Listing:
    """An entry in one publisher's feed that points to another publisher's piece (`of`)."""

    source: str
    of: str
    title: str
    minutes: int
    scheme: str = "http"
    query: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Newsroom:
    """Everything that the origin serves; `pictures` maps each picture's name to its section."""

    publishers: tuple[Publisher, ...]
    authors: tuple[str, ...]
    pieces: tuple[Piece, ...]
    listings: tuple[Listing, ...]
    pictures: Mapping[str, str]

    def publisher(self, name: str) -> Publisher:
        """Find a publisher; raises `KeyError` for an unknown name."""
        return {publisher.name: publisher for publisher in self.publishers}[name]

    def piece(self, key: str) -> Piece:
        """Find a piece by `source/slug`; raises `KeyError` for an unknown one."""
        return {f"{piece.source}/{piece.slug}": piece for piece in self.pieces}[key]


def load(folder: Path = BUNDLED) -> Newsroom:
    """Read a newsroom's folder; raises `ConfigError`."""
    publishers = load_publishers(folder)
    authors = tuple(_read(folder / "authors.yaml")["authors"])
    pieces: list[Piece] = []
    listings: list[Listing] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.stem in ("authors", "publishers"):
            continue
        data = _read(path)
        for article in data["articles"]:
            where = f"{path.name}: {article.get('slug')}"
            told, listed = _article(where, data["section"], article)
            pieces += told
            listings += listed
    newsroom = Newsroom(
        publishers, authors, tuple(pieces), tuple(listings), dict(_pictures(pieces))
    )
    _check(newsroom)
    return newsroom


def load_publishers(folder: Path = BUNDLED) -> tuple[Publisher, ...]:
    """Read only the publishers of a newsroom's folder; raises `ConfigError`."""
    items = _read(folder / "publishers.yaml")["publishers"]
    return tuple(
        _build("publishers.yaml", Publisher, item | {"format": Format(item["format"])})
        for item in items
    )


def paragraphs(text: str) -> str:
    """Make HTML of blocks parted by blank lines; a block that opens with a tag stays as it is."""
    blocks = (block.strip() for block in text.split("\n\n"))
    return "\n".join(
        block if block.startswith("<") else f"<p>{' '.join(block.split())}</p>"
        for block in blocks
        if block
    )


def _article(where: str, section: str, data: dict[str, Any]) -> tuple[list[Piece], list[Listing]]:
    given = dict(data)
    wires, listed = given.pop("wire", []), given.pop("listed", [])
    correction, picture = given.pop("correction", None), given.pop("picture", None)
    given["body"] = paragraphs(given["body"])
    given["authors"] = tuple(given.get("authors", ()))
    if picture is not None:
        given["picture"] = _build(where, Picture, picture)
    if correction is not None:
        given["correction"] = _correction(where, given, correction)
    piece = _build(where, Piece, {"section": section} | given)
    key = f"{piece.source}/{piece.slug}"
    return (
        [piece, *(_republished(where, piece, wire) for wire in wires)],
        [_build(where, Listing, {"of": key} | item) for item in listed],
    )


def _correction(where: str, given: Mapping[str, Any], data: Mapping[str, Any]) -> Correction:
    return Correction(
        after_s=data["after_s"],
        title=data.get("title", given["title"]),
        summary=data.get("summary", given["summary"]),
        body=_edited(where, given["body"], data["edits"]),
        note=data["note"],
    )


def _republished(where: str, piece: Piece, data: Mapping[str, Any]) -> Piece:
    body = _edited(where, piece.body, data.get("edits", []))
    return Piece(
        source=data["source"],
        slug=data["slug"],
        section=piece.section,
        title=data["title"],
        summary=data.get("summary", piece.summary),
        body=body.replace("<p>", f"<p>{data['dateline']} ", 1),
        authors=tuple(data.get("authors", ())),
        category=data["category"],
        minutes=data["minutes"],
        picture=piece.picture if data.get("with_picture") else None,
        wire_of=f"{piece.source}/{piece.slug}",
        note=data.get("note", ""),
    )


def _edited(where: str, body: str, edits: list[list[str]]) -> str:
    for old, new in edits:
        if body.count(old) != 1:
            raise ConfigError(
                f"{where}: {old!r} stands {body.count(old)} times in the body, not once"
            )
        body = body.replace(old, new)
    return body


def _pictures(pieces: list[Piece]) -> Iterator[tuple[str, str]]:
    for piece in pieces:
        if piece.picture is not None:
            yield piece.picture.name, piece.section
        for name in _IMAGE_IN_BODY.findall(piece.body):
            yield name, piece.section


def _check(newsroom: Newsroom) -> None:
    names = [publisher.name for publisher in newsroom.publishers]
    keys = [f"{piece.source}/{piece.slug}" for piece in newsroom.pieces]
    for piece in newsroom.pieces:
        where = f"{piece.section}.yaml: {piece.slug}"
        if keys.count(f"{piece.source}/{piece.slug}") > 1:
            raise ConfigError(f"{where}: stands more than once at {piece.source}")
        for author in piece.authors:
            if author not in newsroom.authors:
                hint = nearest(author, newsroom.authors)
                raise ConfigError(f"{where}: no author {author!r}{hint}")
    used = {piece.source for piece in newsroom.pieces}
    used |= {listing.source for listing in newsroom.listings}
    for source in sorted(used):
        if source not in names:
            raise ConfigError(f"newsroom: no publisher {source!r}{nearest(source, names)}")


def _read(path: Path) -> Any:
    try:
        return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except FileNotFoundError as exc:
        raise ConfigError(f"{path}: no such file") from exc
    except yaml.YAMLError as exc:
        raise ConfigError(f"{path}: no valid YAML: {exc}") from exc


Built = TypeVar("Built", Publisher, Picture, Piece, Listing)


def _build(where: str, kind: type[Built], data: Mapping[str, Any]) -> Built:
    try:
        return kind(**data)
    except TypeError as exc:
        raise ConfigError(f"{where}: {exc}") from exc
