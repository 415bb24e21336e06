"""Settings: every variable has bounds, and a misspelt one is refused with the nearest name."""

from ipaddress import ip_network

import pytest
from pydantic import SecretStr, ValidationError

from config.errors import ConfigError
from config.settings import Settings, load_settings, variable


def test_without_variables_the_defaults_hold() -> None:
    settings = load_settings({"PATH": "/bin", "TIN": "x"})
    assert settings == load_settings({})
    assert settings.public_port == 8000
    assert settings.fetch_ports == {80, 443}
    assert settings.database_url is None


def test_the_environment_is_read_when_nothing_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINWIRE_FEED_ITEMS", "7")
    assert load_settings().feed_items == 7


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described_and_has_a_variable(name: str) -> None:
    assert (Settings.model_fields[name].description or "").endswith(".")
    assert variable(name) == f"TINWIRE_{name.upper()}"


MISTAKES = {
    "misspelt": (
        "PUBLIC_PROT",
        "1",
        "TINWIRE_PUBLIC_PROT is no setting (did you mean 'TINWIRE_PUB",
    ),
    "far from any": ("ZZZZ", "1", "TINWIRE_ZZZZ is no setting"),
    "no number": ("PUBLIC_PORT", "web", "TINWIRE_PUBLIC_PORT: Input should be a valid integer"),
    "too high": ("PUBLIC_PORT", "70000", "less than or equal to 65535 (got '70000')"),
    "too low": ("LEASE_S", "1", "greater than or equal to 5"),
    "a slash too many": ("PUBLIC_URL", "http://x.example/", "TINWIRE_PUBLIC_URL"),
    "no date": ("TAG_AUTHORITY", "example.org", "TINWIRE_TAG_AUTHORITY"),
    "no level": ("LOG_LEVEL", "LOUD", "TINWIRE_LOG_LEVEL"),
    "no network": ("FETCH_ALLOW", "10.0.0.0/33", "TINWIRE_FETCH_ALLOW"),
    "a host in a network": ("FETCH_ALLOW", "10.0.0.1/8", "TINWIRE_FETCH_ALLOW"),
    "no ports": ("FETCH_PORTS", "80,http", "ports are numbers and ranges"),
}


@pytest.mark.parametrize(("name", "value", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_one_line_that_names_the_variable(name: str, value: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings({f"TINWIRE_{name}": value})
    assert said in str(caught.value)
    assert str(caught.value).startswith("environment: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("80", {80}),
        ("80,443", {80, 443}),
        ("8000-8002, 80", {80, 8000, 8001, 8002}),
        ("", set()),
    ],
)
def test_ports_are_numbers_and_ranges(text: str, ports: set[int]) -> None:
    assert load_settings({"TINWIRE_FETCH_PORTS": text}).fetch_ports == ports


def test_networks_are_separated_by_commas() -> None:
    settings = load_settings({"TINWIRE_FETCH_ALLOW": "127.0.0.0/8, ::1/128"})
    assert settings.fetch_allow == (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def test_a_secret_is_never_printed() -> None:
    settings = load_settings({"TINWIRE_DATABASE_URL": "postgresql://u:hidden@h/d"})
    assert "hidden" not in repr(settings)
    assert isinstance(settings.database_url, SecretStr)
    assert settings.database_url.get_secret_value() == "postgresql://u:hidden@h/d"


def test_settings_cant_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load_settings({}).feed_items = 3
