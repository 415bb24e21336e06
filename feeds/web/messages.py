"""What the site says of itself, in its two languages, and which of them a reader gets."""

from collections.abc import Mapping, Sequence

from feeds.web.conditional import preferences

_VI = {
    "home": "Trang chủ",
    "skip": "Đến nội dung chính",
    "sections": "Chuyên mục",
    "newest": "Mới nhất",
    "featured": "Nổi bật",
    "most_read": "Bài đọc nhiều",
    "feeds": "Nguồn cấp tin",
    "all_feeds": "Mọi nguồn cấp tin",
    "all_articles": "Tất cả bài viết",
    "opml": "Tải danh sách OPML",
    "feeds_intro": "Theo dõi bằng trình đọc tin: mỗi nguồn có ba định dạng với cùng nội dung.",
    "section": "Chuyên mục",
    "topic": "Chủ đề",
    "topics": "Chủ đề",
    "author": "Tác giả",
    "authors": "Tác giả",
    "source": "Nguồn tin",
    "sources": "Nguồn tin",
    "by": "Bài của",
    "published": "Đăng lúc",
    "updated": "Cập nhật",
    "source_link": "Nguồn bài viết",
    "read_at": "Đọc bài gốc tại {source}",
    "via": "Theo",
    "photo": "Ảnh",
    "also": "Cũng đưa tin này",
    "also_sighting": "cùng bài",
    "also_duplicate": "đăng lại",
    "also_story": "cách kể khác",
    "breadcrumb": "Đường dẫn",
    "empty": "Chưa có bài nào ở đây.",
    "embed": "Nhúng danh sách này vào trang của bạn",
    "subscribe": "Theo dõi",
    "gone_title": "Bài viết đã được rút",
    "gone": "Nơi đăng đã rút bài viết này vào {date}, nên bài không còn được hiển thị ở đây.",
    "not_found_title": "Không tìm thấy trang",
    "not_found": "Địa chỉ này không có trang nào. Có thể bài viết đã đổi địa chỉ hoặc bạn gõ nhầm.",
    "wrong_title": "Không trả lời được",
    "wrong": "Trang này hiện không hiển thị được. Mời bạn thử lại sau ít phút.",
    "duplicate": "Bài này trùng với bài của {source}.",
    "language": "Ngôn ngữ",
    "other_language": "English",
    "tagline": "Tin từ nhiều nguồn, mỗi bài một lần",
}
_EN = {
    "home": "Home",
    "skip": "Skip to main content",
    "sections": "Sections",
    "newest": "Newest",
    "featured": "Featured",
    "most_read": "Most read",
    "feeds": "Feeds",
    "all_feeds": "All feeds",
    "all_articles": "All articles",
    "opml": "Download as OPML",
    "feeds_intro": "Follow in a feed reader: every feed comes in three formats that say the same.",
    "section": "Section",
    "topic": "Topic",
    "topics": "Topics",
    "author": "Author",
    "authors": "Authors",
    "source": "Source",
    "sources": "Sources",
    "by": "By",
    "published": "Published",
    "updated": "Updated",
    "source_link": "Source link",
    "read_at": "Read the original at {source}",
    "via": "Via",
    "photo": "Photo",
    "also": "Also reported by",
    "also_sighting": "same article",
    "also_duplicate": "republished",
    "also_story": "told differently",
    "breadcrumb": "Breadcrumb",
    "empty": "There are no articles here yet.",
    "embed": "Embed this list in your own page",
    "subscribe": "Follow",
    "gone_title": "This article was withdrawn",
    "gone": "Its publisher withdrew this article on {date}, so it is no longer shown here.",
    "not_found_title": "Page not found",
    "not_found": "There is no page at this address. It may have moved, or was mistyped.",
    "wrong_title": "No answer",
    "wrong": "This page can't be shown at the moment. Please try again in a few minutes.",
    "duplicate": "This is the same article as the one from {source}.",
    "language": "Language",
    "other_language": "Tiếng Việt",
    "tagline": "News from many sources, each article once",
}
CATALOGUE: Mapping[str, Mapping[str, str]] = {"vi": _VI, "en": _EN}
DEFAULT = "vi"


def choose_language(asked: str | None, accept_language: str | None, site: Sequence[str]) -> str:
    """Choose one of the site's languages: what the address says, else what the browser prefers.

    A browser gets another language than the site's first only if it ranks it above that.
    """
    offered = [language for language in site if language in CATALOGUE] or [DEFAULT]
    if asked in offered:
        return str(asked)
    ranks: dict[str, float] = {}
    for name, quality in preferences(accept_language or ""):
        ranks.setdefault(name.partition("-")[0], quality)
    return max(offered, key=lambda language: ranks.get(language, 0.0))
