"""The bench of steps runs each step to its end, and tells both costs of each."""

import re

import pytest

from bench import steps


@pytest.mark.integration
def test_it_tells_both_costs_of_each_step(capsys: pytest.CaptureFixture[str]) -> None:
    steps.main(sources=5, entries=4, profile="")
    told = capsys.readouterr().out
    assert "20 articles" in told
    for step in steps.STEPS:
        assert re.search(rf"{step} +│ +[\d,.]+ \([\d.]+×\) │ +[\d,.]+ \([\d.]+×\)", told), step
