"""What filing needs to know of an article."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """An article as filing looks at it; `source_section` is its source's own section."""

    source_name: str
    source_section: str | None
    url: str
    title: str
    excerpt: str
    text: str
    categories: tuple[str, ...]

    @property
    def body(self) -> str:
        """Give the text, or the excerpt where it says more."""
        return self.text if len(self.text) > len(self.excerpt) else self.excerpt


def beginning(text: str, chars: int) -> str:
    """Cut a text to about so many characters, after a whole word where it has words."""
    if len(text) <= chars:
        return text
    return text[:chars].rpartition(" ")[0] or text[:chars]
