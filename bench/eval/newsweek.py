"""A fortnight of publishing by thousands of sources on hundreds of hosts, seeded.

Theory: a simulation flatters whoever wrote it unless its world is harsher than the tidy case. So a
few sources publish most of what there is (Zipf), newsrooms sleep and have weekends in time zones of
their own, many sources share one host, a part of the hosts is slow, polls fail, and documents ask
for waits that their templates chose.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]

HOUR_S, DAY_S = 3600.0, 86_400.0
BEFORE_S, WEEK_S = 7 * DAY_S, 7 * DAY_S
START = 1_790_553_600.0  # Monday 2026-09-28, midnight UTC

# Entries by the hour of the newsroom's day, relative: nights are quiet, mornings and evenings busy.
_BY_HOUR = [1, 1, 1, 1, 1, 3, 8, 12, 14, 14, 13, 12, 9, 10, 12, 12, 11, 10, 9, 8, 7, 5, 3, 2]
_BY_DAY = [10, 10, 10, 10, 9, 5, 5]
_ZONES_H = (7, 7, 7, 0, 1, -5)
_MEAN_PER_DAY, _MOST_PER_DAY = 8.0, 300.0
_ZIPF_SOURCES, _ZIPF_HOSTS = 0.9, 0.8
_TTLS_S = ((None, 0.55), (300.0, 0.1), (3600.0, 0.28), (86_400.0, 0.07))
_SLOW_HOSTS, _SLOW_S, _USUAL_S = 0.05, 4.0, 0.3


@dataclass(frozen=True)
class World:
    """What happens whoever looks on: each source's times of publishing, in epoch seconds."""

    published: list[Times]
    host: NDArray[np.int64]
    ttl_s: list[float | None]
    usual_s: Times

    @property
    def sources(self) -> int:
        """How many sources there are."""
        return len(self.published)


def build(sources: int, hosts: int, seed: int) -> World:
    """Make a world; the same numbers give the same one."""
    chance = np.random.default_rng(seed)
    per_day = _zipf(sources, _ZIPF_SOURCES) * sources * _MEAN_PER_DAY
    per_day = np.minimum(per_day, _MOST_PER_DAY)
    profiles = [_profile(zone) for zone in _ZONES_H]
    zones = chance.integers(len(profiles), size=sources)
    published = [
        _times(chance, per_day[number], profiles[zones[number]]) for number in range(sources)
    ]
    # The first hosts take one source each, so that none is empty.
    sizes = chance.choice(hosts, size=sources, p=_zipf(hosts, _ZIPF_HOSTS))
    sizes[: min(hosts, sources)] = np.arange(min(hosts, sources))
    values, shares = [each for each, _ in _TTLS_S], [share for _, share in _TTLS_S]
    ttls = [values[each] for each in chance.choice(len(values), size=sources, p=shares)]
    slow = chance.random(hosts) < _SLOW_HOSTS
    order = chance.permutation(sources)
    return World(
        [published[each] for each in order], sizes, ttls, np.where(slow, _SLOW_S, _USUAL_S)
    )


def _zipf(count: int, exponent: float) -> Times:
    weights = 1 / np.arange(1, count + 1) ** exponent
    return np.asarray(weights / weights.sum())


def _profile(zone_h: int) -> Times:
    """Give the cumulated share of two weeks' entries, hour by hour."""
    hours = np.arange((BEFORE_S + WEEK_S) / HOUR_S, dtype=np.int64) + zone_h
    weights = np.take(_BY_HOUR, hours % 24) * np.take(_BY_DAY, hours // 24 % 7)
    return np.concatenate(([0.0], np.cumsum(weights / weights.sum())))


def _times(chance: np.random.Generator, per_day: float, profile: Times) -> Times:
    count = chance.poisson(per_day * (BEFORE_S + WEEK_S) / DAY_S)
    hours = np.interp(chance.random(count), profile, np.arange(len(profile)))
    return np.sort(START - BEFORE_S + hours * HOUR_S)
