"""How `make check` shares the tests out between two processes (pytest-xdist).

The tests of a file stay together, for what they share. Those that start whole workers stay together
too, one after the other, and begin: they take longest, and would stand in each other's way.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

_WORKERS = ("tests/integration/", "tests/end_to_end/")


class _ByFile(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file: str = nodeid.partition("::")[0]
        return "workers" if file.startswith(_WORKERS) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _ByFile:
    """Share out by file, in the order in which the tests were found."""
    config.option.loadscopereorder = False
    return _ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest; all else stays in the random order."""
    if hasattr(config, "workerinput"):
        items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    if item.nodeid.startswith(_WORKERS):
        return 0
    return 1 if item.get_closest_marker("browser") else 2
