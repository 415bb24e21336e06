"""schema.org in JSON-LD: what a search engine reads on an article page."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

from feeds.model import Article, Image, public_id


def news_article(
    article: Article, breadcrumb: Sequence[tuple[str, str]], base_url: str, site_title: str
) -> dict[str, Any]:
    """Describe an article and the way to it as NewsArticle and BreadcrumbList.

    `breadcrumb` holds (name, address) from the front page down. Strings are as stored: whoever
    puts this into a script element must escape `<` in the JSON.
    """
    page_url = f"{base_url}/article/{public_id(article.id)}"
    graph = [_article(article, breadcrumb, base_url, page_url, site_title)]
    if breadcrumb:
        graph.append(_breadcrumb(breadcrumb, base_url))
    return {"@context": "https://schema.org", "@graph": graph}


def _article(
    article: Article,
    breadcrumb: Sequence[tuple[str, str]],
    base_url: str,
    page_url: str,
    site_title: str,
) -> dict[str, Any]:
    revised_at = max(article.effective_at, article.revised_at or article.effective_at)
    fields = {
        "@type": "NewsArticle",
        "@id": page_url,
        "mainEntityOfPage": page_url,
        "url": page_url,
        "isBasedOn": article.url,
        "headline": article.title,
        "description": article.excerpt,
        "inLanguage": article.language,
        "datePublished": article.effective_at.isoformat(timespec="seconds"),
        "dateModified": revised_at.isoformat(timespec="seconds"),
        "articleSection": _section_name(article, breadcrumb, base_url),
        "image": _image(article.image) if article.image else None,
        "author": _authors(article, base_url),
        # Who answers for the text is the publisher, not this site, which only lists it.
        "publisher": {"@type": "Organization", "name": article.via_title or article.source_title},
        "isPartOf": {"@type": "WebSite", "name": site_title, "url": f"{base_url}/"},
    }
    return _without_empty(fields)


def _section_name(
    article: Article, breadcrumb: Sequence[tuple[str, str]], base_url: str
) -> str | None:
    address = f"{base_url}/section/{article.section}"
    names = (name for name, url in breadcrumb if urljoin(f"{base_url}/", url) == address)
    return next(names, None)


def _authors(article: Article, base_url: str) -> list[dict[str, str]]:
    return [
        {"@type": "Person", "name": author.name, "url": f"{base_url}/author/{author.slug}"}
        for author in article.authors
        if author.name
    ]


def _image(image: Image) -> dict[str, Any]:
    fields = {
        "@type": "ImageObject",
        "url": image.url,
        "caption": image.caption or image.alt,
        "creditText": image.credit,
        "width": image.width,
        "height": image.height,
    }
    return _without_empty(fields)


def _breadcrumb(breadcrumb: Sequence[tuple[str, str]], base_url: str) -> dict[str, Any]:
    steps = [
        {
            "@type": "ListItem",
            "position": position,
            "name": name,
            "item": urljoin(f"{base_url}/", url),
        }
        for position, (name, url) in enumerate(breadcrumb, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": steps}


def _without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value}
