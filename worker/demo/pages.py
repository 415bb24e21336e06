"""The invented publishers' web pages: articles, front pages and the page of what is gone."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from worker.demo.edition import Edition, Item
from worker.demo.newsroom import Format, Newsroom, Publisher

FEED_TYPES = {
    Format.RSS: "application/rss+xml",
    Format.RDF: "application/rdf+xml",
    Format.ATOM: "application/atom+xml",
    Format.JSON: "application/feed+json",
}
_HOME = "Tòa soạn mẫu · The demo newsroom"
_INVENTED = {
    "vi": "Tòa soạn, tác giả và tin tức ở đây đều là hư cấu, viết để chạy thử Tinwire.",
    "en": "This newsroom, its authors and its news are invented, written to try Tinwire out.",
}
_GONE = {
    "vi": ("Bài viết đã được gỡ", "Tòa soạn đã rút bài này và xin lỗi bạn đọc."),
    "en": ("This article was withdrawn", "The publisher took it back and apologises."),
}
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    trim_blocks=False,
    undefined=StrictUndefined,
)


def article_page(publisher: Publisher, item: Item, base_url: str) -> bytes:
    """Write an article's page, with OpenGraph and JSON-LD."""
    local = item.published.astimezone(ZoneInfo(publisher.timezone))
    pattern = "%H:%M, %d/%m/%Y" if publisher.language == "vi" else "%d %b %Y, %H:%M %Z"
    return _write(
        "page.html",
        publisher=publisher,
        item=item,
        base_url=base_url,
        feed_type=FEED_TYPES[publisher.format],
        linked=_linked_data(publisher, item, base_url),
        published=local.strftime(pattern),
        invented=_INVENTED[publisher.language],
    )


def gone_page(publisher: Publisher) -> bytes:
    """Write the page that answers for a withdrawn article."""
    title, description = _GONE[publisher.language]
    return _front(publisher.language, title, description, (), ())


def front_page(edition: Edition) -> bytes:
    """Write a publisher's front page: its feed and its items, newest first."""
    publisher = edition.publisher
    zone = ZoneInfo(publisher.timezone)
    return _front(
        publisher.language,
        publisher.title,
        publisher.description,
        ((publisher.feed_path, FEED_TYPES[publisher.format], publisher.title),),
        tuple((item.path, item.title, _short(item.published, zone)) for item in edition.items),
    )


def index_page(newsroom: Newsroom) -> bytes:
    """Write the origin's own front page: its publishers and their feeds."""
    return _front(
        "vi",
        "Tòa soạn mẫu",
        "Tám tờ báo hư cấu, chạy trên chính máy này, không cần mạng.",
        tuple(
            (item.feed_path, FEED_TYPES[item.format], item.title) for item in newsroom.publishers
        ),
        tuple(
            (f"/{item.name}/", item.title, f"{item.format} · {item.language}")
            for item in newsroom.publishers
        ),
    )


def _front(
    language: str,
    title: str,
    description: str,
    feeds: tuple[tuple[str, str, str], ...],
    links: tuple[tuple[str, str, str], ...],
) -> bytes:
    return _write(
        "front.html",
        language=language,
        title=title,
        description=description,
        feeds=feeds,
        links=links,
        home=_HOME,
        invented=_INVENTED[language],
    )


def _linked_data(publisher: Publisher, item: Item, base_url: str) -> dict[str, Any]:
    linked: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": item.title,
        "description": item.summary,
        "url": base_url + item.path,
        "mainEntityOfPage": base_url + item.path,
        "inLanguage": publisher.language,
        "articleSection": item.category,
        "datePublished": item.published.isoformat(),
        "dateModified": item.updated.isoformat(),
        "author": [{"@type": "Person", "name": author} for author in item.authors],
        "publisher": {"@type": "NewsMediaOrganization", "name": publisher.title},
    }
    if item.picture is not None:
        linked["image"] = {
            "@type": "ImageObject",
            "url": f"{base_url}/images/{item.picture.name}.svg",
            "caption": item.picture.caption,
            "creditText": item.picture.credit,
            "width": 960,
            "height": 540,
        }
    return linked


def _short(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%d/%m %H:%M")


def _write(template: str, **values: Any) -> bytes:
    html: str = _TEMPLATES.get_template(template).render(**values)
    return html.encode()
