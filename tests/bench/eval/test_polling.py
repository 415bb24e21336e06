"""The simulated week: the same seed gives the same figures, and manners hold in it."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from bench.eval.__main__ import app
from bench.eval.newsweek import BEFORE_S, START, WEEK_S, build
from bench.eval.polling import RULE, fixed, simulate


def test_a_world_is_the_same_for_one_seed_and_differs_for_another() -> None:
    one, same, other = build(50, 5, 1), build(50, 5, 1), build(50, 5, 2)
    assert all(np.array_equal(a, b) for a, b in zip(one.published, same.published, strict=True))
    assert not np.array_equal(one.published[0], other.published[0])
    assert set(one.host) == set(range(5)), "no host is empty"


def test_newsrooms_sleep_and_have_weekends() -> None:
    times = np.concatenate(build(400, 40, 1).published)
    assert START - BEFORE_S <= times.min() <= times.max() <= START + WEEK_S
    by_day = np.bincount(((times - START) // 86_400).astype(int) % 7, minlength=7)
    assert max(by_day[5:]) < min(by_day[:4])


def test_a_fixed_poll_is_half_its_interval_late() -> None:
    found = fixed(build(300, 30, 1), 900, 1)
    assert found.median_min == pytest.approx(7.5, rel=0.1)


def test_manners_hold_and_adapting_is_worth_its_requests() -> None:
    found = json.loads(
        CliRunner().invoke(app, ["polling", "--sources=150", "--hosts=12", "--json"]).stdout
    )
    assert found["most requests open at one host"] <= RULE.concurrency
    assert found["least seconds between two starts at one host"] >= RULE.gap.total_seconds()
    assert found["adapting"]["median_min"] < found["fixed, as many requests"]["median_min"]
    before, after = found["after a shared 429"].values()
    assert after <= 2 * before


def test_the_same_seed_gives_the_same_figures() -> None:
    assert simulate(40, 4, 7) == simulate(40, 4, 7)
