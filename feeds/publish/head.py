"""What a feed says about itself, from the editors' choices and the settings."""

from collections.abc import Mapping

from config.editorial import Editorial
from config.settings import Settings
from feeds.publish.document import FeedHead


def head_of(
    editorial: Editorial, settings: Settings, key: str, titles: Mapping[str, str]
) -> FeedHead:
    """Say what a feed says about itself; `titles` names authors and sources by key."""
    site = editorial.site
    language = site.languages[0]
    sections = {one.slug: one.name(language) for one in editorial.sections}
    topics = {one.slug: one.name(language) for one in editorial.topics}
    prefix, _, slug = key.partition("/")
    own = {"section": sections, "topic": topics}.get(prefix, {})
    name = own.get(slug) or titles.get(key) or key
    base = settings.public_url
    return FeedHead(
        key=key,
        title=site.title if key == "all" else f"{name} – {site.title}",
        description=site.description if key == "all" else f"{name}. {site.description}",
        page_url=f"{base}/" if key == "all" else f"{base}/{key}",
        base_url=base,
        language=language,
        tag_authority=settings.tag_authority,
        labels={**topics, **sections},
        hub_urls=settings.hub_urls,
    )
