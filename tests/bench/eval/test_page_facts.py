"""Facts of pages: only annotated ones count, letters and digits alone are compared."""

import gzip
import json
from pathlib import Path

from bench.eval.page_facts import load, measure

PAGE = b"""<title>T\xc3\xadt - b\xc3\xa1o</title><meta name="author" content="An Nhi">
<meta name="date" content="2026-10-05">"""


def test_right_ones_are_counted_of_those_that_are_annotated(tmp_path: Path) -> None:
    gold = {
        "https://a.example/1": {"file": "1.html", "title": "TÍT: Báo", "author": ["An", "Nhi"]},
        "https://a.example/2": {"file": "1.html", "title": "Khác", "date": "2026-10-05"},
        "https://a.example/3": {"file": "gone.html", "title": "Mất"},
    }
    (tmp_path / "evaldata.json.gz").write_bytes(gzip.compress(json.dumps(gold).encode()))
    (tmp_path / "1.html.gz").write_bytes(gzip.compress(PAGE))
    samples = list(load(tmp_path))
    assert len(samples) == 2
    found = measure(samples)
    assert found["Tinwire"] == {"title": [1, 2], "date": [1, 1], "author": [1, 1]}
    assert set(found) == {"trafilatura", "Tinwire"}
