"""Partners and their keys: a key is shown once and stored hashed.

A key stands in its partner's pages, so it is no secret: it grants nothing but what everybody may
read, within the partner's quota and for its origins. It is hashed all the same, so that whoever
reads our store can't read in a partner's name.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from config.errors import nearest
from config.partners import PartnerSpec
from feeds.errors import NotFound
from feeds.store.tables import partner, partner_key

PREFIX = "twp_"
KEY = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{32}}")
KEEP = timedelta(days=7)
_HINT = 4  # characters at the end of a key, by which people tell keys apart


@dataclass(frozen=True)
class Partner:
    """A partner as requests meet it."""

    id: int
    name: str
    origins: tuple[str, ...]
    per_minute: int
    per_day: int

    @cached_property
    def ancestors(self) -> bytes:
        """Write whose pages may frame an embed, as a Content-Security-Policy has it."""
        return " ".join(self.origins or ("'none'",)).encode()


@dataclass(frozen=True, slots=True)
class Key:
    """A key without what is secret of it; `hint` are its last characters."""

    hint: str
    created_at: datetime
    ends_at: datetime | None

    def is_valid(self, now: datetime) -> bool:
        """Tell whether it still lets anybody in."""
        return self.ends_at is None or self.ends_at > now


@dataclass(frozen=True, slots=True)
class Listed:
    """A partner as people look at it; `ended_at` is when it left partners.yaml."""

    name: str
    title: str
    origins: tuple[str, ...]
    per_minute: int
    per_day: int
    is_declared: bool
    created_at: datetime
    ended_at: datetime | None
    keys: tuple[Key, ...]


def declare(connection: sa.Connection, specs: Iterable[PartnerSpec], now: datetime) -> None:
    """Add or change the partners of partners.yaml; those that left it end, until they are back.

    Their keys stay, so that a file that was lost for an hour costs no partner its lines.
    """
    chosen = list(specs)
    for spec in chosen:
        row = spec.model_dump() | {"origins": list(spec.origins), "is_declared": True}
        renewed = {name: value for name, value in row.items() if name != "name"}
        connection.execute(
            insert(partner)
            .values(**row, created_at=now)
            .on_conflict_do_update(index_elements=["name"], set_=renewed | {"ended_at": None})
        )
    connection.execute(
        sa.update(partner)
        .where(
            partner.c.is_declared,
            partner.c.ended_at.is_(None),
            partner.c.name.not_in([spec.name for spec in chosen]),
        )
        .values(ended_at=now)
    )


def create(connection: sa.Connection, spec: PartnerSpec, now: datetime) -> str:
    """Add a partner with its first key, which is returned and can't be shown again.

    Raises `ValueError` for a name that is taken.
    """
    row = spec.model_dump() | {"origins": list(spec.origins), "is_declared": False}
    statement = insert(partner).values(**row, created_at=now).on_conflict_do_nothing()
    number = connection.scalar(statement.returning(partner.c.id))
    if number is None:
        raise ValueError(
            f"a partner is named {spec.name!r} already: `tinwire partners rotate` makes it a new"
            " key, partners.yaml changes it"
        )
    return _add_key(connection, int(number), now)


def rotate(connection: sa.Connection, name: str, keep: timedelta, now: datetime) -> str:
    """Make a partner a new key, and let those it has end after `keep`; returns the key.

    Raises `NotFound`, and `ValueError` for a partner that left partners.yaml.
    """
    number, ended_at = _find(connection, name)
    if ended_at is not None:
        raise ValueError(f"partner {name!r} left partners.yaml: no key of it is valid")
    _end_keys(connection, number, now, now + keep)
    return _add_key(connection, number, now)


def revoke(connection: sa.Connection, name: str, now: datetime, hint: str | None = None) -> int:
    """End a partner's keys at once, or the one with a hint; returns how many.

    Raises `NotFound` where there is none to end.
    """
    number, _ = _find(connection, name)
    done = _end_keys(connection, number, now, now, hint)
    if not done:
        which = "valid key" if hint is None else f"valid key that ends with {hint!r}"
        raise NotFound(f"partner {name!r} has no {which}; `tinwire partners list` shows all")
    return done


def listed(connection: sa.Connection) -> list[Listed]:
    """List all partners by name, each with its keys, the newest first."""
    keys: dict[int, list[Key]] = {}
    order = (partner_key.c.created_at.desc(), partner_key.c.hash)
    for row in connection.execute(sa.select(partner_key).order_by(*order)):
        keys.setdefault(row.partner_id, []).append(Key(row.hint, row.created_at, row.ends_at))
    return [
        Listed(
            name=row.name,
            title=row.title,
            origins=tuple(row.origins),
            per_minute=row.per_minute,
            per_day=row.per_day,
            is_declared=row.is_declared,
            created_at=row.created_at,
            ended_at=row.ended_at,
            keys=tuple(keys.get(row.id, ())),
        )
        for row in connection.execute(sa.select(partner).order_by(partner.c.name))
    ]


def valid(connection: sa.Connection, now: datetime) -> Mapping[bytes, Partner]:
    """Map the hash of each valid key to its partner."""
    return {row.hash: _partner(row) for row in connection.execute(_VALID, {"now": now})}


def find(connection: sa.Connection, key: str, now: datetime) -> Partner | None:
    """Find the partner of a valid key; `None` for an unknown, ended or revoked one."""
    statement = _VALID.where(partner_key.c.hash == hashed(key))
    row = connection.execute(statement, {"now": now}).one_or_none()
    return None if row is None else _partner(row)


def hashed(key: str) -> bytes:
    """Hash a key as it is stored; a random one of 192 bits needs no slow hash."""
    return hashlib.sha256(key.encode()).digest()


_NOW = sa.bindparam("now", type_=partner_key.c.ends_at.type)
_VALID = (
    sa.select(partner_key.c.hash, partner)
    .join(partner, partner.c.id == partner_key.c.partner_id)
    .where(
        partner.c.ended_at.is_(None),
        sa.or_(partner_key.c.ends_at.is_(None), partner_key.c.ends_at > _NOW),
    )
)


def _partner(row: sa.Row[tuple[object, ...]]) -> Partner:
    return Partner(row.id, row.name, tuple(row.origins), row.per_minute, row.per_day)


def number_of(connection: sa.Connection, name: str) -> int:
    """Find a partner's number; raises `NotFound`, with the nearest right name."""
    return _find(connection, name)[0]


def _find(connection: sa.Connection, name: str) -> tuple[int, datetime | None]:
    row = connection.execute(
        sa.select(partner.c.id, partner.c.ended_at).where(partner.c.name == name)
    ).one_or_none()
    if row is None:
        names = connection.scalars(sa.select(partner.c.name)).all()
        raise NotFound(f"no partner is named {name!r}{nearest(name, names)}")
    return row.id, row.ended_at


def _add_key(connection: sa.Connection, number: int, now: datetime) -> str:
    key = PREFIX + secrets.token_urlsafe(24)
    row = {"hash": hashed(key), "partner_id": number, "hint": key[-_HINT:], "created_at": now}
    connection.execute(sa.insert(partner_key).values(**row))
    return key


def _end_keys(
    connection: sa.Connection, number: int, now: datetime, at: datetime, hint: str | None = None
) -> int:
    ends = partner_key.c.ends_at
    statement = sa.update(partner_key).where(
        partner_key.c.partner_id == number, sa.or_(ends.is_(None), ends > now)
    )
    if hint is not None:
        statement = statement.where(partner_key.c.hint == hint)
    # PostgreSQL's LEAST leaves nulls aside.
    return connection.execute(statement.values(ends_at=sa.func.least(ends, at))).rowcount
