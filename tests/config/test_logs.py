"""Logs: one line an event on standard error, plain or as JSON."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from config.logs import configure


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave other tests the loggers that they had."""
    root = logging.getLogger()
    level = root.level
    yield
    root.handlers.clear()
    root.setLevel(level)
    structlog.reset_defaults()


def begin(level: str, as_json: bool) -> None:
    """Configure logs as a process does that has none yet; pytest has its own."""
    logging.getLogger().handlers.clear()
    configure(level, as_json)


def test_an_event_is_one_json_object_with_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    begin("INFO", as_json=True)
    structlog.get_logger().info("worked", kind="relate", rows=3)
    captured = capsys.readouterr()
    line = json.loads(captured.err)
    assert (line["event"], line["kind"], line["rows"]) == ("worked", "relate", 3)
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")
    assert captured.out == "", "standard output is for answers"


def test_an_error_is_logged_with_its_trace_in_the_same_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    begin("INFO", as_json=True)
    try:
        raise ValueError("Cần Thơ")
    except ValueError as exc:
        structlog.get_logger().error("work_failed", exc_info=exc)
    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: C" in json.loads(line)["exception"]


def test_plain_lines_name_the_event_and_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    begin("INFO", as_json=False)
    structlog.get_logger().warning("lease_lost", kind="poll")
    line = capsys.readouterr().err
    assert "lease_lost" in line
    assert "kind=poll" in line
    assert "\x1b" not in line, "no colours in files"


def test_what_is_below_the_level_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    begin("WARNING", as_json=True)
    structlog.get_logger().info("worked")
    logging.getLogger("library").info("chatter")
    assert capsys.readouterr().err == ""
    logging.getLogger("library").warning("trouble")
    assert "WARNING library trouble" in capsys.readouterr().err
