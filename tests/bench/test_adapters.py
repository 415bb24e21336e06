"""What outside tools call is the product's own."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.adapters import is_allowed

ROOT = Path(__file__).parents[2]


def test_no_address_of_the_conformance_suite_is_let_through(shared: Path) -> None:
    tool = shared / "conformance/tools/url_check.py"
    command = [sys.executable, str(tool), "ssrf", "bench.adapters:is_allowed"]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert "let through {}" in said


@pytest.mark.parametrize("url", ["http://8.8.8.8/", "https://[2606:4700:4700::1111]/feed"])
def test_a_public_address_is_allowed(url: str) -> None:
    assert is_allowed(url)
