"""Addresses in the forms that the conformance tools ask for."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.adapters import canonical, discover, is_allowed

ROOT = Path(__file__).parents[3]


def test_a_page_gives_its_feeds() -> None:
    page = b'<link rel="alternate" type="application/rss+xml" href="/feed">'
    assert discover(page, "https://a.vn/x") == ["https://a.vn/feed"]


def test_an_address_is_written_in_our_way_or_refused() -> None:
    assert canonical("HTTP://a.vn:80/?utm_source=x") == "http://a.vn/"
    with pytest.raises(ValueError, match="no web address"):
        canonical("mailto:a@a.vn")


def test_no_address_of_the_conformance_suite_is_let_through(shared: Path) -> None:
    tool = shared / "conformance/tools/url_check.py"
    command = [sys.executable, str(tool), "ssrf", "bench.adapters:is_allowed"]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert "let through {}" in said


@pytest.mark.parametrize("url", ["http://8.8.8.8/", "https://[2606:4700:4700::1111]/feed"])
def test_a_public_address_is_allowed(url: str) -> None:
    assert is_allowed(url)
