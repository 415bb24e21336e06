"""WebSub, the subscriber's side, as far as it can be told without asking anybody.

Sections are those of the W3C Recommendation of 2018-01-23. Theory: a forged push puts words into a
publisher's mouth, and is the worst error; a push that is missed costs minutes, for backup polls
find what it would have brought. So callbacks can't be guessed, every subscription has a secret,
and what is not signed with it is not read.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

from feeds.ingest.weblinks import read_links
from feeds.model import ParsedFeed

SUBSCRIBE, UNSUBSCRIBE, DENIED = "subscribe", "unsubscribe", "denied"
PATH = "/websub/"
FORM = "application/x-www-form-urlencoded"
# §7.1.1; no other is recognised, and a hub names the one that it used.
ALGORITHMS = ("sha1", "sha256", "sha384", "sha512")
# A longer address is nobody's feed, and would only fill the store.
LONGEST_URL = 2000
MOST_HUBS = 4
LONGEST_LEASE = timedelta(days=366)
_TOKEN = re.compile("[A-Za-z0-9_-]{16,128}")
_SOONEST, _SPREAD = 0.6, 0.25
# A hub that grants seconds would have us ask it without end; until then its source is polled.
LEAST_RENEWAL = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Hub:
    """Where a document's changes are told, and the name under which the hub knows it.

    `others` are the hubs that tell the same, in the document's order.
    """

    hub_url: str
    topic_url: str
    others: tuple[str, ...] = ()


def discover(headers: Mapping[str, str], url: str, document: ParsedFeed) -> Hub | None:
    """Find the hub and the topic of a document that was fetched from `url`, if it has a hub.

    Headers come first, then the document (§4); `headers` has lower-case names. Of several hubs the
    first is taken, and the others are kept for when it is dead. A document that doesn't name itself
    is known by its address.
    """
    hubs, topic_url = _in_headers(headers, url)
    if not hubs and document.hub_url is not None:
        hubs = (document.hub_url, *document.other_hubs)
    return _hub(hubs, topic_url or document.self_url or url)


def discover_unchanged(headers: Mapping[str, str], url: str) -> Hub | None:
    """Find hub and topic where a server says that nothing changed (304): headers alone tell.

    They must name both, for the document may name itself otherwise than by its address.
    """
    hubs, topic_url = _in_headers(headers, url)
    return _hub(hubs, topic_url) if topic_url is not None else None


def _in_headers(headers: Mapping[str, str], url: str) -> tuple[tuple[str, ...], str | None]:
    links = list(read_links(headers.get("link", ""), url))
    hubs = dict.fromkeys(one.url for one in links if "hub" in one.relations)
    return tuple(hubs), next((one.url for one in links if "self" in one.relations), None)


def _hub(hubs: Sequence[str], topic_url: str) -> Hub | None:
    known = [url for url in hubs if len(url) <= LONGEST_URL][:MOST_HUBS]
    if not known or len(topic_url) > LONGEST_URL:
        return None
    return Hub(known[0], topic_url, tuple(known[1:]))


def is_token(text: str) -> bool:
    """Tell whether a callback's last part could be one of ours, before the store is asked."""
    return _TOKEN.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Wish:
    """A request to a hub; `lease_s` and the secret go with a subscription only."""

    mode: str
    topic_url: str
    callback: str
    secret: str = ""
    lease_s: int = 0

    def form(self) -> bytes:
        """Write it as a hub reads it (§5.1)."""
        fields = {
            "hub.mode": self.mode,
            "hub.topic": self.topic_url,
            "hub.callback": self.callback,
        }
        if self.mode == SUBSCRIBE:
            # Over plain http too, although §5.1 would rather not: a key that was overheard still
            # keeps out everybody who was not listening, and without one the callback is the key.
            fields |= {"hub.secret": self.secret, "hub.lease_seconds": str(self.lease_s)}
        return urlencode(fields).encode()


def candidates(hub_url: str) -> tuple[str, ...]:
    """List the addresses to try for a hub: https first, even where it says http (§8.2).

    A hub on a port of its own is asked only there.
    """
    if hub_url.lower().startswith("http://") and _port(hub_url) is None:
        return (f"https://{hub_url[len('http://') :]}", hub_url)
    return (hub_url,)


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        return None


def can_call_back(public_url: str, hub_url: str) -> bool:
    """Tell whether a hub could ever reach us: a public one knows no `localhost` of ours."""
    return not _is_here(public_url) or _is_here(hub_url)


def _is_here(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_signed(body: bytes, secret: str, header: str | None) -> bool:
    """Tell whether a body was signed with our secret, by `X-Hub-Signature` (§7.1)."""
    method, _, signature = (header or "").strip().partition("=")
    method = method.strip().lower()
    if method not in ALGORITHMS:
        return False
    wanted = hmac.new(secret.encode(), body, method).hexdigest()
    # As bytes, since text that is not ASCII would be an error instead of a difference.
    given = signature.strip().lower().encode("utf-8", "replace")
    return hmac.compare_digest(wanted.encode(), given)


def lease_of(text: str | None, asked_s: int) -> timedelta:
    """Read how long a hub keeps a subscription (§5.3); what can't be read is what we asked for."""
    plain = (text or "").strip()
    if not (plain.isascii() and plain.isdigit()) or len(plain) > 12 or int(plain) == 0:
        return timedelta(seconds=asked_s)
    return min(timedelta(seconds=int(plain)), LONGEST_LEASE)


def renewal_after(lease: timedelta, chance: float) -> timedelta:
    """Choose when to renew: well before the end, and no two subscriptions at once.

    `chance` is from 0 to 1. A lease of minutes ends before it is renewed.
    """
    return max(lease * (_SOONEST + _SPREAD * chance), LEAST_RENEWAL)


def wait_after(failures: int, least: timedelta, most: timedelta, chance: float) -> timedelta:
    """Choose when to ask again after failures in a row: later each time, and never in step."""
    return min(least * 2.0 ** min(failures, 20), most) * (1 + 0.25 * chance)


def chance_of(*said: object) -> float:
    """Draw a number from 0 to 1 that follows from what is said, so that tests and retries agree."""
    digest = blake2b("\0".join(map(str, said)).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 0xFFFFFFFF
