"""The demo's sources, as an editor would list them in sources.yaml."""

from config.editorial import SourceSpec
from worker.demo.newsroom import load_publishers

EVERY_S = 10  # short, so that a correction and a withdrawal are seen within the first minute


def sources(base_url: str) -> tuple[SourceSpec, ...]:
    """List the demo's publishers as sources on the origin at `base_url` (no slash at its end)."""
    return tuple(
        SourceSpec(
            name=publisher.name,
            title=publisher.title,
            url=base_url + publisher.feed_path,
            home=f"{base_url}/{publisher.name}/",
            section=publisher.section,
            language=publisher.language,
            timezone=publisher.timezone,
            every_s=EVERY_S,
            full_text=False,
        )
        for publisher in load_publishers()
    )
