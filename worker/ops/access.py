"""Access: who may do what; every refusal is audited before it is answered (RFC 6750 §3)."""

from feeds.pipeline.desk import Desk
from feeds.store import tokens
from feeds.store.tokens import Token
from worker.ops.answers import Problem

ANONYMOUS = "anonymous"
_SCHEME = "bearer"
_HOW = "send `Authorization: Bearer tw_…`; `tinwire token create` makes a token"


def admit(desk: Desk, authorization: str | None, scope: str, asked: str) -> Token:
    """Find the valid token with a scope that a request carries; raises `Problem` 401 or 403.

    `asked` is the method and path, for the audit.
    """
    secret = _secret(authorization)
    now = desk.clock()
    with desk.engine.connect() as connection:
        found = tokens.check(connection, secret, now) if secret else None
    if found is not None and scope in found.scopes:
        return found
    refused = _unknown(given=authorization is not None) if found is None else _narrow(found, scope)
    actor = ANONYMOUS if found is None else found.name
    detail = {"asked": asked, "status": refused.status, "why": refused.message}
    with desk.engine.begin() as connection:
        tokens.note(connection, actor, "refused", detail, now)
    raise refused


def _secret(authorization: str | None) -> str | None:
    scheme, _, secret = (authorization or "").partition(" ")
    return secret.strip() if scheme.lower() == _SCHEME else None


def _unknown(given: bool) -> Problem:
    if not given:
        return Problem(401, f"this needs a token: {_HOW}", {"WWW-Authenticate": "Bearer"})
    challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    return Problem(401, f"the token is unknown, expired or revoked: {_HOW}", challenge)


def _narrow(found: Token, scope: str) -> Problem:
    challenge = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
    message = f"token {found.name!r} lacks the scope {scope!r}: use one that has it"
    return Problem(403, message, challenge)
