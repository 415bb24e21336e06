"""The scorers of extraction, on cases small enough to count by hand; one run on real pages."""

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.eval.__main__ import app
from bench.eval.extraction import Sample, score_segments, score_shingles

BODY = "một hai ba bốn năm"  # two shingles of four


@pytest.mark.parametrize(
    ("text", "precision", "recall"),
    [
        (BODY, 1.0, 1.0),
        ("một hai ba bốn", 1.0, 0.5),
        (f"{BODY} sáu bảy", 0.5, 1.0),
        ("khác hẳn cả bốn từ", 0.0, 0.0),
        ("hai", 0.0, 0.0),
    ],
)
def test_shingles_are_counted_on_both_sides(text: str, precision: float, recall: float) -> None:
    samples = [Sample(b"", "u", body=BODY)]
    found = score_shingles(samples, [text])
    assert found[:2] == (precision, recall)
    assert found[3] == (text == BODY)


def test_means_are_over_pages_and_f1_is_of_the_means() -> None:
    samples = [Sample(b"", "u", body=BODY)] * 2
    assert score_shingles(samples, [BODY, "một hai ba bốn"]) == (1.0, 0.75, 6 / 7, 0.5)
    assert score_shingles(samples, ["", ""]) == (0.0, 0.0, 0.0, 0.0)


def test_a_shingle_that_comes_twice_counts_twice() -> None:
    found = score_shingles([Sample(b"", "u", body="a b c d")], ["a b c d a b c d"])
    assert found[:2] == (pytest.approx(1 / 5), 1.0)


def test_segments_must_and_must_not_occur_whatever_the_white_space() -> None:
    samples = [Sample(b"", "u", must=("a  b", "c"), must_not=("d", "e"))]
    assert score_segments(samples, ["a\nb d"]) == (0.5, 0.5, 0.5, 0.5)
    assert score_segments(samples, [""]) == (0.0, 0.0, 0.0, 0.5)


def test_both_sets_are_measured_beside_trafilatura(tmp_path: Path) -> None:
    text = "".join(f"<p>Đoạn {n} kể về bến cảng của thành phố bên sông.</p>" for n in range(9))
    page = gzip.compress(f"<title>Bến</title><article>{text}</article>".encode())
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "1.html.gz").write_bytes(page)
    (tmp_path / "a.html.gz").write_bytes(page)
    truth = {"1": {"url": "https://a.example/1", "articleBody": "Đoạn 0 kể về bến cảng"}}
    (tmp_path / "ground-truth.json.gz").write_bytes(gzip.compress(json.dumps(truth).encode()))
    gold = {
        "hard::a": {"file": "a.html", "with": ["Đoạn 8 kể"], "without": ["menu"], "title": "Bến!"},
        "https://a.example/gone": {"file": "gone.html", "with": ["x"], "without": ["y"]},
    }
    (tmp_path / "evaldata.json.gz").write_bytes(gzip.compress(json.dumps(gold).encode()))
    options = ["extraction", "--scrapinghub", str(tmp_path), "--segments", str(tmp_path)]
    done = CliRunner().invoke(app, [*options, "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["html_trafilatura"]["Tinwire"]["f1"] == 1.0
    assert found["html_scrapinghub"]["Tinwire"]["recall"] == 1.0
    assert set(found["html_scrapinghub"]) == {"trafilatura", "Tinwire"}
    assert found["html_trafilatura_facts"]["Tinwire"] == {
        "title": [1, 1],
        "date": [0, 0],
        "author": [0, 0],
    }
    shown = CliRunner().invoke(app, options)
    assert "html_scrapinghub" in shown.stdout
