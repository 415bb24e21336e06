"""Reference: the table of all settings, as it stands in the README.

`python -m config.reference` prints it.
"""

import sys
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from config.settings import Settings, variable

_HEAD = "| variable | default | allowed | meaning |\n|---|---|---|---|"


def settings_table() -> str:
    """Write all settings as a Markdown table, one row each in the order of `Settings`."""
    rows = (_row(name, field) for name, field in Settings.model_fields.items())
    return "\n".join([_HEAD, *rows])


def _row(name: str, field: FieldInfo) -> str:
    default = _default(field.default)
    cells = (_code(variable(name)), _code(default), _allowed(field), field.description or "")
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    # A bar ends a cell even within code, unless it is escaped (GitHub Flavored Markdown, tables).
    return f"`{text.replace('|', chr(92) + '|')}`" if text else ""


def _default(value: Any) -> str:
    """Write a default as the environment would have it; nothing for what is unset or empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Path):
        # The only absolute default is this package's own folder.
        return value.name if value.is_absolute() else str(value)
    if isinstance(value, tuple | frozenset):
        return ",".join(str(one) for one in sorted(value))
    return str(value)


def _allowed(field: FieldInfo) -> str:
    """Write a field's bounds or pattern; nothing where anything of its type will do."""
    bounds = {
        name: getattr(rule, name)
        for rule in field.metadata
        for name in ("ge", "le", "pattern")
        if getattr(rule, name, None) is not None
    }
    if "pattern" in bounds:
        return _code(bounds["pattern"])
    return f"{bounds['ge']:g} to {bounds['le']:d}" if "ge" in bounds else ""


if __name__ == "__main__":
    sys.stdout.write(settings_table() + "\n")
