"""Filing by rules: the surest wins, the reason says why, and nothing depends on order of input."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.editorial import Editorial, Rule, Section, Topic, load_editorial
from config.site import Site
from feeds.topics.rules import Filer, compile_rules
from feeds.topics.subject import Subject

REPOSITORY = Path(__file__).parents[3]


def section(slug: str, *rules: Rule, parent: str | None = None) -> Section:
    return Section(slug=slug, names={"vi": slug}, parent=parent, rules=rules)


def editorial(*sections: Section, topics: tuple[Topic, ...] = ()) -> Editorial:
    site = Site(title="t", description="d", blocks=())
    return Editorial(site=site, sections=sections, topics=topics, sources=())


def subject(
    title: str = "",
    excerpt: str = "",
    text: str = "",
    categories: tuple[str, ...] = (),
    url: str = "https://news.example/a-1.html",
    own: str | None = None,
) -> Subject:
    return Subject("wire", own, url, title, excerpt, text, categories)


FILER = compile_rules(
    editorial(
        section("news", Rule(category="Thời sự"), Rule(url="/thoi-su/")),
        section(
            "rights", Rule(category="Nhân quyền"), Rule(keywords=("quyền trẻ em",)), parent="news"
        ),
        section("world", Rule(url="/the-gioi/"), Rule(keywords=("nhà trắng", "điện kremlin"))),
        section("sport", Rule(source="wire", url="/euro/"), Rule(keywords=("bóng đá", "hòa bình"))),
        section("nothing", Rule()),
    )
)

FILED = {
    "a category, compared by match form": (
        subject(categories=("Khác", "NHÂN QUYỀN")),
        "rights",
        "publisher's category 'Nhân quyền'",
    ),
    "a part of the address, in any case": (
        subject(url="https://news.example/The-Gioi/a-1.html"),
        "world",
        "address with /the-gioi/",
    ),
    "phrases in title and excerpt": (
        subject("Nhà Trắng lên tiếng", "Điện Kremlin đáp lại nhà trắng"),
        "world",
        "keywords: nhà trắng, điện kremlin",
    ),
    "a phrase with the tone placed otherwise": (
        subject("Giải chạy vì hoà bình"),
        "sport",
        "keywords: hòa bình",
    ),
    "a category before the address": (
        subject(url="https://news.example/the-gioi/1", categories=("Thời sự",)),
        "news",
        "publisher's category 'Thời sự'",
    ),
    "two conditions before one": (
        subject(url="https://news.example/the-gioi/euro/1", categories=("Thời sự",)),
        "sport",
        "address with /euro/; source wire",
    ),
    "a section inside the one that won": (
        subject("Bảo vệ quyền trẻ em", categories=("Thời sự",)),
        "rights",
        "keywords: quyền trẻ em",
    ),
    "more phrases before the order of the file": (
        subject("Bóng đá vì hòa bình, nhà trắng"),
        "sport",
        "keywords: bóng đá, hòa bình",
    ),
    "the order of the file between equals": (
        subject("Bóng đá ở nhà trắng"),
        "world",
        "keywords: nhà trắng",
    ),
    "the source's own section where no rule matches": (
        subject("Trời đẹp", own="sport"),
        "sport",
        "section of source wire",
    ),
    "a rule before the source's own section": (
        subject("Nhà trắng", own="sport"),
        "world",
        "keywords: nhà trắng",
    ),
    "nothing where nobody knows": (
        subject("Trời đẹp"),
        None,
        "no rule matches, and the source has no section",
    ),
}


@pytest.mark.parametrize(("given", "slug", "why"), FILED.values(), ids=FILED.keys())
def test_an_article_is_filed_by(given: Subject, slug: str | None, why: str) -> None:
    filing = FILER.file(given)
    assert (filing.section, filing.why) == (slug, why)


@pytest.mark.parametrize(
    "title",
    ["Bóng đáy giếng", "Lá bóng đá", "bóng, đá"],
    ids=["longer syllable", "other first word", "mark between"],
)
def test_phrases_match_whole_syllables_only(title: str) -> None:
    expected = None if "đáy" in title else "sport"
    assert FILER.file(subject(title)).section == expected


def test_a_phrase_across_title_and_excerpt_is_none() -> None:
    assert FILER.file(subject("Cái bóng", "đá lạnh")).section is None


def test_a_phrase_in_the_text_alone_files_nothing() -> None:
    assert FILER.file(subject("Trời đẹp", "Nắng", "Nhà trắng " * 50)).section is None


def test_confidence_falls_from_category_to_source_section_to_none() -> None:
    given = (
        subject(categories=("Thời sự",)),
        subject(url="https://n.example/the-gioi/"),
        subject("Nhà trắng"),
        subject(own="sport"),
        subject(),
    )
    confidences = [FILER.file(one).confidence for one in given]
    assert confidences == sorted(confidences, reverse=True)
    assert confidences[0] < 1
    assert confidences[-1] == 0


@given(st.permutations(["Thời sự", "Nhân quyền", "Khác", "Thể thao"]))
def test_the_order_of_categories_changes_nothing(categories: list[str]) -> None:
    assert FILER.file(subject(categories=tuple(categories))).section == "rights"


@pytest.fixture(scope="module")
def shipped() -> Filer:
    return compile_rules(load_editorial(REPOSITORY / "config"))


SHIPPED = {
    "Nhân quyền": "nhan-quyen",
    "Thời sự": "thoi-su",
    "Giáo dục": "giao-duc",
    "Sức khoẻ": "suc-khoe",
    "World news": "the-gioi",
    "Business": "kinh-te",
    "Thể thao": "the-thao",
    "Pháp luật": "phap-luat",
}


@pytest.mark.parametrize(("category", "slug"), SHIPPED.items())
def test_the_shipped_rules_know_publishers_categories(
    shipped: Filer, category: str, slug: str
) -> None:
    assert shipped.file(subject(categories=("Tin mới", category))).section == slug


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://vnexpress.net/the-gioi/bai-1.html", "the-gioi"),
        ("https://www.bbc.com/sport/football/1", "the-thao"),
        ("https://dantri.com.vn/phap-luat/bai-2.htm", "phap-luat"),
        ("https://tuoitre.vn/bai-khong-muc-3.htm", None),
    ],
)
def test_the_shipped_rules_read_addresses(shipped: Filer, url: str, slug: str | None) -> None:
    assert shipped.file(subject(url=url)).section == slug
