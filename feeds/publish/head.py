"""What a feed says about itself, from the editors' choices and the settings."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from config.editorial import Editorial, Section, Topic
from config.settings import Settings
from config.site import Site
from feeds.publish.feed_head import WHOLE, FeedHead

ON_FRONT = WHOLE | {"all"}  # feeds of the front page


def page_path(key: str) -> str:
    """Give the path, without a slash before it, of the page that a feed mirrors."""
    return "" if key in ON_FRONT else key


def block_name(site: Site, key: str, language: str) -> str | None:
    """Name the feed of a block (`featured`, `most-read`) as the site's pages do."""
    if key not in WHOLE:
        return None
    kind = key.replace("-", "_")
    blocks = [one for one in (*site.front, *site.blocks) if one.kind == kind]
    return blocks[0].name(language) if blocks else None


def labels_of(editorial: Editorial) -> Mapping[str, str]:
    """Name what articles are filed under; a section comes before a topic of its slug.

    Names are in the site's first language. All who render items must name alike.
    """
    language = editorial.site.languages[0]
    names = {topic.slug: topic.name(language) for topic in editorial.topics}
    return names | {section.slug: section.name(language) for section in editorial.sections}


def head_of(
    editorial: Editorial,
    settings: Settings,
    key: str,
    titles: Mapping[str, str],
    labels: Mapping[str, str] = MappingProxyType({}),
) -> FeedHead:
    """Say what a feed says about itself; `titles` names authors and sources by key.

    `labels` names sections and topics by slug, for items; a head that stands alone needs none.
    """
    site = editorial.site
    language = site.languages[0]
    prefix, _, slug = key.partition("/")
    named: Sequence[Section | Topic] = ()
    if prefix in ("section", "topic"):
        named = editorial.sections if prefix == "section" else editorial.topics
    own = next((one.name(language) for one in named if one.slug == slug), None)
    name = own or titles.get(key) or block_name(site, key, language) or key
    base = settings.public_url
    return FeedHead(
        key=key,
        title=site.title if key == "all" else f"{name} – {site.title}",
        description=site.description if key == "all" else f"{name}. {site.description}",
        page_url=f"{base}/{page_path(key)}",
        base_url=base,
        language=language,
        tag_authority=settings.tag_authority,
        labels=labels,
        hub_urls=settings.hub_urls,
    )
