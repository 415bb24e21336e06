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


@pytest.mark.parametrize("as_json", [True, False])
def test_no_key_and_no_token_stands_in_a_log(
    capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    key, token = "twp_" + "k3Y-" * 8, "tw_" + "t0K_" * 11
    begin("INFO", as_json)
    structlog.get_logger().info("asked", url=f"/embed/all?key={key}&x=1", said=[token])
    try:
        raise ValueError(f"no {key}")
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("other").exception("failed with %s", token)
    written = capsys.readouterr().err
    assert key not in written
    assert token not in written
    assert "?key=twp_…&x=1" in written or "?key=twp_\\u2026&x=1" in written
    assert written.count("ValueError: no twp_") == 2
