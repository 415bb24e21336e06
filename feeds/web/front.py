"""What every answer is made from: the store, the editors' choices, the settings and the time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa
from starlette.requests import Request

from config.editorial import Editorial, Section
from config.settings import Settings
from feeds.clock import Clock
from feeds.publish.head import labels_of
from feeds.store import migrate
from feeds.web.assets import Assets
from feeds.web.messages import choose_language
from feeds.web.readers import deployment_key


@dataclass(frozen=True)
class Front:
    """The resources of one web process; made once, and found by requests as `app.state.front`."""

    engine: sa.Engine
    editorial: Editorial
    settings: Settings
    clock: Clock
    assets: Assets

    @property
    def base_url(self) -> str:
        """Give the address of the public web, without a slash at the end."""
        return self.settings.public_url

    def reading(self) -> sa.Connection:
        """Open a connection for questions: without a transaction, each costs one round trip."""
        return self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def language(self, request: Request) -> str:
        """Choose the language in which the site speaks to a reader."""
        asked = request.query_params.get("lang")
        accepted = request.headers.get("accept-language")
        return choose_language(asked, accepted, self.editorial.site.languages)

    @cached_property
    def descendants(self) -> Mapping[str, Sequence[str]]:
        """Map each section to itself and the sections below it."""
        paths = {
            section.slug: [node.slug for node in self.editorial.path(section.slug)]
            for section in self.editorial.sections
        }
        return {slug: tuple(one for one, path in paths.items() if slug in path) for slug in paths}

    @cached_property
    def roots(self) -> tuple[Section, ...]:
        """List the sections at the top, in the editors' order."""
        return tuple(section for section in self.editorial.sections if section.parent is None)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Name what articles are filed under."""
        return labels_of(self.editorial)

    def children(self, slug: str) -> tuple[Section, ...]:
        """List the sections right below one."""
        return tuple(section for section in self.editorial.sections if section.parent == slug)

    @cached_property
    def newest_revision(self) -> str:
        """Name the revision at which the database must stand."""
        return migrate.newest()

    @cached_property
    def reader_key(self) -> bytes:
        """Give the key under which readers are named."""
        return deployment_key(self.settings.data_dir)


def front_of(request: Request) -> Front:
    """Find the front that a request came in by."""
    front: Front = request.app.state.front
    return front
