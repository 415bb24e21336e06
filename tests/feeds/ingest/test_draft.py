import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import BadEntry
from feeds.ingest.draft import MOST_GUID, draft, entry_guid, entry_hash, plain_guid
from feeds.model import Entry, Image, Source, article_id

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=3)
SOURCE = Source(7, "bao", "Báo", "https://bao.vn/rss", language="vi")
ENTRY = Entry(
    guid="tag:1",
    url="https://bao.vn/tin?utm_source=rss#top",
    title="  Tin\u200b nóng ",
    summary="<p>Tóm tắt</p>",
    content='<p>Nội dung <script>alert(1)</script></p><img src="/a.jpg">',
    authors=("Hồng Vân (Theo TTXVN)",),
    categories=("Kinh  tế", "Kinh tế", ""),
    published=BEFORE,
)


def test_a_draft_is_clean_safe_and_canonical() -> None:
    made = draft(ENTRY, SOURCE, NOW)
    assert made.title == "Tin nóng"
    assert made.url == "https://bao.vn/tin"
    assert made.html == '<p>Nội dung </p><img src="https://bao.vn/a.jpg">'
    assert made.text == "Nội dung"
    assert made.excerpt == "Tóm tắt"
    assert made.authors == ("Hồng Vân",)
    assert made.categories == ("Kinh tế",)
    assert made.image is not None
    assert made.image.url == "https://bao.vn/a.jpg"
    assert made.language == "vi"
    assert (made.claimed_at, made.effective_at, made.updated_at) == (BEFORE, BEFORE, None)


def test_the_canonical_address_identifies_the_article() -> None:
    made = draft(ENTRY, SOURCE, NOW)
    assert made.identity == "bao.vn/tin"
    assert made.id == article_id("bao.vn/tin")
    assert made.guid == "tag:1"


@pytest.mark.parametrize("url", [None, "javascript:alert(1)", "mailto:a@bao.vn", "http://"])
def test_without_a_web_address_source_and_guid_identify_the_article(url: str | None) -> None:
    made = draft(replace(ENTRY, url=url), SOURCE, NOW)
    assert (made.url, made.identity) == ("", "bao tag:1")


def test_a_guid_of_the_caller_replaces_the_entrys() -> None:
    made = draft(replace(ENTRY, url=None), SOURCE, NOW, guid="other")
    assert (made.guid, made.identity) == ("other", "bao other")


def test_a_relative_address_is_resolved_against_the_source() -> None:
    assert draft(replace(ENTRY, url="/tin/2"), SOURCE, NOW).url == "https://bao.vn/tin/2"


CLAIMS = [
    (None, None, NOW),
    (BEFORE, None, BEFORE),
    (None, BEFORE, BEFORE),
    (NOW + timedelta(days=3), None, NOW),
    (datetime(1989, 12, 31, tzinfo=UTC), None, NOW),
    (datetime(1990, 1, 1, tzinfo=UTC), None, datetime(1990, 1, 1, tzinfo=UTC)),
]


@pytest.mark.parametrize(("published", "updated", "effective"), CLAIMS)
def test_absurd_claims_give_way_to_the_time_of_arrival(
    published: datetime | None, updated: datetime | None, effective: datetime
) -> None:
    made = draft(replace(ENTRY, published=published, updated=updated), SOURCE, NOW)
    assert made.effective_at == effective
    assert made.claimed_at == (published or updated)


def test_a_missing_title_is_taken_from_the_text() -> None:
    made = draft(replace(ENTRY, title="", content=f"<p>{'từ ' * 80}</p>"), SOURCE, NOW)
    assert made.title.endswith("từ…")
    assert len(made.title) <= 100


def test_the_entrys_own_picture_comes_before_the_texts() -> None:
    image = Image("//cdn.bao.vn/b.jpg", caption="<i>Chú thích</i>", credit=" Ảnh\n", width=10)
    made = draft(replace(ENTRY, image=image), SOURCE, NOW)
    assert made.image == Image("https://cdn.bao.vn/b.jpg", "Chú thích", "Ảnh", width=10)


def test_a_picture_that_is_not_on_the_web_gives_way_to_the_texts() -> None:
    made = draft(replace(ENTRY, image=Image("data:image/png;base64,AA")), SOURCE, NOW)
    assert made.image is not None
    assert made.image.url == "https://bao.vn/a.jpg"


BROKEN = [
    (replace(ENTRY, title=" ", summary="", content="<img>"), "neither a title nor a text"),
    (replace(ENTRY, guid=None, url="javascript:x"), "neither a web address nor an id"),
    (replace(ENTRY, title="x" * 501), "a title of 501 characters"),
    (replace(ENTRY, url="https://bao.vn/" + "x" * 2000), "an address of 2015 characters"),
    (replace(ENTRY, content="x" * 500_001), "a text of 500001 characters"),
]


@pytest.mark.parametrize(("entry", "reason"), BROKEN)
def test_an_unusable_entry_is_refused_with_its_reason(entry: Entry, reason: str) -> None:
    with pytest.raises(BadEntry, match=reason):
        draft(entry, SOURCE, NOW)


SEEN = [
    lambda: replace(ENTRY, title="Tin khác"),
    lambda: replace(ENTRY, content="<p>Khác</p>"),
    lambda: replace(ENTRY, authors=("An",)),
    lambda: replace(ENTRY, image=Image("https://bao.vn/c.jpg")),
    lambda: replace(ENTRY, categories=("Thể thao",)),
]
UNSEEN = [
    lambda: replace(ENTRY, published=NOW),
    lambda: replace(ENTRY, updated=NOW),
    lambda: replace(ENTRY, title="Tin nóng"),
]


@pytest.mark.parametrize("edit", SEEN)
def test_what_a_reader_sees_changes_the_content_hash(edit: Callable[[], Entry]) -> None:
    assert draft(edit(), SOURCE, NOW).content_hash != draft(ENTRY, SOURCE, NOW).content_hash


@pytest.mark.parametrize("edit", UNSEEN)
def test_what_no_reader_sees_leaves_the_content_hash(edit: Callable[[], Entry]) -> None:
    assert draft(edit(), SOURCE, NOW).content_hash == draft(ENTRY, SOURCE, NOW).content_hash


@pytest.mark.parametrize("edit", [*SEEN, *UNSEEN])
def test_any_change_of_an_entry_changes_its_hash(edit: Callable[[], Entry]) -> None:
    assert entry_hash(edit()) != entry_hash(ENTRY)
    assert len(entry_hash(ENTRY)) == 16


def test_an_id_is_no_part_of_what_an_entry_says() -> None:
    assert entry_hash(replace(ENTRY, guid="tag:2")) == entry_hash(ENTRY)


@pytest.mark.parametrize(
    ("guid", "plain"),
    [
        ("https://www.A.vn/b/", "a.vn/b"),
        ("http://a.vn/?p=1#2", "a.vn/?p=1#2"),
        ("tag:a.vn,2026:B/", "tag:a.vn,2026:B/"),
        ("HTTP://a.vn", "a.vn"),
    ],
)
def test_an_id_that_is_an_address_is_one_with_and_without_https(guid: str, plain: str) -> None:
    assert plain_guid(guid) == plain


def test_text_moved_between_fields_changes_the_hash() -> None:
    one = Entry(guid="a", url=None, title="bc", authors=("x",), categories=("y",))
    assert entry_hash(one) != entry_hash(replace(one, title="b", authors=("cx",)))
    assert entry_hash(one) != entry_hash(replace(one, authors=("x", "y"), categories=()))


def test_an_entry_is_named_by_its_id_its_address_or_what_it_says() -> None:
    nameless = Entry(guid=None, url=None, title="Tin", published=BEFORE)
    assert entry_guid(ENTRY) == "tag:1"
    assert entry_guid(replace(ENTRY, guid=None)) == "bao.vn/tin"
    assert entry_guid(nameless) == entry_guid(replace(nameless, summary="x"))
    assert entry_guid(nameless) != entry_guid(replace(nameless, published=NOW))


def test_an_id_too_long_for_an_index_is_named_by_its_hash() -> None:
    long = replace(ENTRY, guid="x" * (MOST_GUID + 1))
    assert len(entry_guid(long)) == 32
    assert entry_guid(replace(ENTRY, guid="x" * MOST_GUID)) == "x" * MOST_GUID


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_draft_depends_on_nothing_but_its_arguments(title: str, body: str) -> None:
    entry = replace(ENTRY, title=f"x{title}", content=body)
    assert draft(entry, SOURCE, NOW) == draft(entry, SOURCE, NOW)


def test_a_text_whose_marks_stand_apart_is_composed_everywhere() -> None:
    apart = unicodedata.normalize("NFD", "Tiếng Việt")
    made = draft(replace(ENTRY, title=apart, content=f"<p>{apart}</p>"), SOURCE, NOW)
    assert (made.title, made.text, made.html) == ("Tiếng Việt", "Tiếng Việt", "<p>Tiếng Việt</p>")
