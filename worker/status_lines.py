"""A status line by line, for a terminal."""

from collections.abc import Iterator

from worker.status import Status
from worker.words import span, times


def lines(status: Status) -> Iterator[str]:
    """Say a status line by line, for a terminal: the findings first."""
    findings = status.findings()
    if not findings:
        yield "all is well"
    for finding in findings:
        yield f"{finding.level:<9} {finding.what}; {finding.advice}"
    yield from _count_lines(status)
    for load in status.work:
        oldest = "" if load.oldest_s is None else f" ({span(load.oldest_s)})"
        counts = f"{load.running} run, {load.waiting} wait{oldest}, {load.later} later"
        yield f"work      {load.kind} ({load.lane}): {counts}, {load.dead} dead"
    for one in status.reindexes:
        yield (
            f"reindex   {one.id} {one.mode}: {one.state}, {one.done} of {one.total}, "
            f"{one.changed} changed"
        )
    for bad in status.failing:
        yield f"failing   {bad.name}: {bad.status}, {times(bad.failures)}: {bad.error}"
    for letter in status.dead:
        yield f"dead      {letter.kind} {letter.key} tried {times(letter.attempts)}: {letter.error}"


def _count_lines(status: Status) -> Iterator[str]:
    counts = status.articles
    newest = status.newest_article_at
    age = "" if newest is None else f", newest {span((status.at - newest).total_seconds())} ago"
    yield (
        f"articles  {counts.public} public, {counts.withdrawn} withdrawn, {counts.duplicates} "
        f"duplicates, {counts.stories} stories; {counts.last_hour} in the last hour{age}"
    )
    some = status.sources
    yield f"sources   {some.ok} ok, {some.failing} failing, {some.paused} paused"
    if status.pushes:
        active = sum(one.is_active for one in status.pushes)
        yield f"hubs      {active} of {len(status.pushes)} push"
    yield from _told(status)
    if status.partners:
        served, limited = (
            sum(getattr(one, word) for one in status.partners) for word in ("served", "limited")
        )
        asked = f"{served} served and {limited} limited today"
        yield f"partners  {len(status.partners)}, {asked}"
    yield f"feeds     {status.feeds}"
    words = ", ".join(f"{count} {verdict}" for verdict, count in sorted(status.ledger.items()))
    yield f"entries   {words or 'none yet'}"


def _told(status: Status) -> Iterator[str]:
    """Say who is told of our feeds; nothing where nobody is."""
    hub = status.hub
    if hub.subscribers or hub.done:
        done = ", ".join(f"{count} {word}" for word, count in sorted(hub.done.items()))
        yield f"readers   {hub.subscribers} subscribe, {hub.failing} fail; {done or 'none yet'}"
    for one in status.outside_hubs:
        how = f"failed {times(one.failures)}: {one.error}" if one.failures else "told"
        yield f"told      {one.url}: {how}"
