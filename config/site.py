"""The site as an editor writes it: its name, its languages, and the blocks of its pages."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

BLOCK_KINDS = ("same_topic", "featured", "newest", "same_author", "most_read", "same_section")
FRONT_KINDS = ("featured", "newest", "most_read")
LANGUAGES = ("vi", "en")  # those that the web has words for


class Checked(BaseModel):
    """Part of a file: what is misspelt in it is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Block(Checked):
    """One list on an article page."""

    kind: Literal["same_topic", "featured", "newest", "same_author", "most_read", "same_section"]
    count: int = Field(5, ge=1, le=20)
    names: Mapping[str, str]

    def name(self, language: str) -> str:
        """Give the block's title in a language, else in the first one that it has."""
        return self.names.get(language) or next(iter(self.names.values()), "")


_FRONT = (
    Block(kind="featured", count=5, names={"vi": "Nổi bật", "en": "Featured"}),
    Block(kind="newest", count=8, names={"vi": "Mới nhất", "en": "Newest"}),
    Block(kind="most_read", count=5, names={"vi": "Bài đọc nhiều", "en": "Most read"}),
)


class Site(Checked):
    """The site's name, languages and the blocks of its pages, in order."""

    title: str
    description: str
    languages: tuple[str, ...] = LANGUAGES
    allow_repeats: bool = Field(False, description="Let one article stand in several blocks.")
    repeat_story: bool = Field(
        False, description="Let what is on its topic tell the page's own story."
    )
    blocks: tuple[Block, ...]
    front: tuple[Block, ...] = Field(_FRONT, description="The blocks of the front page.")

    @field_validator("languages")
    @classmethod
    def _are_spoken(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or not set(value) <= set(LANGUAGES) or len(set(value)) < len(value):
            raise ValueError(f"one or more of {', '.join(LANGUAGES)}, the site's first one first")
        return value

    @field_validator("blocks", "front")
    @classmethod
    def _differ(cls, value: tuple[Block, ...]) -> tuple[Block, ...]:
        kinds = [block.kind for block in value]
        for kind in kinds:
            if kinds.count(kind) > 1:
                raise ValueError(f"{kind!r} stands more than once; each kind is one block")
        return value

    @field_validator("front")
    @classmethod
    def _need_no_article(cls, value: tuple[Block, ...]) -> tuple[Block, ...]:
        for block in value:
            if block.kind not in FRONT_KINDS:
                kinds = ", ".join(FRONT_KINDS)
                raise ValueError(f"{block.kind!r} needs an article; the front page takes {kinds}")
        return value
