"""What every step is handed: the store, the editors' choices, the settings and the time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import sqlalchemy as sa

from config.editorial import Editorial
from config.settings import Settings
from feeds.clock import Clock, utc_now
from feeds.pipeline.neighbours import Neighbours
from feeds.pipeline.shelf import Shelf
from feeds.publish.head import labels_of
from feeds.related.statistics import Statistics
from feeds.store.work import Debounce
from feeds.topics.rules import Filer, compile_rules


@dataclass(frozen=True)
class Desk:
    """The resources of one process; made once and passed down."""

    engine: sa.Engine
    editorial: Editorial
    settings: Settings
    clock: Clock = utc_now

    @cached_property
    def filer(self) -> Filer:
        """Compile the editors' rules."""
        return compile_rules(self.editorial)

    @cached_property
    def shelf(self) -> Shelf:
        """Hold the learned model that filing uses."""
        return Shelf()

    @cached_property
    def ancestors(self) -> Mapping[str, Sequence[str]]:
        """Map each section to itself and the sections above it."""
        return {
            section.slug: tuple(node.slug for node in self.editorial.path(section.slug))
            for section in self.editorial.sections
        }

    @cached_property
    def descendants(self) -> Mapping[str, Sequence[str]]:
        """Map each section to itself and the sections below it."""
        return {
            slug: tuple(one for one, path in self.ancestors.items() if slug in path)
            for slug in self.ancestors
        }

    @cached_property
    def topic_names(self) -> Mapping[str, str]:
        """Name each topic in the site's first language."""
        language = self.editorial.site.languages[0]
        return {topic.slug: topic.name(language) for topic in self.editorial.topics}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Name what articles are filed under."""
        return labels_of(self.editorial)

    @cached_property
    def fitted(self) -> dict[int, Statistics]:
        """Keep the statistics that were read, by version."""
        return {}

    @cached_property
    def neighbours(self) -> Neighbours:
        """Hold the stored articles' vectors."""
        return Neighbours(self.settings.embedder)

    @property
    def debounce(self) -> Debounce:
        """How long a touched feed waits before it is rebuilt."""
        return Debounce(
            timedelta(seconds=self.settings.publish_quiet_s),
            timedelta(seconds=self.settings.publish_max_s),
        )
