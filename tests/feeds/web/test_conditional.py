from datetime import UTC, datetime

import pytest

from feeds.web.conditional import Asked, decide, gzip_tag, http_date, preferences, wants_gzip

TAG = '"abc"'
MODIFIED = datetime(2026, 3, 2, 4, 30, 15, 700_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "is_held"),
    [
        ('"abc"', True),
        ('W/"abc"', True),
        ('"abc-gz"', True),
        ('W/"abc-gz"', True),
        ('"x", W/"y" ,"abc"', True),
        ('"with,comma","abc"', True),
        ("*", True),
        (" * ", True),
        ('"ABC"', False),
        ('"ab"', False),
        ("abc", False),
        ("", False),
        ('"*"', False),
    ],
)
def test_if_none_match_is_compared_weakly_and_in_lists(header: str, is_held: bool) -> None:
    assert decide(Asked(if_none_match=header), TAG, MODIFIED).not_modified is is_held


@pytest.mark.parametrize(
    ("header", "is_held"),
    [
        ("Mon, 02 Mar 2026 04:30:15 GMT", True),
        ("Mon, 02 Mar 2026 05:00:00 GMT", True),
        ("Mon, 02 Mar 2026 04:30:14 GMT", False),
        ("Monday, 02-Mar-26 04:30:15 GMT", True),
        ("Mon, 02 Mar 2026 04:30:15 -0000", True),
        ("yesterday", False),
        ("", False),
        ("Mon, 99 Mar 2026 04:30:15 GMT", False),
    ],
)
def test_if_modified_since_counts_in_whole_seconds(header: str, is_held: bool) -> None:
    assert decide(Asked(if_modified_since=header), TAG, MODIFIED).not_modified is is_held


def test_if_none_match_wins_over_if_modified_since() -> None:
    asked = Asked(if_none_match='"old"', if_modified_since=http_date(MODIFIED))
    assert not decide(asked, TAG, MODIFIED).not_modified


def test_gzip_is_a_representation_with_its_own_tag() -> None:
    plain = decide(Asked(), TAG, MODIFIED)
    zipped = decide(Asked(accept_encoding="gzip"), TAG, MODIFIED)
    assert (plain.etag, plain.zipped) == (TAG, False)
    assert (zipped.etag, zipped.zipped) == ('"abc-gz"', True)


def test_a_304_names_the_representation_that_the_client_holds() -> None:
    asked = Asked(if_none_match=TAG, accept_encoding="gzip")
    assert decide(asked, TAG, MODIFIED).etag == TAG


def test_what_cannot_be_zipped_is_sent_as_it_is() -> None:
    assert not decide(Asked(accept_encoding="gzip"), TAG, None, can_zip=False).zipped


def test_without_a_known_change_if_modified_since_is_no_match() -> None:
    assert not decide(Asked(if_modified_since=http_date(MODIFIED)), TAG, None).not_modified


@pytest.mark.parametrize(
    ("header", "is_wanted"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("br, gzip;q=0.5", True),
        ("x-gzip", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0, *", False),
        ("*;q=0", False),
        ("gzip;q=0.2, identity;q=0.8", False),
        ("identity, gzip;q=1", True),
        ("deflate, br", False),
        ("gzip;q=nonsense", False),
        ("", False),
        (None, False),
    ],
)
def test_gzip_is_sent_only_where_it_is_acceptable(header: str | None, is_wanted: bool) -> None:
    assert wants_gzip(header) is is_wanted


def test_preferences_keep_their_order_and_default_to_one() -> None:
    assert preferences("vi, en;q=0.5, ,fr; q=0") == [("vi", 1.0), ("en", 0.5), ("fr", 0.0)]


def test_dates_are_written_in_utc_whatever_the_locale() -> None:
    assert http_date(MODIFIED) == "Mon, 02 Mar 2026 04:30:15 GMT"
    assert gzip_tag(TAG) == '"abc-gz"'
