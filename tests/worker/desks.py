"""What tests of editors' decisions ask of a desk."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import sqlalchemy as sa

from feeds.pipeline.desk import Desk
from feeds.pipeline.run import run

Named = dict[str, str]


def settle(desk: Desk) -> None:
    while run(desk, "relate") + run(desk, "retell") + run(desk, "publish"):
        pass


def rows(desk: Desk, query: str) -> list[tuple[Any, ...]]:
    with desk.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def at_once(*acts: Callable[[], object]) -> None:
    """Have editors act at the same moment."""
    ready = Barrier(len(acts))

    def run_one(act: Callable[[], object]) -> object:
        ready.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(run_one, acts))
