from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.ingest.dates import read_date

HANOI = "Asia/Ho_Chi_Minh"

READABLE = [
    ("Sat, 27 Jan 2024 14:15:00 +0700", "2024-01-27T07:15:00Z"),
    ("Sat, 27 Jan 24 14:15:00 +0700", "2024-01-27T07:15:00Z"),
    ("Mon, 05 Oct 2026 11:07:00 +07", "2026-10-05T04:07:00Z"),
    ("Mon, 05 Oct 2026 11:07:00 GMT+7", "2026-10-05T04:07:00Z"),
    ("Thu, 01 Jan 2004 19:48:21 +0700 (ICT)", "2004-01-01T12:48:21Z"),
    ("Thu, 01 Jan 2004 19:48:21 EST", "2004-01-02T00:48:21Z"),
    ("1 Jan 70 00:00 Z", "1970-01-01T00:00:00Z"),
    ("Tue, 2 Sept 2004 10:00 PM EST", "2004-09-03T03:00:00Z"),
    ("Thu, 31 Dec 2016 23:59:60 GMT", "2016-12-31T23:59:59Z"),
    ("10/2/2026 9:25:00 AM", "2026-10-02T02:25:00Z"),
    ("10/2/2026 12:05:00 AM", "2026-10-01T17:05:00Z"),
    ("2/10/2026 21:25", "2026-10-02T14:25:00Z"),
    ("2/13/2026 21:25", "2026-02-13T14:25:00Z"),
    ("Thứ Bảy, 27/01/2024, 14:15 (GMT+7)", "2024-01-27T07:15:00Z"),
    ("Thứ Sáu, ngày 05/10/2026 13:36 PM (GMT+7)", "2026-10-05T06:36:00Z"),
    ("05-10-2026 - 00:36 AM", "2026-10-04T17:36:00Z"),
    ("05/10/2026 9:25:00 SA", "2026-10-05T02:25:00Z"),
    ("05/10/2026 9:25:00 CH", "2026-10-05T14:25:00Z"),
    ("13:36 05/10/2026", "2026-10-05T06:36:00Z"),
    ("Thứ hai, 13:36' ngày 5-10-2026 (GMT+7)", "2026-10-05T06:36:00Z"),
    ("Thứ hai, 05 Oct 2026 11:07:00 +0700", "2026-10-05T04:07:00Z"),
    ("Mon,05 Oct 2026 11:07:00 +0700", "2026-10-05T04:07:00Z"),
    ("2026-10-05T11:07:00+07:00[Asia/Ho_Chi_Minh]", "2026-10-05T04:07:00Z"),
    ("2026-5-3T23:57:00+07:00", "2026-05-03T16:57:00Z"),
    ("27/01/2024 24:00", "2024-01-27T17:00:00Z"),
    ("2024-01-27T14:15:00+07:00", "2024-01-27T07:15:00Z"),
    ("2024-01-27 14:15:00.123", "2024-01-27T07:15:00Z"),
    ("2024-01-27T14:15Z", "2024-01-27T14:15:00Z"),
    ("2024-01-27", "2024-01-26T17:00:00Z"),
    ("20240127", "2024-01-26T17:00:00Z"),
    ("2024", "2023-12-31T17:00:00Z"),
    ("2024/01/27 14:15", "2024-01-27T07:15:00Z"),
    ("January 27, 2024", "2024-01-26T17:00:00Z"),
    ("Sun Jan  4 16:29:06 PDT 2004", "2004-01-04T23:29:06Z"),
    ("Thu Jan 01 2004 19:48:21 GMT", "2004-01-01T19:48:21Z"),
]

UNREADABLE = [
    None,
    "",
    "yesterday",
    "2024-02-30",
    "Sat, 27 Foo 2024 14:15:00 GMT",
    "Sat, 27 Jan 2024 14:15:00 XYZ",
    "31/31/2024",
    "25:00 27/01/2024",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00+07:00",
    "2024-01-27T14:15:00+99:00",
    "1" * 5000,
]


@pytest.mark.parametrize(("text", "moment"), READABLE)
def test_a_date_is_read_into_utc(text: str, moment: str) -> None:
    assert read_date(text, HANOI) == datetime.fromisoformat(moment)


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_fits_no_form_is_no_date(text: str | None) -> None:
    assert read_date(text, HANOI) is None


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = read_date(text)
    assert found is None or found.tzinfo is UTC


@given(st.integers(0, 3_000_000_000))
def test_every_moment_survives_rfc_822_and_iso_8601(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert read_date(moment.isoformat()) == moment
    assert read_date(format_datetime(moment)) == moment
    assert read_date(format_datetime(moment, usegmt=True)) == moment
