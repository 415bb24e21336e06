import re

from bench import peers
from bench.peers import LOCK


def test_every_pinned_file_has_a_hash_and_no_index_is_named() -> None:
    text = LOCK.read_text(encoding="utf-8")
    pins = re.findall(r"^[a-z0-9-]+==[^ ]+.*?(?=^[a-z0-9-]+==|\Z)", text, re.MULTILINE | re.DOTALL)
    assert any(pin.startswith("reader==3.26 ") for pin in pins)
    assert all("--hash=sha256:" in pin for pin in pins)
    assert "http" not in text
    assert "--index" not in text


def test_rates_use_the_cold_round_and_the_median_unchanged_one() -> None:
    round_of = {"cpu_s": 1.0, "requests": {"304": 10}}
    raw = {
        "workers": 1,
        "articles": 300,
        "broken": 0,
        "peak_mb": 45.0,
        "cold": {"wall_s": 2.0, "cpu_s": 1.5, "requests": {"200": 10}},
        "unchanged": [{**round_of, "wall_s": wall_s} for wall_s in (9.0, 0.5, 0.1)],
    }
    rates = peers._rates(raw, sources=10)
    assert rates["articles_per_s"] == 150
    assert rates["unchanged_sources_per_s"] == 20
    assert rates["unchanged_requests"] == {"304": 10}
