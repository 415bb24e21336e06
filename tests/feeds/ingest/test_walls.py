"""Walls: pages that are no articles are told by what they say, and articles are not."""

import pytest
from lxml import html

from feeds.ingest.metadata import metadata
from feeds.ingest.walls import asks_consent, asks_noindex, evidence, is_front_page, wall

URL = "https://bao.vn/tin"
TEASER = "Thành phố mở thêm ba trường học. " * 5
TEXT = "Thành phố mở thêm ba trường học cho trẻ em ở vùng ngoại ô vào mùa thu. " * 30
ARTICLE = '<meta property="og:type" content="article">'


def judged(head: str, body: str, text: str) -> str | None:
    root = html.document_fromstring(
        f"<html><head>{head}</head><body><p>{text}</p>{body}</body></html>"
    )
    return wall(evidence(root), metadata(root, URL), text)


NOT_FREE = (
    '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":%s}</script>'
)
WALLS = [
    (NOT_FREE % "false", "", TEXT, "not free"),
    (NOT_FREE % '"False"', "", TEXT, "not free"),
    (NOT_FREE % '"https://schema.org/False"', "", TEXT, "not free"),
    (NOT_FREE % '{"@id": "http://schema.org/False"}', "", TEXT, "not free"),
    ('<meta property="article:content_tier" content="locked">', "", TEXT, "not free"),
    (ARTICLE, "<div>Đăng nhập để đọc tiếp</div>", TEASER, "subscribe or log in"),
    (ARTICLE, "<div>Đăng ký gói Premium để đọc toàn bộ bài</div>", TEASER, "subscribe or log in"),
    (ARTICLE, "<p>Bài viết này chỉ dành cho thành viên</p>", TEASER, "subscribe or log in"),
    (ARTICLE, "<p>Subscribe to continue reading.</p>", TEASER, "subscribe or log in"),
    (ARTICLE, "<p>Already a subscriber? Log in</p>", TEASER, "subscribe or log in"),
    (ARTICLE, "<p>Jetzt abonnieren und weiterlesen</p>", TEASER, "subscribe or log in"),
    (ARTICLE, "<p>Cet article est réservé aux abonnés</p>", TEASER, "subscribe or log in"),
    ("<title>Đăng nhập</title>", '<form><input type="password"></form>', "", "a login page"),
    ("<title>Before you continue</title>", "<p>We value your privacy</p>", "", "consent"),
    ("<title>Cookies</title>", "<p>Chấp nhận tất cả cookie</p>", TEASER, "consent"),
    ("", "<p>Nosotros y nuestros socios utilizamos cookies</p>", TEASER, "consent"),
    ("", "<p>Noi e i nostri 842 partner archiviamo informazioni</p>", TEASER, "consent"),
    ("", "<p>Wij en onze partners slaan informatie op</p>", TEASER, "consent"),
    ("", "<p>My i nasi partnerzy przechowujemy informacje</p>", TEASER, "consent"),
    ("", "<p>Nós e os nossos parceiros armazenamos informações</p>", TEASER, "consent"),
    ("", "<p>Мы и наши партнёры используем файлы cookie</p>", TEASER, "consent"),
    ("", "<p>We and our 842 technology partners store data</p>", TEASER, "consent"),
    (ARTICLE, "<p>Il vous reste 85% de cet article à lire.</p>", TEASER, "subscribe or log in"),
    (ARTICLE, "<p>Diesen Artikel weiterlesen mit Plus</p>", TEASER, "subscribe or log in"),
    (ARTICLE, "<p>Contenuto riservato agli abbonati</p>", TEASER, "subscribe or log in"),
    (ARTICLE, "<p>Artykuł tylko dla prenumeratorów</p>", TEASER, "subscribe or log in"),
    (
        ARTICLE,
        "<p>Continue reading your article with a WSJ subscription</p>",
        TEASER,
        "subscribe or log in",
    ),
    ("<title>Attention Required!</title>", "<p>Sorry, you have been blocked</p>", "", "robots"),
    ("", "<p>Please enable JS and disable any ad blocker</p>", "", "a check for robots"),
    ("<title>Access to this page has been denied</title>", "", TEASER, "a check for robots"),
    ("<title>Lỗi 404</title>", "", TEASER, "nothing under this address"),
    ("<title>Sorry, this page isn't available.</title>", "", "", "nothing under this address"),
    ('<meta http-equiv="refresh" content="0; url=/tin-2">', "", "", "only leads to '/tin-2'"),
    ("<meta http-equiv=REFRESH content=\"5;URL='/b'\">", "", TEASER, "only leads to '/b'"),
    ("<title>Just a moment...</title>", "", "", "a check for robots"),
    ("<title>x</title>", "<p>Verify you are human</p>", "", "a check for robots"),
    ("<title>404 Not Found</title>", "", "", "nothing under this address"),
    ("<title>Báo X</title>", "<h1>Trang bạn tìm không tồn tại</h1>", TEASER, "nothing under this"),
    ("<title>Bài viết đã bị xóa | Báo X</title>", "", TEASER, "nothing under this address"),
    ("<title>Page not found - News</title>", "", TEASER, "nothing under this address"),
    ("<title>Seite nicht gefunden</title>", "", "", "nothing under this address"),
]


@pytest.mark.parametrize(("head", "body", "text", "why"), WALLS)
def test_walls_are_told_with_a_reason(head: str, body: str, text: str, why: str) -> None:
    assert why in (judged(head, body, text) or "")


ARTICLES = [
    (NOT_FREE % "true", "", TEXT),
    ('<meta property="article:content_tier" content="metered">', "", TEXT),
    (ARTICLE, "<div>Đăng nhập để đọc tiếp</div>", TEXT),
    (ARTICLE, "<p>Subscribe to continue reading.</p>", TEXT),
    (ARTICLE, "<div>We value your privacy. Accept all cookies</div>", TEASER),
    (ARTICLE, "<script>var t = 'Subscribe to continue reading'</script>", TEASER),
    ("<title>Bộ phim 404 ra rạp</title>", "", TEASER),
    ('<meta http-equiv="refresh" content="0; url=/tin-2">', "", TEXT),
    ('<meta http-equiv="refresh" content="300; url=/">', "", TEASER),
    ('<meta http-equiv="refresh" content="5">', "", TEASER),
    ('<meta http-equiv="refresh" content="0 ; ">', "", TEASER),
    (f'<meta http-equiv="refresh" content="5; url={URL}">', "", TEASER),
    (f'<meta http-equiv="refresh" content="0{" " * 50_000}\'">', "", TEASER),  # it took minutes
    ("<title>Police: unusual activity at the harbour</title>", "", TEASER),
    (ARTICLE, "<p>Nosotros y nuestros socios utilizamos cookies</p>", TEASER),
    ("<title>Không tìm thấy máy bay mất tích</title>", "", TEASER),
    ("<title>Ba bài học khi đăng ký học</title>", '<input type="text">', TEASER),
]


@pytest.mark.parametrize(("head", "body", "text"), ARTICLES)
def test_articles_that_speak_of_walls_are_articles(head: str, body: str, text: str) -> None:
    assert judged(head, body, text) is None


def test_a_host_that_only_asks_for_consent_has_no_articles_at_any_length() -> None:
    assert asks_consent("https://consent.yahoo.com/v2/collectConsent?sessionId=1")
    assert asks_consent("https://consent.google.com/ml?continue=https://news.google.com/")
    assert asks_consent("https://bao.vn/consent/the-nao-la-dong-y") is None


NOINDEX = [
    ('<meta name="robots" content="noindex, nofollow">', "", True),
    ('<meta name="ROBOTS" content="NONE">', "", True),
    ('<meta name="tinwire" content="noindex">', "", True),
    ('<meta name="robots" content="noindex;nofollow">', "", True),
    ('<meta name="robots" content="nofollow noindex">', "", True),
    ('<meta name="robots" content="index, max-image-preview: none">', "", False),
    ("", "noindex; nofollow", True),
    ("", "googlebot: nofollow noindex", False),
    ('<meta name="googlebot" content="noindex">', "", False),
    ('<meta name="robots" content="index, max-snippet:-1">', "", False),
    ("", "noindex", True),
    ("", "nofollow, NOINDEX", True),
    ("", "googlebot: noindex, nofollow", False),
    ("", "googlebot: nofollow, tinwire: noindex", True),
    ("", "max-snippet: 5, noindex", True),
    ("", "unavailable_after: 25 Jun 2030 15:00:00 PST", False),
    ("", "", False),
]


@pytest.mark.parametrize(("head", "header", "asks"), NOINDEX)
def test_a_page_asks_not_to_be_indexed_by_element_or_header(
    head: str, header: str, asks: bool
) -> None:
    root = html.document_fromstring(f"<html><head>{head}</head><body>x</body></html>")
    assert asks_noindex(root, {"x-robots-tag": header} if header else {}) is asks


@pytest.mark.parametrize(
    ("asked", "got", "is_front"),
    [
        ("https://bao.vn/tin-1", "https://www.bao.vn/", True),
        ("https://bao.vn/tin-1", "https://bao.vn/tin-1/", False),
        ("https://bao.vn/", "https://bao.vn/", False),
        ("https://bao.vn/tin-1", "https://khac.vn/", False),
    ],
)
def test_a_redirect_to_the_front_page_is_told(asked: str, got: str, is_front: bool) -> None:
    assert is_front_page(asked, got) is is_front
