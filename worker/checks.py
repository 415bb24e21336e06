"""Checks of what people hand in: one line that says what is wrong, and what would be right."""

from typing import Any

from pydantic import ValidationError

from config.editorial import Editorial, SourceSpec
from config.errors import nearest


def source_spec(editorial: Editorial, **fields: Any) -> SourceSpec:
    """Make a source of given fields; raises `ValueError` with one line."""
    slugs = [section.slug for section in editorial.sections]
    section = fields.get("section")
    if section is not None and section not in slugs:
        raise ValueError(f"no section {section!r}{nearest(section, slugs)}")
    try:
        return SourceSpec(**{key: value for key, value in fields.items() if value is not None})
    except ValidationError as exc:
        first = exc.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"source {fields.get('name')!r}: {key}: {first['msg']}") from exc
