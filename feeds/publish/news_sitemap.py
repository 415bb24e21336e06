"""The Google News sitemap: our pages about the last two days' articles.

After https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap: only
articles of the last two days, at most 1,000 in a file; name, language, date and title on each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lxml.etree import Element, SubElement, tostring

from feeds.model import public_id
from feeds.publish.characters import xml_safe
from feeds.publish.elements import add

SPAN = timedelta(days=2)
MOST = 1000
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


@dataclass(frozen=True, slots=True)
class NewsPage:
    """An article as the sitemap tells it; `language` may be a tag with a region."""

    id: int
    title: str
    language: str
    published: datetime


def render_news_sitemap(publication: str, base_url: str, pages: Iterable[NewsPage]) -> bytes:
    """Write the sitemap; the same pages give the same bytes. Pages beyond the limit are left out.

    `publication` is the site's name, as it stands on its pages.
    """
    root = Element(f"{{{SITEMAP}}}urlset", nsmap={None: SITEMAP, "news": NEWS})  # type: ignore[dict-item]  # the stubs forget the default namespace
    for page in list(pages)[:MOST]:
        if title := xml_safe(page.title).strip():
            url = SubElement(root, f"{{{SITEMAP}}}url")
            add(url, f"{{{SITEMAP}}}loc", f"{base_url}/article/{public_id(page.id)}")
            news = SubElement(url, f"{{{NEWS}}}news")
            about = SubElement(news, f"{{{NEWS}}}publication")
            add(about, f"{{{NEWS}}}name", xml_safe(publication))
            add(about, f"{{{NEWS}}}language", _language(page.language))
            moment = page.published.astimezone(UTC).isoformat(timespec="seconds")
            add(news, f"{{{NEWS}}}publication_date", moment)
            add(news, f"{{{NEWS}}}title", title)
    return tostring(root, encoding="UTF-8", xml_declaration=True)


def _language(tag: str) -> str:
    """Give an ISO 639 code: of regions, only the two kinds of Chinese are known."""
    lower = xml_safe(tag).lower()
    return lower if lower in ("zh-cn", "zh-tw") else lower.partition("-")[0]
