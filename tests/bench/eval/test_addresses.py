"""What others' suites say about addresses: the figures, and a reason for each row that differs."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.eval import addresses
from bench.eval.__main__ import app

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def figures(shared: Path) -> dict[str, addresses.Figure]:
    return addresses.measure(shared / "conformance")


def test_urls_are_read_as_the_standard_reads_them(figures: dict[str, addresses.Figure]) -> None:
    assert figures["whatwg"].right >= 861
    assert all("xn--" in case.lower() for case in figures["whatwg"].wrong)


def test_every_feed_of_the_discovery_suite_is_found(figures: dict[str, addresses.Figure]) -> None:
    assert figures["discovery"].right == figures["discovery"].of == 57


def test_each_row_that_differs_has_a_reason_that_the_documents_give(
    figures: dict[str, addresses.Figure],
) -> None:
    found = figures["canonical"]
    assert found.wrong == ()
    assert found.right >= 35
    document = (ROOT / "docs/quality.md").read_text(encoding="utf-8").replace("`", "")
    for why, count in found.apart.items():
        (row,) = [
            line for line in document.splitlines() if line.startswith("| ") and why[:40] in line
        ]
        assert row.startswith(f"| {count} |")


def test_a_difference_without_a_reason_is_a_fault() -> None:
    assert addresses.deviation("http://a.vn/x", "http://a.vn/y") is None


def test_what_may_be_asked_is_judged_by_each_row(tmp_path: Path) -> None:
    rows = [{"url": "http://127.1/", "block": "yes"}, {"url": "http://a.vn/", "block": "dns"}]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    assert addresses.ssrf(path, lambda url: False).right == 1
    assert addresses.ssrf(path, lambda url: True).wrong == ("http://127.1/",)


def test_the_figures_come_as_json_too(shared: Path) -> None:
    done = CliRunner().invoke(
        app, ["addresses", "--json", "--conformance", str(shared / "conformance")]
    )
    assert done.exit_code == 0
    assert json.loads(done.stdout)["discovery"]["right"] == 57
