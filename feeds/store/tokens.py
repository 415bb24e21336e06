"""Tokens for ops, stored hashed, and the audit of what was done with them."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds.errors import NotFound
from feeds.store.tables import audit, token

SCOPES = ("articles", "links", "partners", "reindex", "status")
PREFIX = "tw_"


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret."""

    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def create(
    connection: sa.Connection,
    name: str,
    scopes: Sequence[str],
    now: datetime,
    expires_at: datetime | None = None,
) -> str:
    """Make a token and return its secret, which is shown this once and stored hashed.

    Raises `ValueError` for an unknown scope or a name that is taken.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise ValueError(f"no scope is named {unknown[0]!r}; there are {', '.join(SCOPES)}")
    taken = connection.scalar(sa.select(token.c.id).where(token.c.name == name))
    if taken is not None:
        raise ValueError(f"a token is named {name!r} already")
    secret = PREFIX + secrets.token_urlsafe(32)
    connection.execute(
        sa.insert(token).values(
            name=name,
            hash=_hash(secret),
            scopes=list(scopes),
            created_at=now,
            expires_at=expires_at,
        )
    )
    return secret


def _hash(secret: str) -> bytes:
    # A random secret of 256 bits needs no slow hash.
    return hashlib.sha256(secret.encode()).digest()


def check(connection: sa.Connection, secret: str, now: datetime) -> Token | None:
    """Find the valid token with a secret; `None` for an unknown, expired or revoked one."""
    row = connection.execute(sa.select(token).where(token.c.hash == _hash(secret))).one_or_none()
    if row is None or row.revoked_at is not None:
        return None
    if row.expires_at is not None and row.expires_at <= now:
        return None
    return _token(row)


def _token(row: sa.Row[tuple[object, ...]]) -> Token:
    return Token(row.name, tuple(row.scopes), row.created_at, row.expires_at, row.revoked_at)


def listed(connection: sa.Connection) -> list[Token]:
    """List all tokens by name."""
    return [_token(row) for row in connection.execute(sa.select(token).order_by(token.c.name))]


def revoke(connection: sa.Connection, name: str, now: datetime) -> None:
    """End a token; raises `NotFound`."""
    done = connection.execute(
        sa.update(token)
        .where(token.c.name == name, token.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    if not done.rowcount:
        raise NotFound(f"no valid token is named {name!r}; `tinwire token list` shows all")


def note(
    connection: sa.Connection, actor: str, action: str, detail: Mapping[str, object], now: datetime
) -> int:
    """Write an audit line in the transaction of the action; returns its number."""
    line = sa.insert(audit).values(at=now, actor=actor, action=action, detail=dict(detail))
    number: int = connection.execute(line.returning(audit.c.id)).scalar_one()
    return number


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the audit."""

    at: datetime
    actor: str
    action: str
    detail: Mapping[str, Any]


def noted(connection: sa.Connection, limit: int, about: str | None = None) -> list[Line]:
    """List lines of the audit, the newest first, or of those that name `about` anywhere."""
    lines = sa.select(audit.c.at, audit.c.actor, audit.c.action, audit.c.detail)
    if about is not None:
        lines = lines.where(sa.cast(audit.c.detail, sa.Text).contains(about, autoescape=True))
    rows = connection.execute(lines.order_by(audit.c.id.desc()).limit(limit))
    return [Line(*row) for row in rows]
