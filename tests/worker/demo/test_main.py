"""`python -m worker.demo` as a process of its own."""

import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from worker.demo.__main__ import main

ROOT = Path(__file__).parents[3]


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_it_says_when_it_listens_and_stops_at_sigterm_with_a_connection_open(port):
    command = [sys.executable, "-m", "worker.demo", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            assert line == f"demo newsroom listens on http://127.0.0.1:{port}\n"
            with urlopen(f"http://127.0.0.1:{port}/la-non/feed.xml") as response:
                assert response.status == 200
            with socket.create_connection(("127.0.0.1", port)):
                process.send_signal(signal.SIGTERM)
                assert process.wait(timeout=60) == 0
        finally:
            process.kill()


def test_a_port_in_use_is_one_line_on_stderr(port, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert main(["--port", str(port)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_folder_without_a_newsroom_is_refused(tmp_path, port, capsys):
    assert main(["--port", str(port), "--data", str(tmp_path)]) == 1
    assert "publishers.yaml: no such file" in capsys.readouterr().err
