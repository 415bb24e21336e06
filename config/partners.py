"""Partners as an editor writes them: who may read by key, on which origins, how often."""

import re

from pydantic import BaseModel, ConfigDict, Field, field_validator

from config.errors import nearest

_ORIGIN = re.compile(
    r"(?P<scheme>[a-z]+)://(?P<host>[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[1-9]\d{0,4}))?"
)
_USUAL_PORTS = {"http": "80", "https": "443"}


class PartnerSpec(BaseModel):
    """A site that reads by key; the key itself never stands in a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)
    title: str = ""
    origins: tuple[str, ...] = Field(
        (), max_length=50, description="Whose pages may show what its keys fetch; none: no page."
    )
    per_minute: int = Field(600, ge=1, le=1_000_000, description="Most requests in a minute.")
    per_day: int = Field(100_000, ge=1, le=1_000_000_000, description="Most in a day (UTC).")

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            check_origin(one)
        if len(set(value)) != len(value):
            raise ValueError("an origin stands more than once")
        return value


def check_origin(text: str) -> None:
    """Make sure that a text is an origin as browsers write it (RFC 6454 §6.2).

    Raises `ValueError`, with the nearest right text where there is one.
    """
    found = _ORIGIN.fullmatch(text)
    if found is None:
        whole = _ORIGIN.match(text.strip().lower())
        hint = f" (did you mean {whole[0]!r}?)" if whole else ""
        raise ValueError(f"{text!r} is no origin such as 'https://example.org'{hint}")
    if found["scheme"] not in _USUAL_PORTS:
        hint = nearest(found["scheme"], _USUAL_PORTS)
        raise ValueError(f"{text!r} starts with neither http nor https{hint}")
    if found["port"] == _USUAL_PORTS[found["scheme"]]:
        raise ValueError(f"browsers leave the port out (did you mean {text.rpartition(':')[0]!r}?)")
