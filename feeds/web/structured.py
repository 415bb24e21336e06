"""The names around an article: the way to it and its topics; and for search engines."""

from typing import Any

from config.editorial import Editorial
from feeds.model import Article
from feeds.publish.jsonld import news_article
from feeds.web.front import Front
from feeds.web.messages import CATALOGUE

Trail = tuple[tuple[str, str], ...]


def breadcrumb(article: Article, editorial: Editorial, language: str) -> Trail:
    """List (name, path) from the front page down to the article's section."""
    sections = tuple(
        (node.name(language), f"/section/{node.slug}") for node in editorial.path(article.section)
    )
    return ((CATALOGUE[language]["home"], "/"), *sections)


def json_ld(front: Front, article: Article, trail: Trail) -> dict[str, Any]:
    """Describe an article for search engines; the template escapes it."""
    absolute = [(name, front.base_url + path) for name, path in trail]
    return news_article(article, absolute, front.base_url, front.editorial.site.title)


def topic_names(article: Article, editorial: Editorial, language: str) -> Trail:
    """List (slug, name) of an article's topics, surest first, leaving out what editors dropped."""
    names = {topic.slug: topic.name(language) for topic in editorial.topics}
    return tuple((one.slug, names[one.slug]) for one in article.topics if one.slug in names)
