"""The hub's side of WebSub, as far as it asks nobody."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.publish.hub import BadRequest, question, read_wish, sign

TOLD = {"hub.mode": "subscribe", "hub.topic": "t", "hub.callback": "c"}
PAIRS = st.lists(st.tuples(st.text("abc", min_size=1), st.text("xyz")), max_size=4)


@given(pairs=PAIRS, challenge=st.text())
def test_a_callbacks_own_query_is_kept(pairs: list[tuple[str, str]], challenge: str) -> None:
    """§5.3: the hub's parameters are added, in any number of the callback's own."""
    own = "&".join(f"{name}={value}" for name, value in pairs)
    callback = f"https://a.example/cb?{own}" if own else "https://a.example/cb"
    asked = question(callback, {"challenge": challenge})
    assert asked.startswith(callback)
    found = parse_qsl(urlsplit(asked).query, keep_blank_values=True)
    assert found == [*pairs, ("hub.challenge", challenge)]


def test_a_signature_is_that_of_rfc_4231() -> None:
    """Its test case 2."""
    assert sign(b"what do ya want for nothing?", "Jefe") == (
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


@given(st.text("0123456789", min_size=1, max_size=400))
def test_every_lease_that_is_given_has_an_end(digits: str) -> None:
    form = {**TOLD, "hub.lease_seconds": digits}
    try:
        lease_s = read_wish(form).lease_s
    except BadRequest:
        assert not digits[:12].strip("0")
    else:
        assert 300 <= lease_s <= 2_592_000


def test_fields_that_nobody_knows_are_ignored() -> None:
    """§5.1: hubs MUST ignore additional request parameters they do not understand."""
    assert read_wish({**TOLD, "hub.verify": "sync"}) == read_wish(TOLD)


def test_a_callback_too_long_to_be_one_is_refused() -> None:
    with pytest.raises(BadRequest, match="2000"):
        read_wish({**TOLD, "hub.callback": "c" * 2001})
