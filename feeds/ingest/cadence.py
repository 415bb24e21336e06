"""Cadence: when a source is asked next, and why.

Theory: readers lose by a poll that comes late, publishers by one that finds nothing. For a given
number of requests the summed delay is least when each source is asked in proportion to the square
root of what it publishes (Cho and Garcia-Molina, "Effective page refresh policies for Web
crawlers", 2003), so the wait is the geometric mean of the gap between a source's entries and a
minute, which spends about what a fixed quarter of an hour would (docs/quality.md). The gap is that
of the hour and the weekday, since newsrooms sleep. A rhythm is believed slowly: a document that
covers six hours says little about the night.

What a document asks for (`ttl`, `sy:updatePeriod`, max-age) is often a template's default, so it
lengthens a wait fourfold at most, and an editor's wish goes before it. Hours that a publisher
forbids (`skipHours`), waits that it demands, and the bounds below hold in any case.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import sqrt

from feeds.foreign import Rhythm

LEAST_S, MOST_S = 120.0, 86_400.0
BACKUP = 10
GIVE_UP_AFTER = timedelta(days=30)
UNCONDITIONAL = 100  # one poll in so many goes without validators, against 304s that lie

BALANCE_S = 60.0
_MOST_STRETCH = 4.0
_DAY_S, _HOUR_S = 86_400.0, 3_600.0
_REMEMBERED_S = 14 * _DAY_S  # after which an entry counts half
_LOOK_BACK_S = 28 * _DAY_S
_PRIOR_GAP_S = 2 * _HOUR_S  # of a source that we know nothing of; weighs as one entry
_HOURS_BELIEVED_S, _DAYS_BELIEVED_S = 3 * _DAY_S, 10 * _DAY_S
_MOST_COUNTED = 500
_NO_RHYTHM = Rhythm()
_STEP_BACK = (0.9, 0.1)  # the wait shrinks by up to a tenth, so that sources fall out of step


@dataclass(frozen=True, slots=True)
class Habit:
    """How a source publishes: entries by hour (UTC) and by weekday, older ones counting less.

    `span_s` is how long it was watched, fading likewise; `at` and `newest` are epoch seconds: up
    to when, and the date of the newest entry that was counted.
    """

    hours: tuple[float, ...] = (0.0,) * 24
    days: tuple[float, ...] = (0.0,) * 7
    span_s: float = 0.0
    at: float = 0.0
    newest: float = 0.0

    def packed(self) -> list[float]:
        """Write it as 34 numbers."""
        return [self.span_s, self.at, self.newest, *self.hours, *self.days]

    @classmethod
    def unpacked(cls, numbers: Iterable[float] | None) -> "Habit | None":
        """Read what `packed` wrote; `None` for `None`."""
        if numbers is None:
            return None
        span_s, at, newest, *counts = numbers
        return cls(tuple(counts[:24]), tuple(counts[24:]), span_s, at, newest)


@dataclass(frozen=True, slots=True)
class Hints:
    """What people and answers ask for, in seconds; `None` where they don't.

    `every_s` is an editor's wish, `fresh_s` what Cache-Control or Expires say. On an inner host
    the wish may go below two minutes, since that server is our own.
    """

    every_s: float | None = None
    fresh_s: float | None = None
    rhythm: Rhythm = _NO_RHYTHM
    is_inner: bool = False


@dataclass(frozen=True, slots=True)
class Next:
    """When a source is asked next, after how long a wait, with the reason for a person."""

    at: datetime
    wait_s: float
    why: str


def learn(habit: Habit | None, dates: Iterable[datetime], now: datetime) -> Habit:
    """Count entries that are newer than those counted before; dates ahead of now count for now."""
    at = now.timestamp()
    if habit is None:
        return _first(dates, at)
    elapsed = max(at - habit.at, 0.0)
    fade = 0.5 ** (elapsed / _REMEMBERED_S)
    stamps = sorted(min(each.timestamp(), at) for each in dates)
    fresh = [each for each in stamps if each > habit.newest][-_MOST_COUNTED:]
    return _counted(
        Habit(
            tuple(each * fade for each in habit.hours),
            tuple(each * fade for each in habit.days),
            habit.span_s * fade + elapsed,
            max(at, habit.at),
            habit.newest,
        ),
        fresh,
    )


def _first(dates: Iterable[datetime], at: float) -> Habit:
    """Begin with what a first document holds: its oldest entry opens the span."""
    stamps = sorted(each.timestamp() for each in dates)
    seen = [each for each in stamps if at - _LOOK_BACK_S < each <= at][-_MOST_COUNTED:]
    if not seen:
        return Habit(at=at)
    return _counted(Habit(span_s=at - seen[0], at=at, newest=seen[0]), seen[1:])


def _counted(habit: Habit, stamps: list[float]) -> Habit:
    if not stamps:
        return habit
    hours, days = list(habit.hours), list(habit.days)
    for stamp in stamps:
        hours[_hour(stamp)] += 1
        days[_weekday(stamp)] += 1
    return Habit(tuple(hours), tuple(days), habit.span_s, habit.at, stamps[-1])


def _hour(stamp: float) -> int:
    return int(stamp // _HOUR_S) % 24


def _weekday(stamp: float) -> int:
    return (int(stamp // _DAY_S) + 3) % 7  # 1970 began on a Thursday


def after_success(
    habit: Habit | None,
    hints: Hints,
    now: datetime,
    spread: float,
    balance_s: float = BALANCE_S,
) -> Next:
    """Say when to come back to a source that could be read; `spread` is from [0, 1).

    A smaller `balance_s` spends more requests.
    """
    stamp = now.timestamp()
    known = habit or Habit(at=stamp)
    rate = _rate(known, stamp)
    rhythm_s = _wait(rate, stamp, balance_s)
    wait_s, why = _asked(rhythm_s, hints) or (rhythm_s, _pace(known, rate(stamp)))
    wait_s = min(max(wait_s, LEAST_S), MOST_S)
    if hints.every_s is not None and hints.every_s < wait_s:
        wait_s = hints.every_s if hints.is_inner else max(hints.every_s, LEAST_S)
        why = "an editor's wish"
    wait_s *= _STEP_BACK[0] + _STEP_BACK[1] * spread
    wait_s = wait_s if hints.is_inner else max(wait_s, LEAST_S)
    chosen = allowed(Next(now + timedelta(seconds=wait_s), wait_s, why), hints.rhythm, now)
    return replace(chosen, wait_s=(chosen.at - now).total_seconds())


def after_failure(last_wait_s: float | None, now: datetime, spread: float) -> Next:
    """Back off: between once and thrice the last wait, by chance (decorrelated jitter).

    Sources of one host that failed together therefore don't come back together.
    """
    last = min(max(last_wait_s or LEAST_S, LEAST_S), MOST_S)
    wait_s = last * (1 + 2 * spread)
    if wait_s > MOST_S:
        wait_s = MOST_S * (_STEP_BACK[0] + _STEP_BACK[1] * spread)
    return Next(now + timedelta(seconds=wait_s), wait_s, "backing off after a failure")


def as_backup(chosen: Next, now: datetime) -> Next:
    """Ask a source whose hub pushes so many times less often, but once a day at least."""
    wait_s = min(BACKUP * (chosen.at - now).total_seconds(), MOST_S)
    why = f"{chosen.why}; a hub pushes, so {BACKUP} times less often"
    return Next(now + timedelta(seconds=wait_s), chosen.wait_s, why)


def after_refusal(
    reopens_at: datetime, last_wait_s: float | None, now: datetime, spread: float
) -> Next:
    """Come back after a wait that the server demanded, each source at a time of its own."""
    wait_s = min(max(last_wait_s or LEAST_S, LEAST_S), MOST_S)
    at = reopens_at + timedelta(seconds=min(wait_s, _HOUR_S) * spread)
    asked = span((reopens_at - now).total_seconds())
    return Next(at, wait_s, f"the host asks for {asked} of quiet")


def allowed(chosen: Next, rhythm: Rhythm, now: datetime, may_be_sooner: bool = False) -> Next:
    """Move a poll out of the hours and days that the publisher forbids, by a day at most.

    One that would come after more than a day comes before them, where it `may_be_sooner`.
    """
    latest = now + timedelta(seconds=MOST_S)
    # Minutes and seconds stay, so that sources with the same hours don't come back together.
    hours = [chosen.at + timedelta(hours=number) for number in range(25)]
    later = (at for at in hours if at < latest and not _is_skipped(at, rhythm))
    moved = next(later, None) if _is_skipped(chosen.at, rhythm) else chosen.at
    if moved is None and may_be_sooner:
        earlier = (chosen.at - timedelta(hours=number) for number in range(1, 24))
        moved = next((at for at in earlier if at > now and not _is_skipped(at, rhythm)), None)
    moved = moved or max(chosen.at, latest)
    if moved == chosen.at:
        return chosen
    return replace(chosen, at=moved, why=f"{chosen.why}; its document forbids other hours")


def is_given_up(failing_since: datetime | None, now: datetime) -> bool:
    """Tell whether a source failed for so long that nobody should go on trying."""
    return failing_since is not None and now - failing_since >= GIVE_UP_AFTER


def is_unconditional(polls: int, name_hash: int) -> bool:
    """Tell whether a poll goes without validators; the sources' turns differ."""
    return (polls + name_hash) % UNCONDITIONAL == UNCONDITIONAL - 1


def _rate(habit: Habit, now: float) -> Callable[[float], float]:
    """Make the function that tells how many entries a second to expect at a time.

    The whole is shrunk towards what an unknown source has, each hour and weekday towards the whole.
    """
    total = sum(habit.hours)
    span_s = habit.span_s + max(now - habit.at, 0.0)
    whole = (total + 1) / (span_s + _PRIOR_GAP_S)
    by_hour = span_s / (span_s + _HOURS_BELIEVED_S)
    by_day = span_s / (span_s + _DAYS_BELIEVED_S)
    hours, days = habit.hours, habit.days

    def rate(at: float) -> float:
        hour, day = _hour(at), _weekday(at)
        smooth = (hours[hour - 1] + 2 * hours[hour] + hours[(hour + 1) % 24]) / 4
        share = 1 + by_hour * ((smooth + 1) / (total / 24 + 1) - 1)
        return whole * share * (1 + by_day * ((days[day] + 2) / (total / 7 + 2) - 1))

    return rate


def _wait(rate: Callable[[float], float], now: float, balance_s: float) -> float:
    """Integrate the square root of the rate until it comes to one poll.

    Hour by hour: a wait that begins at night ends soon after the newsroom wakes.
    """
    need, waited = 1.0, 0.0
    while waited < MOST_S:
        pace = sqrt(rate(now + waited) / balance_s)
        step = _HOUR_S - (now + waited) % _HOUR_S
        if pace * step >= need:
            return waited + need / pace
        need -= pace * step
        waited += step
    return MOST_S


def _asked(rhythm_s: float, hints: Hints) -> tuple[float, str] | None:
    """Say what wait the document or the answer asks for, where that is longer than the rhythm's."""
    ttl_s, fresh_s = hints.rhythm.ttl_s or 0, hints.fresh_s or 0
    asked_s = max(ttl_s, fresh_s)
    if asked_s <= rhythm_s:
        return None
    what = "its document asks for" if ttl_s >= fresh_s else "its server calls it fresh for"
    return min(asked_s, _MOST_STRETCH * rhythm_s), f"{what} {span(asked_s)}"


def _pace(habit: Habit, rate: float) -> str:
    if not any(habit.hours):
        return "nothing is known of its rhythm yet"
    if rate * _HOUR_S >= 1:
        return f"about {rate * _HOUR_S:.1f} entries an hour at this time"
    return f"about {rate * _DAY_S:.1f} entries a day at this time"


def _is_skipped(at: datetime, rhythm: Rhythm) -> bool:
    return at.hour in rhythm.skip_hours or at.weekday() in rhythm.skip_days


def span(seconds: float) -> str:
    """Write a length of time for a person."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 172_800 else f"{seconds / 86400:.0f} days"
