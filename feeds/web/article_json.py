"""An article and its blocks as JSON, for partners who draw their own pages."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson

from feeds.model import Article, Image, Teaser, public_id
from feeds.store.articles import Also
from feeds.text.excerpt import excerpt
from feeds.text.html import sanitise
from feeds.web.blocks import Blocks
from feeds.web.dates import rfc3339
from feeds.web.front import Front

EXCERPT = 200


def as_json(
    front: Front, article: Article, lead: Article, also: Sequence[Also], blocks: Blocks
) -> bytes:
    """Write an article; `url` is the publisher's address, `page` and the blocks' `url` are ours."""
    base = front.base_url
    language = front.editorial.site.languages[0]
    path = front.editorial.path(article.section)
    updated = max(article.effective_at, article.revised_at or article.effective_at)
    fields: dict[str, Any] = {
        "id": public_id(article.id),
        "title": article.title,
        "url": article.url,
        "page": _page(base, article.id),
        "canonical": _page(base, lead.id),
        "language": article.language,
        "excerpt": article.excerpt,
        "authors": [
            {"name": one.name, "slug": one.slug, "url": f"{base}/author/{one.slug}"}
            for one in article.authors
        ],
        "section": {"slug": article.section, "breadcrumb": [node.name(language) for node in path]},
        "published": rfc3339(article.effective_at),
        "updated": rfc3339(updated),
        "source": {
            "name": article.source_name,
            "title": article.source_title,
            "url": article.source_url,
        },
        "image": _image(article.image),
        "html": sanitise(article.html, article.url),
        "also_by": [_also(base, one) for one in also],
        "blocks": {
            kind: [teaser_json(base, one) for one in teasers] for kind, teasers in blocks.items()
        },
    }
    return orjson.dumps(fields)


def withdrawn_json(at: datetime | None) -> bytes:
    """Say that an article was withdrawn, and when."""
    return orjson.dumps({"error": "withdrawn", "withdrawn": rfc3339(at) if at else None})


def missing_json() -> bytes:
    """Say that there is no such article."""
    return orjson.dumps({"error": "not found"})


def _page(base: str, number: int) -> str:
    return f"{base}/article/{public_id(number)}"


def teaser_json(base: str, teaser: Teaser) -> dict[str, Any]:
    """Describe an article of a list; `base` is the public web without a slash at the end."""
    return {
        "id": public_id(teaser.id),
        "title": teaser.title,
        "excerpt": excerpt(teaser.excerpt, EXCERPT),
        "url": _page(base, teaser.id),
        "image": _image(teaser.image),
        "published": rfc3339(teaser.effective_at),
        "source": teaser.source_title,
        "why": teaser.why,
    }


def _also(base: str, one: Also) -> dict[str, Any]:
    return {
        "how": one.how,
        "source": one.source_title,
        "title": one.title,
        "url": one.url,
        "page": None if one.article_id is None else _page(base, one.article_id),
    }


def _image(image: Image | None) -> dict[str, Any] | None:
    return None if image is None else asdict(image)
