import pytest
from lxml import html

from feeds.ingest.metadata import Metadata, metadata

URL = "https://bao.vn/tin?utm_source=x"


def about(head: str, body: str = "") -> Metadata:
    return metadata(
        html.document_fromstring(f"<html lang='vi'><head>{head}</head>{body}</html>"), URL
    )


LD = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
{"@type": "Organization", "name": "Báo"},
{"@type": ["NewsArticle"], "headline": "Tin &amp; nóng", "author": [{"name": "An"}, "Bình"],
 "datePublished": "2026-10-05T07:00:00+07:00", "dateModified": "2026-10-05T08:00:00+07:00",
 "image": {"@type": "ImageObject", "url": "/1.jpg"}, "articleSection": ["Kinh tế"],
 "articleBody": "dòng
 hai"}]}</script>"""


def test_json_ld_comes_first() -> None:
    page = about(LD + '<meta property="og:title" content="Khác">')
    assert (page.title, page.authors, page.categories) == (
        "Tin & nóng",
        ("An", "Bình"),
        ("Kinh tế",),
    )
    assert page.published == "2026-10-05T07:00:00+07:00"
    assert page.updated == "2026-10-05T08:00:00+07:00"
    assert page.image is not None
    assert page.image.url == "https://bao.vn/1.jpg"
    assert page.body == "dòng  hai"


def test_opengraph_and_plain_meta_follow() -> None:
    page = about(
        """<script type="application/ld+json">{broken</script>
        <meta property="og:title" content="Tin"><meta name="author" content="An">
        <meta property="article:published_time" content="2026-10-05">
        <meta property="og:image" content="//cdn.vn/1.jpg">
        <meta property="article:section" content="K">
        <meta property="article:author" content="https://facebook.com/bao">
        <meta name="description" content="Tóm tắt">"""
    )
    assert (page.title, page.summary, page.authors) == ("Tin", "Tóm tắt", ("An",))
    assert (page.published, page.categories, page.language) == ("2026-10-05", ("K",), "vi")
    assert page.image is not None
    assert page.image.url == "https://cdn.vn/1.jpg"


def test_headings_and_times_are_the_last_resort() -> None:
    page = about(
        "<title>T</title>", "<h1> Tin <b>nóng</b></h1><time datetime='2026-10-05'>hôm nay</time>"
    )
    assert (page.title, page.published) == ("Tin nóng", "2026-10-05")


CANONICAL = [
    ('<link rel="canonical" href="/tin-1">', "https://bao.vn/tin-1"),
    ('<link rel="canonical" href="https://m.bao.vn/tin-1#a">', "https://m.bao.vn/tin-1"),
    ('<meta property="og:url" content="http://www.bao.vn/tin-1">', "http://www.bao.vn/tin-1"),
    ('<link rel="canonical" href="https://other.vn/tin-1">', URL),
    ('<link rel="canonical" href="https://bao.vn/">', URL),
    ('<link rel="canonical" href="javascript:x">', URL),
    ("", URL),
]


@pytest.mark.parametrize(("head", "url"), CANONICAL)
def test_a_page_may_name_its_own_address_but_no_other_sites(head: str, url: str) -> None:
    assert about(head).url == url


ABOVE = [
    ("https://bao.vn/thoi-su/tin-1.html", "https://bao.vn/thoi-su", False),
    ("https://bao.vn/vi/thoi-su/tin", "https://bao.vn/vi/", False),
    ("https://bao.vn/tin/20261005", "https://bao.vn/tin", False),
    ("https://bao.vn/tin/2", "https://bao.vn/tin", True),
    ("https://bao.vn/tin/page-2", "https://bao.vn/tin", True),
    ("https://bao.vn/tin/print", "https://bao.vn/tin", True),
    ("https://bao.vn/tin-1/amp", "https://bao.vn/tin-1", True),
    ("https://bao.vn/thoi-su-1", "https://bao.vn/thoi-su", True),
]


@pytest.mark.parametrize(("url", "named", "is_own"), ABOVE)
def test_a_section_is_no_articles_address(url: str, named: str, is_own: bool) -> None:
    root = html.document_fromstring(f'<head><link rel="canonical" href="{named}"></head>')
    assert metadata(root, url).url == (named if is_own else url)


def test_an_address_on_another_site_is_told_and_not_taken() -> None:
    page = about('<link rel="canonical" href="https://goc.vn/tin">')
    assert (page.canonical, page.url) == ("https://goc.vn/tin", URL)
    assert about("").canonical is None


def ld(written: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {written}}}</script>'


AUTHORS = [
    (ld('"author": {"name": "Báo X"}, "publisher": {"name": "Báo X"}'), "", ()),
    (
        ld('"author": {"name": "Báo X"}, "publisher": {"name": "Báo X"}'),
        "<p class='author-name'>Hồng Vân</p>",
        ("Hồng Vân",),
    ),
    ("<meta name='author' content='TTXVN'>", "<a rel='author'>An Nhi</a>", ("An Nhi",)),
    ("<meta name='author' content='An'>", "<a rel='author'>Bình</a>", ("An",)),
    ("", "<span itemprop='author'>von Anna Blum am 5.10.2026, 13:36</span>", ("Anna Blum",)),
    ("", "<div class='byline'>By Jane Doe | 5 Oct</div>", ("Jane Doe",)),
    ("", "<div class='authority'>Sở Y tế</div>", ()),
]


@pytest.mark.parametrize(("head", "body", "authors"), AUTHORS)
def test_the_first_place_that_names_a_person_names_the_author(
    head: str, body: str, authors: tuple[str, ...]
) -> None:
    assert about(head, f"<body>{body}</body>").authors == authors


TITLES = [
    (
        "<title>Cầu mới mở hôm nay | Báo X</title>",
        "<h1>Cầu mới mở hôm nay</h1>",
        "Cầu mới mở hôm nay",
    ),
    (
        '<meta property="og:title" content="Cầu mới mở hôm nay - Báo X">',
        "<h1>Cầu mới mở hôm nay</h1>",
        "Cầu mới mở hôm nay",
    ),
    (
        '<meta property="og:title" content="Cầu mới mở hôm nay - và cầu cũ">',
        "<h1>Cầu mới</h1>",
        "Cầu mới mở hôm nay - và cầu cũ",
    ),
    ("<title>Chỉ có vậy</title>", "", "Chỉ có vậy"),
]


@pytest.mark.parametrize(("head", "body", "title"), TITLES)
def test_the_sites_name_is_no_part_of_a_title(head: str, body: str, title: str) -> None:
    assert about(head, f"<body>{body}</body>").title == title


DATES = [
    ("<time datetime='2026-10-05T07:00+07:00'>hôm nay</time>", "2026-10-05T07:00+07:00"),
    (
        "<span class='detail-time'>Thứ hai, 05/10/2026, 07:00 (GMT+7)</span>",
        "Thứ hai, 05/10/2026, 07:00 (GMT+7)",
    ),
    ("<p class='date'>05/10/2026 07:00</p>", "05/10/2026 07:00"),
    ("<p class='date'>hôm nay</p>", None),
    ("<div class='post-meta'>October 5, 2026</div>", "2026-10-05"),
]


@pytest.mark.parametrize(("body", "published"), DATES)
def test_a_date_that_only_stands_on_the_page_is_found(body: str, published: str | None) -> None:
    assert about("", f"<body>{body}</body>").published == published


def test_sections_are_the_pages_words_and_the_path_to_it() -> None:
    trail = (
        '<script type="application/ld+json">{"@type": "BreadcrumbList", "itemListElement": ['
        '{"name": "Trang chủ"}, {"item": {"name": "Kinh tế"}}, {"name": "Tin"}]}</script>'
    )
    page = about(ld('"headline": "Tin", "articleSection": "Thời sự"') + trail)
    assert page.categories == ("Thời sự", "Kinh tế")


def test_a_described_picture_brings_caption_and_credit() -> None:
    image = about(ld('"image": [{"url": "/1.jpg", "caption": "Cầu", "creditText": "An"}]')).image
    assert image is not None
    assert (image.caption, image.credit) == ("Cầu", "An")


@pytest.mark.parametrize(
    ("written", "is_free"),
    [
        ('"isAccessibleForFree": false', False),
        ('"isAccessibleForFree": "False"', False),
        ('"isAccessibleForFree": true', True),
        ('"headline": "T"', True),
    ],
)
def test_a_page_says_whether_it_is_free(written: str, is_free: bool) -> None:
    assert about(ld(written)).is_free is is_free


def test_language_and_kind_are_told() -> None:
    page = about('<meta property="og:type" content="article">')
    assert (page.language, page.is_article) == ("vi", True)
    assert not about("").is_article


def test_the_name_of_a_part_of_the_page_is_no_picture() -> None:
    named = '{"@type": "NewsArticle", "image": {"@id": "https://bao.vn/tin#primaryimage"}%s}'
    written = '<script type="application/ld+json">%s</script>'
    page = about(written % named % "" + '<meta property="og:image" content="/1.jpg">')
    assert page.image is not None
    assert page.image.url == "https://bao.vn/1.jpg"


def test_another_articles_data_are_not_this_ones() -> None:
    data = """<script type="application/ld+json">[
        {"@type": "NewsArticle", "url": "/khac", "headline": "Khác", "author": "Bình"},
        {"@type": "NewsArticle", "url": "https://bao.vn/tin", "headline": "Tin", "author": "An"}
        ]</script>"""
    page = about(data)
    assert (page.title, page.authors) == ("Tin", ("An",))


@pytest.mark.parametrize("template", ["0000-00-00T00:00:00", "0001-01-01T00:00:00Z", "sớm"])
def test_a_date_that_cannot_be_meant_hides_none_that_can(template: str) -> None:
    page = about(
        f"""<script type="application/ld+json">{{"@type": "NewsArticle",
        "datePublished": "{template}", "dateModified": "hôm nay"}}</script>
        <meta property="article:published_time" content="2026-10-05T07:00:00+07:00">
        <meta property="article:modified_time" content="2026-10-05T08:00:00+07:00">"""
    )
    assert page.published == "2026-10-05T07:00:00+07:00"
    assert page.updated == "2026-10-05T08:00:00+07:00"


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("Thành phố mở thêm ba trường …", "<h1>Thành phố mở thêm ba trường học</h1>", "học"),
        ("Thành phố mở thêm ba trường...", "<h1>Thành phố mở thêm ba trường học</h1>", "học"),
        ("Thành phố mở thêm ba trường…", "<h1>Thành phố mở thêm ba trường…</h1>", "trường…"),
        ("Rồi thì sao...", "<h1>Rồi thì sao bây giờ</h1>", "sao..."),
    ],
)
def test_a_title_that_was_cut_gives_way_to_the_whole_one(head: str, body: str, title: str) -> None:
    data = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "%s"}</script>'
    assert about(data % head, body).title.endswith(title)


def test_a_placeholder_is_no_picture() -> None:
    head = '<meta property="og:image" content="https://s0.wp.com/i/blank.jpg">'
    assert about(head).image is None


def test_where_a_page_has_a_templates_date_alone_none_is_guessed() -> None:
    head = """<script type="application/ld+json">{"@type": "NewsArticle",
    "datePublished": "0001-01-01T00:00:00Z"}</script>"""
    assert not about(head, "<time datetime='2016-04-05'>Ảnh chụp</time>").published
