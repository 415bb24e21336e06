"""The bench of serving says what it lacks, and compares like with like."""

from pathlib import Path

import pytest

from bench import servers, serving


def test_where_programs_are_missing_it_says_so_and_measures_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serving, "missing", lambda: ["wrk"])
    serving.main(seconds=1, rounds=1)
    assert "wrk missing (Debian: nginx-light, wrk)" in capsys.readouterr().out


def test_the_median_of_pairs_counts() -> None:
    nginx = [serving.Served(rate, 10) for rate in (100, 200, 1000)]
    ours = [serving.Served(rate, 20) for rate in (50, 80, 400)]
    found = serving._ratios(list(zip(nginx, ours, strict=True)))
    assert found == (80, 200, 0.4, 0.5)


@pytest.mark.integration
@pytest.mark.skipif("nginx" in serving.missing(), reason="nginx is not installed")
def test_nginx_serves_the_file_and_knows_it_again(tmp_path: Path) -> None:
    body = serving.feed_body()
    assert len(body) == serving.FEED_BYTES
    with servers.nginx(tmp_path, {"feed.rss": body}) as server:
        target = serving.Target(f"{server.url}/feed.rss")
        found, tag = serving.check(target, 200)
        assert found == body
        serving.check(serving.Target(target.url, (f"If-None-Match: {tag}",)), 304)
        with pytest.raises(RuntimeError, match="answers with 404"):
            serving.check(serving.Target(f"{server.url}/none"), 200)
