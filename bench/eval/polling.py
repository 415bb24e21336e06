"""Polling in a simulated week: what adapting brings, and whether hosts are treated well.

The clock is simulated; what decides is the product's own `cadence` and `turns`. A fixed poll is
computed on the same entries, without failures or limits, which flatters it.
"""

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

import numpy as np
import orjson
import typer
from rich.console import Console
from rich.table import Table

from bench.eval.newsweek import DAY_S, HOUR_S, START, WEEK_S, Times, World, build
from feeds.foreign import Rhythm
from feeds.ingest.cadence import (
    BALANCE_S,
    Habit,
    Hints,
    Next,
    after_failure,
    after_refusal,
    after_success,
    learn,
)
from feeds.ingest.turns import Caller, Host, Rule, admit

RULE = Rule()
QUARTER_S = 900.0
_DOCUMENT = 30  # entries that a document holds
_FAILS = 0.01
# The largest hosts refuse for a while on Thursday at noon, all at once, and ask for half an hour.
_REFUSING_HOSTS, _REFUSAL_AT, _REFUSAL_S, _RETRY_AFTER_S = 20, START + 3.5 * DAY_S, 600.0, 1800.0


@dataclass
class _Source:
    number: int
    next_entry: int
    habit: Habit | None = None
    wait_s: float | None = None
    place_at: datetime | None = None
    polls: int = 0


@dataclass
class Log:
    """What a run is judged by; times in epoch seconds."""

    delays: list[float] = field(default_factory=list)
    requests: int = 0
    most_open: int = 0
    least_gap_s: float = WEEK_S
    put_off: int = 0
    starts: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class Result:
    """Figures of one way of polling; delays in minutes from publication to poll."""

    requests: int
    median_min: float
    mean_min: float
    p90_min: float


class Week:
    """One simulated week: sources come due, wait for their hosts, are asked and scheduled."""

    def __init__(self, world: World, seed: int, balance_s: float) -> None:
        self.world, self.balance_s = world, balance_s
        self.chance = random.Random(seed)
        self.log = Log()
        self.hosts = {int(each): Host(str(each)) for each in set(world.host)}
        self.under_way: dict[int, list[float]] = defaultdict(list)
        sizes = Counter(world.host.tolist())
        self.refusing = {number for number, _ in sizes.most_common(_REFUSING_HOSTS)}

    def run(self) -> Log:
        """Let the week pass; sources come up within the first quarter of an hour."""
        world = self.world
        sources = [
            _Source(number, int(np.searchsorted(world.published[number], START)))
            for number in range(world.sources)
        ]
        due = [(START + self.chance.random() * QUARTER_S, one.number) for one in sources]
        heapq.heapify(due)
        while due and due[0][0] < START + WEEK_S:
            at, number = heapq.heappop(due)
            heapq.heappush(due, (self._call(sources[number], at), number))
        return self.log

    def _call(self, one: _Source, at: float) -> float:
        """Ask for a source's turn, and poll it when it comes; gives when it is due again."""
        number = int(self.world.host[one.number])
        open_until = self.under_way[number]
        while open_until and open_until[0] <= at:
            heapq.heappop(open_until)
        now = _moment(at)
        host = replace(self.hosts[number], open=len(open_until))
        caller = Caller(str(one.number), one.place_at, one.wait_s, self.chance.random())
        turns = admit(host, RULE, [caller], now)
        self.hosts[number] = turns.host
        if not turns.go:
            one.place_at = turns.later[caller.name]
            self.log.put_off += 1
            return one.place_at.timestamp()
        self._note(number, at, (now - host.last_at).total_seconds())
        lasts_s = self.world.usual_s[number] * self.chance.lognormvariate(0, 0.7)
        heapq.heappush(open_until, at + lasts_s)
        self.log.most_open = max(self.log.most_open, len(open_until))
        return self._poll(one, number, at + lasts_s)

    def _note(self, number: int, at: float, gap_s: float) -> None:
        self.log.requests += 1
        self.log.starts[number].append(at)
        self.log.least_gap_s = min(self.log.least_gap_s, gap_s)

    def _poll(self, one: _Source, number: int, at: float) -> float:
        now, spread = _moment(at), self.chance.random()
        one.place_at, one.polls = None, one.polls + 1
        if number in self.refusing and _REFUSAL_AT <= at < _REFUSAL_AT + _REFUSAL_S:
            until = now + timedelta(seconds=_RETRY_AFTER_S)
            self.hosts[number] = replace(self.hosts[number], closed_until=until)
            return self._scheduled(one, after_refusal(until, one.wait_s, now, spread))
        if self.chance.random() < _FAILS:
            return self._scheduled(one, after_failure(one.wait_s, now, spread))
        self._read(one, at, now)
        ttl_s = self.world.ttl_s[one.number]
        hints = Hints(rhythm=Rhythm(None if ttl_s is None else int(ttl_s)))
        return self._scheduled(one, after_success(one.habit, hints, now, spread, self.balance_s))

    def _read(self, one: _Source, at: float, now: datetime) -> None:
        """Find what was published since the last poll; a document is read only when it changed."""
        times = self.world.published[one.number]
        end = int(np.searchsorted(times, at, side="right"))
        if end > one.next_entry or one.habit is None:
            held = times[max(end - _DOCUMENT, 0) : end]
            one.habit = learn(one.habit, [_moment(each) for each in held.tolist()], now)
        self.log.delays += (at - times[one.next_entry : end]).tolist()
        one.next_entry = end

    def _scheduled(self, one: _Source, chosen: Next) -> float:
        one.wait_s = chosen.wait_s
        return chosen.at.timestamp()


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def fixed(world: World, every_s: float, seed: int) -> Result:
    """Poll every source at one interval, each at a phase of its own."""
    chance = np.random.default_rng(seed)
    delays = []
    for times in world.published:
        inside = times[times >= START]
        phase = chance.random() * every_s
        delays.append((phase - (inside - START)) % every_s)
    return _result(round(world.sources * WEEK_S / every_s), np.concatenate(delays))


def _result(requests: int, delays: Times) -> Result:
    minutes = np.asarray(delays) / 60
    return Result(
        requests,
        float(np.median(minutes)),
        float(np.mean(minutes)),
        float(np.quantile(minutes, 0.9)),
    )


def bursts(log: Log, hosts: set[int]) -> dict[str, float]:
    """Compare the busiest minute of hosts after they reopened with their busiest of the week.

    Requests of all of them together; the week's leaves out the first hour, when all was new.
    """
    starts = np.sort(np.concatenate([log.starts[number] for number in sorted(hosts)]))
    reopened = _REFUSAL_AT + _RETRY_AFTER_S
    after = (starts >= reopened) & (starts < reopened + 2 * HOUR_S)
    usual = (starts >= START + HOUR_S) & (starts < _REFUSAL_AT)
    return {
        "busiest minute of the days before": _busiest(starts[usual]),
        "busiest minute of the two hours after": _busiest(starts[after]),
    }


def _busiest(starts: Times) -> float:
    return float(np.bincount(((starts - START) // 60).astype(np.int64)).max(initial=0))


def simulate(
    sources: int, hosts: int, seed: int, balance_s: float = BALANCE_S
) -> Mapping[str, object]:
    """Run a week, and give all figures by name."""
    world = build(sources, hosts, seed)
    week = Week(world, seed, balance_s)
    log = week.run()
    same = world.sources * WEEK_S / log.requests
    return {
        "adapting": asdict(_result(log.requests, np.array(log.delays))),
        "fixed, as many requests": asdict(fixed(world, same, seed)),
        "fixed, every 15 minutes": asdict(fixed(world, QUARTER_S, seed)),
        "fixed interval of as many requests, minutes": same / 60,
        "most requests open at one host": log.most_open,
        "least seconds between two starts at one host": log.least_gap_s,
        "put off to the host's queue": log.put_off,
        "after a shared 429": bursts(log, week.refusing),
    }


def main(
    sources: Annotated[int, typer.Option(help="Sources.")] = 10_000,
    hosts: Annotated[int, typer.Option(help="Hosts that they are on.")] = 800,
    seed: Annotated[int, typer.Option(help="Seed of the world and of chance.")] = 1,
    balance: Annotated[
        float, typer.Option(help="Seconds that the product's cadence balances gaps with.")
    ] = BALANCE_S,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Simulate a week of polling against fixed intervals."""
    found = simulate(sources, hosts, seed, balance)
    if as_json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    console = Console(width=110)
    rows = [(name, each) for name, each in found.items() if isinstance(each, dict)]
    console.print(_table(f"{sources} sources on {hosts} hosts, 7 days", rows[:3]))
    for name, each in found.items():
        if not isinstance(each, dict):
            console.print(
                f"{name}: {each:,.2f}" if isinstance(each, float) else f"{name}: {each:,}"
            )
    for name, figure in rows[3][1].items():
        console.print(f"after a shared 429, {name}: {figure:,.0f} requests")


def _table(title: str, rows: Sequence[tuple[str, Mapping[str, float]]]) -> Table:
    table = Table(title=title)
    table.add_column("")
    for name in rows[0][1]:
        table.add_column(name.replace("_", " "), justify="right")
    for name, figures in rows:
        table.add_row(
            name, *(f"{each:,.1f}" if each % 1 else f"{each:,}" for each in figures.values())
        )
    return table
