"""Pages in the markup of Vietnamese papers, written by us: all that a reader needs comes out.

No such page is in the public data sets. The markup follows what the papers' templates do; the
words are ours.
"""

import pytest

from bench.adapters import extract

TEXT = (
    "Thành phố vừa khánh thành cây cầu mới nối hai bờ sông sau ba năm thi công, giúp người dân đi "
    "lại thuận tiện hơn trong mùa mưa bão."
)
LINES = [f"Đoạn {n}. {TEXT}" for n in range(6)]


def paragraphs(first: int, last: int, name: str = "") -> str:
    """Write some of the lines as paragraphs."""
    return "".join(f'<p class="{name}">{line}</p>' for line in LINES[first:last])


LEAD_IN_FIGURE = f"""<html lang="vi"><head><title>Cầu mới nối hai bờ - Báo Bến Đò</title>
<meta name="author" content="Báo Bến Đò"><meta property="og:site_name" content="Báo Bến Đò">
<meta property="og:title" content="Cầu mới nối hai bờ - Báo Bến Đò">
<meta property="og:description" content="Cây cầu giúp người dân đi lại.">
<meta property="og:image" content="https://i.bendo.vn/cau-17_1200x0.jpg">
<meta itemprop="datePublished" content="2026-10-05T07:00:00+07:00"></head>
<body><header class="top-header"><a>Báo Bến Đò</a></header><section class="page-detail">
<ul class="breadcrumb"><li><a href="/thoi-su">Thời sự</a></li></ul>
<span class="date">Thứ hai, 5/10/2026, 07:00 (GMT+7)</span>
<h1 class="title-detail">Cầu mới nối hai bờ</h1>
<p class="description">Cây cầu giúp người dân đi lại.</p><article class="fck_detail">
{paragraphs(0, 3, "Normal")}<figure class="tplCaption"><div class="fig-picture"><picture>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACH5" data-src="https://i.bendo.vn/cau-17.jpg"></picture>
</div><figcaption>
<p class="Image">Cầu nhìn từ trên cao. Ảnh: <em>Gia Chính</em></p></figcaption></figure>
{paragraphs(3, 6, "Normal")}<p class="Normal" style="text-align:right;">
<strong>Gia Chính</strong></p>
<ul class="list-news"><li><a href="/b">Bài khác về giao thông thành phố</a></li></ul></article>
<div class="social-share">Chia sẻ</div><div id="box_comment"><h3>Ý kiến</h3>
<p>Hay quá bà con ạ, cây cầu đẹp và tiện lợi quá.</p></div></section></body></html>"""

BOXES_IN_THE_TEXT = f"""<html lang="vi"><head><title>Cầu mới nối hai bờ - Bến Đò Online</title>
<script type="application/ld+json">{{"@type":"NewsArticle","headline":"Cầu mới nối hai bờ",
"datePublished":"2026-10-05T07:00:00+07:00","image":{{"url":"https://i.bendo.vn/cau-17.jpg"}},
"author":{{"@type":"Person","name":"GIA CHÍNH"}},
"publisher":{{"name":"Báo Bến Đò"}}}}</script></head>
<body><h1 class="article-title">Cầu mới nối hai bờ</h1>
<div class="author-info"><a>GIA CHÍNH</a></div>
<h2 class="detail-sapo">Cây cầu giúp người dân đi lại.</h2>
<meta name="description" content="Cây cầu giúp người dân đi lại.">
<div class="detail-content" itemprop="articleBody">{paragraphs(0, 3)}
<div class="VCSortableInPreviewMode" type="Photo"><div>
<img data-original="https://i.bendo.vn/cau-17.jpg" src="https://i.bendo.vn/thumb/cau-17.jpg"></div>
<div class="PhotoCMS_Caption"><p>Cầu nhìn từ trên cao - Ảnh: Gia Chính</p></div></div>
<div class="VCSortableInPreviewMode" type="RelatedOneNews"><a href="/c"><img src="/t.jpg"></a>
<a class="RelatedNewsItemTitle" href="/c">Một bài liên quan của báo về cây cầu</a></div>
{paragraphs(3, 6)}<p>>> Xem thêm: <a href="/d">Bài khác về giao thông</a></p></div>
<div class="related"><h3>Tin cùng chuyên mục</h3><p>Một chuyện khác hẳn xảy ra ở nơi khác.</p></div>
</body></html>"""

LINES_AND_TABLES = f"""<html><head><title>Cầu mới nối hai bờ</title></head><body>
<div id="menu"><a href="/">Trang chủ</a></div><div class="news-detail">
<div class="title">Cầu mới nối hai bờ</div><div class="date">05/10/2026 - 07:00</div>
<div class="content-detail">{"<br><br>".join(LINES[:3])}<br><br>
<table class="image"><tr><td><img src="https://i.bendo.vn/cau-17.jpg" width="500"></td></tr>
<tr><td>Cầu nhìn từ trên cao. Ảnh: Gia Chính</td></tr></table>{"<br><br>".join(LINES[3:])}<br><br>
<div style="text-align: right;"><strong>Bài, ảnh: GIA CHÍNH</strong></div></div>
<div class="source">Source link</div></div></body></html>"""

PAGES = [LEAD_IN_FIGURE, BOXES_IN_THE_TEXT, LINES_AND_TABLES]


@pytest.mark.parametrize("page", PAGES, ids=["figure", "boxes", "tables"])
def test_a_page_gives_text_author_date_picture_and_caption(page: str) -> None:
    found = extract(page, "https://bendo.vn/cau-moi-17.html")
    assert found["title"] == "Cầu mới nối hai bờ"
    assert found["text"].split("\n") == LINES
    assert found["authors"] == ["Gia Chính"]
    assert (found["published"] or "")[:10] == "2026-10-05"
    assert (found["image"] or "").startswith("https://i.bendo.vn/cau-17")
    assert (found["caption"].rstrip("."), found["credit"]) == ("Cầu nhìn từ trên cao", "Gia Chính")
    assert found["html"].count("<img") == 1
    before = found["html"].partition("<figure>")[0]
    assert before.count("Đoạn") == 3, "the picture stands where it stood"
    assert found["wall"] is None
