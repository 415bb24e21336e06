"""Editorial choices: sections, topics, sources, partners and the site's blocks, from YAML, checked.

A mistake is one line that names the file, the key and the nearest right name.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    ValidationError,
    field_validator,
)

from config.errors import ConfigError, nearest
from config.partners import PartnerSpec
from config.site import Block, Checked, Site

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class Rule(Checked):
    """One reason to file an article in a section; every condition that is given must hold."""

    source: str | None = Field(None, description="Name of the source.")
    url: str | None = Field(None, description="Part of the article's URL, case-insensitive.")
    category: str | None = Field(
        None, description="The publisher's own category, compared by match form."
    )
    keywords: tuple[str, ...] = Field(
        (), description="Phrases, any of which stands in title or excerpt."
    )


class Section(Checked):
    """A node of the section tree."""

    slug: str = Field(pattern=SLUG)
    names: Mapping[str, str] = Field(min_length=1)
    parent: str | None = None
    rules: tuple[Rule, ...] = ()

    def name(self, language: str = "vi") -> str:
        """Give the section's name in a language, else in the first one that it has."""
        return self.names.get(language) or next(iter(self.names.values()))


class Topic(Checked):
    """Something that articles of many sections are about."""

    slug: str = Field(pattern=SLUG)
    names: Mapping[str, str] = Field(min_length=1)
    keywords: tuple[str, ...]

    def name(self, language: str = "vi") -> str:
        """Give the topic's name in a language, else in the first one that it has."""
        return self.names.get(language) or next(iter(self.names.values()))


def _is_selector(value: str) -> str:
    try:
        CSSSelector(value, translator="html")
    except SelectorError as exc:
        raise ValueError(f"{value!r} is no CSS selector: {exc}") from exc
    return value


Selector = Annotated[str, AfterValidator(_is_selector)]


class ArticleSpec(Checked):
    """CSS selectors for a source's article pages, where the general reading goes wrong."""

    body: Selector | None = Field(default=None, description="The element that holds the text.")
    title: Selector | None = Field(default=None, description="The headline.")
    author: Selector | None = Field(
        default=None, description="Who wrote it; each match is one byline."
    )
    published: Selector | None = Field(default=None, description="The date, as text or `datetime`.")
    remove: tuple[Selector, ...] = Field(
        default=(), description="Elements that are not the article's."
    )


class SourceSpec(Checked):
    """What we poll, as an editor writes it."""

    name: str = Field(pattern=SLUG)
    title: str
    url: str = Field(pattern=r"^https?://")
    home: str | None = Field(None, pattern=r"^https?://")
    section: str | None = None
    language: str | None = Field(None, pattern=r"^[a-z]{2,3}$")
    timezone: str = "UTC"
    every_s: int | None = Field(
        None,
        ge=1,
        le=86400,
        description="Longest time between two polls that the editor wishes for; else the rhythm of"
        " the source decides. Below two minutes only for hosts in TINWIRE_FETCH_ALLOW.",
    )
    full_text: bool = Field(
        False, description="Fetch each article's page, because the feed has excerpts only."
    )
    article: ArticleSpec = Field(
        default=ArticleSpec(), description="CSS selectors for pages that are read wrongly without."
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as exc:
            raise ValueError(f"{value!r} is no time zone of the IANA database") from exc
        return value


class Editorial(Checked):
    """Everything that editors decide."""

    site: Site
    sections: tuple[Section, ...]
    topics: tuple[Topic, ...]
    sources: tuple[SourceSpec, ...]
    partners: tuple[PartnerSpec, ...] = ()

    def section(self, slug: str) -> Section:
        """Find a section; raises `KeyError` for an unknown slug."""
        return {section.slug: section for section in self.sections}[slug]

    def path(self, slug: str | None) -> tuple[Section, ...]:
        """List a section and its ancestors, root first; empty for `None` or an unknown slug."""
        by_slug = {section.slug: section for section in self.sections}
        path: list[Section] = []
        while slug in by_slug and len(path) < len(by_slug):
            path.insert(0, by_slug[slug])
            slug = by_slug[slug].parent
        return tuple(path)


Model = TypeVar("Model", bound=BaseModel)


def load_editorial(folder: Path) -> Editorial:
    """Read and check the editorial files of a folder; raises `ConfigError`.

    All but partners.yaml must be there.
    """
    partners = folder / "partners.yaml"
    editorial = Editorial(
        site=_one(folder / "site.yaml", Site),
        sections=_many(folder / "sections.yaml", "sections", Section),
        topics=_many(folder / "topics.yaml", "topics", Topic),
        sources=_many(folder / "sources.yaml", "sources", SourceSpec),
        partners=_many(partners, "partners", PartnerSpec) if partners.exists() else (),
    )
    _check_references(folder, editorial)
    return editorial


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise ConfigError(f"{path}: no such file") from exc
    except yaml.YAMLError as exc:
        place = getattr(exc, "problem_mark", None)
        where = f" in line {place.line + 1}" if place else ""
        raise ConfigError(f"{path}: no valid YAML{where}: {getattr(exc, 'problem', exc)}") from exc


def _one(path: Path, model: type[Model]) -> Model:
    return _build(path, "", _read(path), model)


def _many(path: Path, key: str, model: type[Model]) -> tuple[Model, ...]:
    data = _read(path)
    if not isinstance(data, dict) or list(data) != [key] or not isinstance(data[key], list):
        raise ConfigError(f"{path}: expected one list under the key {key!r}")
    return tuple(_build(path, f"{key}[{i}].", item, model) for i, item in enumerate(data[key]))


def _build(path: Path, prefix: str, data: Any, model: type[Model]) -> Model:
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: {prefix or 'the file'} must be a mapping")
    try:
        return model(**data)
    except ValidationError as exc:
        raise ConfigError(f"{path}: {prefix}{_explain(exc, model)}") from exc


def _explain(exc: ValidationError, model: type[BaseModel]) -> str:
    first = exc.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{key}: unknown key{nearest(str(first['loc'][-1]), _all_keys(model))}"
    shown = "" if first["type"] == "missing" else f" (got {first['input']!r})"
    return f"{key}: {first['msg']}{shown}"


def _all_keys(model: type[BaseModel]) -> Iterator[str]:
    yield from model.model_fields
    if model is Section:
        yield from Rule.model_fields
    if model is Site:
        yield from Block.model_fields
    if model is SourceSpec:
        yield from ArticleSpec.model_fields


def _check_references(folder: Path, editorial: Editorial) -> None:
    sections = [section.slug for section in editorial.sections]
    names = [source.name for source in editorial.sources]
    _check_unique(folder / "sections.yaml", sections)
    _check_unique(folder / "topics.yaml", [topic.slug for topic in editorial.topics])
    _check_unique(folder / "sources.yaml", names)
    _check_unique(folder / "sources.yaml", [source.url for source in editorial.sources])
    _check_unique(folder / "partners.yaml", [partner.name for partner in editorial.partners])
    tree, listed = folder / "sections.yaml", folder / "sources.yaml"
    for section in editorial.sections:
        _check_known(f"{tree}: {section.slug}.parent", "section", section.parent, sections)
        for rule in section.rules:
            _check_known(f"{tree}: {section.slug}.rules", "source", rule.source, names)
        if section.parent and section.slug in _ancestors(editorial, section.parent):
            raise ConfigError(f"{tree}: {section.slug}.parent: the tree has a loop")
    for source in editorial.sources:
        _check_known(f"{listed}: {source.name}.section", "section", source.section, sections)


def _check_known(where: str, kind: str, name: str | None, known: list[str]) -> None:
    if name is not None and name not in known:
        raise ConfigError(f"{where}: no {kind} {name!r}{nearest(name, known)}")


def _ancestors(editorial: Editorial, slug: str | None) -> set[str]:
    parents = {section.slug: section.parent for section in editorial.sections}
    seen: set[str] = set()
    while slug is not None and slug not in seen:
        seen.add(slug)
        slug = parents.get(slug)
    return seen


def _check_unique(path: Path, slugs: list[str]) -> None:
    for slug in slugs:
        if slugs.count(slug) > 1:
            raise ConfigError(f"{path}: {slug!r} stands more than once")
