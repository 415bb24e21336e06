"""The bench of unchanged rounds runs, and counts every source."""

import re

import pytest

from bench import unchanged


@pytest.mark.integration
def test_it_tells_sources_a_second_for_each_round(capsys: pytest.CaptureFixture[str]) -> None:
    unchanged.main(sources=20, batch=10, processes=1, rounds=2)
    told = re.findall(r"([\d,]+) sources/s, (\d+) µs CPU a source", capsys.readouterr().out)
    assert len(told) == 2
    assert all(int(rate.replace(",", "")) > 0 for rate, _ in told)
