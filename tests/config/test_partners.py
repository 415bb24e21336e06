"""Origins: as browsers write them, or a refusal that says how."""

import pytest
from pydantic import ValidationError

from config.partners import PartnerSpec, check_origin


@pytest.mark.parametrize(
    "origin",
    [
        "https://example.org",
        "http://localhost:8080",
        "https://tin-tuc.xn--vit-nam-jxa.example",
        "http://127.0.0.1:5000",
        "https://[::1]:8443",
    ],
)
def test_an_origin_as_a_browser_writes_it_is_taken(origin: str) -> None:
    check_origin(origin)
    assert PartnerSpec(name="a", origins=(origin,)).origins == (origin,)


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ("https://example.org/tin", "did you mean 'https://example.org'?"),
        ("HTTPS://Example.org", "did you mean 'https://example.org'?"),
        (" https://example.org", "did you mean 'https://example.org'?"),
        ("https://example.org:443", "did you mean 'https://example.org'?"),
        ("http://example.org:80", "did you mean 'http://example.org'?"),
        ("htps://example.org", "did you mean 'https'?"),
        ("example.org", "is no origin such as"),
        ("*", "is no origin such as"),
        ("null", "is no origin such as"),
        ("https://*.example.org", "is no origin such as"),
        ("https://user@example.org", "is no origin such as"),
        ("https://báo.example", "is no origin such as"),
        ("https://example.org; script-src *", "is no origin such as"),
        ("", "is no origin such as"),
    ],
)
def test_any_other_text_is_refused_with_what_is_right(origin: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        check_origin(origin)
    assert said in str(caught.value)
    with pytest.raises(ValidationError):
        PartnerSpec(name="a", origins=(origin,))


def test_an_origin_stands_once() -> None:
    with pytest.raises(ValidationError, match="more than once"):
        PartnerSpec(name="a", origins=("https://a.example", "https://a.example"))
