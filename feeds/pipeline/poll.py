"""Poll: fetch the due sources together, and ingest what is new in one transaction.

Nothing of a fetch is stored before its entries are: a process that is killed in between leaves the
old validators, and the source is polled again when the lease ends. A source that answers slowly is
left to the line, and stored by itself when it is through, under the lease that it has.
"""

import contextlib
import ctypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
import structlog

from feeds.errors import Raced, TinwireError
from feeds.ingest.addresses import is_inner
from feeds.pipeline import queues
from feeds.pipeline.answers import (
    SIGHTINGS_OF_A_MOVE,
    Fetched,
    learnt,
    once_more,
    request_of,
    scheduled,
    understand,
)
from feeds.pipeline.desk import Desk
from feeds.pipeline.fetching import UNASKED, line
from feeds.pipeline.follow import Told, follow
from feeds.pipeline.full_text import with_full_text
from feeds.pipeline.held import hold
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.kinds import read_source
from feeds.pipeline.request_batch import Answers, Timed
from feeds.pipeline.sent import Sent
from feeds.pipeline.take_in import doubt, take_in
from feeds.pipeline.turnstile import Turnstile
from feeds.store import kinds, polling, work
from feeds.store.fetches import Counts
from feeds.store.polling import NO_COUNTS, Polled

log = structlog.get_logger()

RACES = 3
MOST_ENTRIES, MOST_BYTES = 1000, 8 * 2**20
# A healthy server answers in far less; who takes longer is waited for beside the next batch.
PATIENCE_S = 2.0
_LARGE = 2**20


def poll(desk: Desk, claimed: work.Claim) -> "Polls":
    """Let the claimed sources through to their hosts; what is left asks them."""
    return Polls(desk, claimed, _due(desk, claimed))


class Polls:
    """A batch of sources to ask."""

    def __init__(self, desk: Desk, claimed: work.Claim, due: Sequence[Polled]) -> None:
        self._intake = _Intake(desk, claimed, due)
        self._sent: Sent | None = None

    @property
    def bears_next(self) -> bool:
        """Tell whether none wants whole texts: these wait for hosts that other batches hold."""
        return not any(one.source.full_text for one in self._intake.due)

    def start(self, tell: Callable[[], None]) -> None:
        """Send the requests."""
        into = self._intake
        requests = [request_of(one) for one in into.due]
        late = partial(_late, into.desk, into.claimed, into.due)
        gate = Turnstile(into.desk, into.claimed.token)
        self._sent = line(into.desk).send(requests, PATIENCE_S, late, gate, tell=tell)

    def take(self) -> int | None:
        """Take in what was answered; once that is all, tells how many were asked."""
        assert self._sent is not None
        try:
            some = self._sent.take()
            if some is None:
                self._intake.end()
                return len(self._intake.due)
            self._intake.add(some)
        except BaseException:
            self.abandon()
            raise
        # At once, not when this batch's next answers come: others may wait to hold large bodies.
        self._sent.give_back()
        return None

    def abandon(self) -> None:
        """Hold nothing any more of what was sent."""
        if self._sent is not None:
            self._sent.abandon()


class _Intake:
    """Stores what the sources of a batch answer, in a few transactions."""

    def __init__(self, desk: Desk, claimed: work.Claim, due: Sequence[Polled]) -> None:
        self.desk, self.claimed, self.due = desk, claimed, due
        self._quiet: list[Fetched] = []
        self._portion: list[Fetched] = []

    def add(self, answers: Answers) -> None:
        """Read answers, by the number of who was asked, and store them once they are enough."""
        self._postpone([number for number, each in answers.items() if each.answer is UNASKED])
        for number, each in answers.items():
            if each.answer is UNASKED:
                continue
            one = _understood(self.desk, self.claimed, self.due[number], each)
            (self._quiet if one.document is None else self._portion).append(one)
            if _is_full(self._portion):
                _settle(self.desk, self.claimed, self._portion)
                self._portion = []
        if 2 * (len(self._quiet) + len(self._portion)) > len(self.due):  # the others are slow
            self.end()

    def _postpone(self, numbers: Sequence[int]) -> None:
        """Ask those soon whom nobody has asked yet: it says nothing about their servers."""
        at = self.desk.clock() + timedelta(seconds=UNASKED.wait_s)
        if numbers:
            names = (self.due[number].source.name for number in numbers)
            with self.desk.engine.begin() as connection:
                work.postpone(connection, self.claimed, dict.fromkeys(names, at))

    def end(self) -> None:
        """Store all that is left; what brought no document costs a statement or two together."""
        for some in (self._quiet, self._portion):
            _settle(self.desk, self.claimed, some)
        self._quiet, self._portion = [], []


def _understood(desk: Desk, claimed: work.Claim, one: Polled, timed: Timed) -> Fetched:
    """Read an answer, and what it leads to."""
    read = partial(read_source, desk, Turnstile(desk, claimed.token))
    understood = understand(one, timed.answer, desk.clock, timed.ms, read)
    if understood.record.size > _LARGE:
        _give_back_memory()
    return understood


def _give_back_memory() -> None:
    """Return what a large document's tree took: glibc keeps it for the thread that freed it."""
    with contextlib.suppress(AttributeError):  # other C libraries have no such call
        ctypes.CDLL(None).malloc_trim(0)


def _is_full(portion: Sequence[Fetched]) -> bool:
    """Tell whether documents are enough for a transaction, by their entries and their bytes."""
    entries = sum(len(one.document.entries) for one in portion if one.document is not None)
    return entries >= MOST_ENTRIES or sum(one.record.size for one in portion) >= MOST_BYTES


def _due(desk: Desk, claimed: work.Claim) -> list[Polled]:
    """Read the claimed sources whose turn it is; lets go of those that are polled no more."""
    with desk.engine.begin() as connection:
        found = polling.polled(connection, claimed.keys)
        gone = set(claimed.keys) - {one.source.name for one in found}
        due = queues.let_through(desk, connection, claimed, found)
        work.finish(connection, claimed, sorted(gone))
    return due


def _late(desk: Desk, claimed: work.Claim, due: Sequence[Polled], answers: Answers) -> None:
    """Store what came late. A boundary: what goes wrong leaves the row to its lease.

    Where several go wrong together, as where one's lease was lost, each is tried by itself.
    """
    try:
        intake = _Intake(desk, claimed, due)
        intake.add(answers)
        intake.end()
    except Exception as exc:
        if len(answers) > 1:
            for number, each in answers.items():
                _late(desk, claimed, due, {number: each})
            return
        (source,) = (due[number].source.name for number in answers)
        if isinstance(exc, TinwireError):
            log.warning("late_answer_lost", source=source, why=exc.message)
        else:
            log.error("late_answer_failed", source=source, exc_info=exc)


def _settle(desk: Desk, claimed: work.Claim, fetched: Sequence[Fetched]) -> None:
    if not fetched:
        return
    if any(one.document is not None for one in fetched):
        with desk.engine.begin() as connection:
            fetched = hold(connection, fetched)
    incoming = [
        Incoming.of(one.polled.source, one.document) for one in fetched if one.document is not None
    ]
    incoming = with_full_text(desk, incoming, claimed.token) if incoming else []
    for left in reversed(range(RACES)):
        try:
            _store(desk, claimed, fetched, incoming)
        except Raced:
            if not left:
                raise
        else:
            break


def _store(
    desk: Desk, claimed: work.Claim, fetched: Sequence[Fetched], incoming: Sequence[Incoming]
) -> None:
    now = desk.clock()
    with desk.engine.begin() as connection:
        counts = take_in(desk, connection, incoming).counts if incoming else {}
        pushed = follow(desk, connection, _told(fetched, counts))
        brought = {each.source.id: each for each in incoming if each.pages_wait_s is not None}
        ended: list[Fetched] = []
        next_at: dict[str, datetime] = {}
        for one in fetched:
            known = counts.get(one.record.source_id, NO_COUNTS)
            one = learnt(one, known.new + known.sightings, now)
            inner = is_inner(one.polled.host, desk.settings.fetch_allow)
            one, at = scheduled(one, inner, now, one.polled.source.name in pushed)
            if at is not None and one.record.source_id in brought:
                one, at = once_more(one, at, brought[one.record.source_id], now)
            if known is not NO_COUNTS:
                one = replace(one, record=replace(one.record, counts=known))
            ended.append(one)
            if at is not None:
                next_at[one.polled.source.name] = at
        polling.record(connection, [one.record for one in ended])
        kinds.note(connection, [one.kind for one in ended if one.kind])
        _move(connection, ended)
        queues.close(connection, _quiet(ended))
        doubt(connection, (one.polled.source for one in ended if not one.record.failed), now)
        work.again(connection, claimed, next_at)
        paused = {one.polled.source.name for one in ended} - next_at.keys()
        work.finish(connection, claimed, sorted(paused))


def _quiet(ended: Sequence[Fetched]) -> dict[str, datetime]:
    """Map hosts that asked for quiet to its end."""
    quiet: dict[str, datetime] = {}
    for one in ended:
        if one.reopens_at is not None:
            quiet[one.busy] = max(one.reopens_at, quiet.get(one.busy, one.reopens_at))
    return quiet


def _told(fetched: Sequence[Fetched], counts: Mapping[int, Counts]) -> list[Told]:
    return [
        Told(
            source=one.polled.source,
            has_document=one.document is not None or one.hub is not None,
            hub=one.hub,
            new=counts.get(one.record.source_id, NO_COUNTS).new,
        )
        for one in fetched
        if not one.record.failed
    ]


def _move(connection: sa.Connection, ended: Sequence[Fetched]) -> None:
    """Give sources the address that they moved to, once it is certain and nobody else's."""
    for one in ended:
        to = one.record.moved_to
        if to is None or one.record.failed or one.record.moves < SIGHTINGS_OF_A_MOVE:
            continue
        is_moved = polling.move(connection, one.record.source_id, to)
        log.info("source_moved", source=one.polled.source.name, to=to, done=is_moved)
