"""Health: whether this process lives, whether it can accept, and whether work is consumed.

`/healthz` asks nobody. `/readyz` proves that the database answers at this release's tables: then
links can be accepted. Work that nobody consumes does not make ops unready, since whoever takes ops
away then also takes the page that says so; `/readyz?consumption` counts it, for monitors.
"""

from collections.abc import Mapping

from feeds.pipeline.desk import Desk
from feeds.store import migrate
from worker.ops.answers import UNREACHABLE
from worker.status import is_stopped, loads
from worker.words import span

OK = "ok"
UNKNOWN = "unknown"


def readiness(desk: Desk) -> dict[str, str]:
    """Check what accepting and consuming need; each is `ok` or one line that says what is wrong."""
    checks = {"database": "does not answer", "tables": UNKNOWN, "consumption": UNKNOWN}
    try:
        stands = migrate.current(desk.engine)
        checks["database"] = OK
        if stands == migrate.newest():
            checks["tables"] = OK
            checks["consumption"] = _consumption(desk)
        else:
            wanted = migrate.newest()
            checks["tables"] = f"at {stands or 'none'}, not {wanted}: run `tinwire migrate`"
    except UNREACHABLE:
        return checks
    return checks


def is_ready(checks: Mapping[str, str], with_consumption: bool) -> bool:
    """Tell whether all checks that count are passed."""
    counted = ("database", "tables", "consumption") if with_consumption else ("database", "tables")
    return all(checks[name] == OK for name in counted)


def _consumption(desk: Desk) -> str:
    with desk.engine.connect() as connection:
        found = loads(connection, desk.clock())
    for load in found:
        if load.oldest_s is not None and is_stopped(load):
            return f"{load.kind} has been due for {span(load.oldest_s)} and nothing works on it"
    return OK
