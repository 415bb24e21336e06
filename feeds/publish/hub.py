"""The hub's side of WebSub, as far as it can be told without asking anybody.

Sections are those of the W3C Recommendation of 2018-01-23. Theory: the worst error is to be made a
tool against others, by asking or telling somebody who never wanted it; so nothing is sent but one
question until it was answered by who knows it. The second is a subscriber who never learns of news.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from urllib.parse import urlencode

SUBSCRIBE, UNSUBSCRIBE, DENIED, PUBLISH = "subscribe", "unsubscribe", "denied", "publish"
PATH = "/hub"
LONGEST_SECRET = 199  # bytes; §5.1: less than 200
LONGEST_CALLBACK = 2000
LEAST_LEASE_S, USUAL_LEASE_S, MOST_LEASE_S = 300, 864_000, 2_592_000
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=1)


class BadRequest(ValueError):
    """A request that can't be taken; its text says why, to whoever asked."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks of the hub; the topic is as they wrote it."""

    mode: str
    topic: str
    callback: str
    secret: str
    lease_s: int


def read_wish(form: Mapping[str, str]) -> Wish:
    """Read a request's fields (§5.1); fields that we don't know are ignored, as it says."""
    mode = form.get("hub.mode", "")
    if mode == PUBLISH:
        raise BadRequest("This hub tells of its own feeds, and learns of changes by itself.")
    if mode not in (SUBSCRIBE, UNSUBSCRIBE):
        raise BadRequest("hub.mode is subscribe or unsubscribe.")
    topic, callback = form.get("hub.topic", ""), form.get("hub.callback", "")
    if not topic:
        raise BadRequest("hub.topic is missing.")
    if not callback:
        raise BadRequest("hub.callback is missing.")
    if len(callback) > LONGEST_CALLBACK:
        raise BadRequest(f"hub.callback has more than {LONGEST_CALLBACK} characters.")
    secret = form.get("hub.secret", "")
    if len(secret.encode()) > LONGEST_SECRET:
        raise BadRequest("hub.secret has to be less than 200 bytes.")
    if "\0" in topic + callback + secret:
        raise BadRequest("A field holds a NUL character.")
    return Wish(mode, topic, callback, secret, _lease_s(form.get("hub.lease_seconds", "")))


def _lease_s(text: str) -> int:
    """Read the lease that was asked for, within what we grant: never without an end."""
    if not text:
        return USUAL_LEASE_S
    if not (text.isascii() and text.isdigit()) or int(text[:12]) == 0:
        raise BadRequest("hub.lease_seconds is a number of seconds above 0.")
    return min(max(int(text[:12]), LEAST_LEASE_S), MOST_LEASE_S)


def question(callback: str, fields: Mapping[str, str]) -> str:
    """Write the address that asks a subscriber something; the callback's own query stays (§5.3)."""
    named = urlencode({f"hub.{name}": value for name, value in fields.items()})
    address, mark, fragment = callback.partition("#")
    joint = "?" if "?" not in address else "" if address.endswith(("?", "&")) else "&"
    return f"{address}{joint}{named}{mark}{fragment}"


def sign(body: bytes, secret: str) -> str:
    """Give the value of `X-Hub-Signature` (§7.1)."""
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


def retry_after(failures: int, *said: object) -> timedelta:
    """Choose when to try again after failures in a row: twice as late each time, to an hour.

    A quarter earlier or later as follows from `said`, so that what failed together comes apart.
    """
    digest = blake2b("\0".join(map(str, said)).encode(), digest_size=4).digest()
    chance = int.from_bytes(digest, "big") / 0xFFFFFFFF
    wait = min(_FIRST_WAIT * 2.0 ** min(max(failures - 1, 0), 20), _LONGEST_WAIT)
    return wait * (0.75 + 0.5 * chance)
