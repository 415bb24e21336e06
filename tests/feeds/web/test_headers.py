import pytest

from feeds.web.headers import EMBED_POLICY, PAGE_POLICY


@pytest.mark.parametrize("policy", [PAGE_POLICY, EMBED_POLICY])
def test_no_policy_lets_strangers_code_run(policy: dict[str, str]) -> None:
    value = policy["Content-Security-Policy"]
    assert "unsafe" not in value
    assert "base-uri 'none'" in value
    scripts = next(part for part in value.split("; ") if part.startswith("script-src"))
    assert scripts in ("script-src 'none'", "script-src 'self'")
