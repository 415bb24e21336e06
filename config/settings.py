"""Settings: every variable that Tinwire reads from the environment, with its bounds.

Theory: a misspelt variable that is silently ignored is worse than a refused start, so every
`TINWIRE_*` name must be one of these, and the error names the nearest one.
"""

import os
import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from config.errors import ConfigError, nearest

PREFIX = "TINWIRE_"
Network = IPv4Network | IPv6Network


def _split(value: Any) -> Any:
    return (
        tuple(part.strip() for part in value.split(",") if part.strip())
        if isinstance(value, str)
        else value
    )


def _web_addresses(value: Any) -> Any:
    found = _split(value)
    if not all(re.fullmatch(r"https?://[^\s<>,]+", one) for one in found):
        raise ValueError("addresses start with http:// or https://, separated by commas")
    return found


def _networks(value: Any) -> Any:
    return tuple(ip_network(part) for part in _split(value))


def _ports(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    ports: set[int] = set()
    for part in _split(value):
        low, _, high = part.partition("-")
        if not (low.isdigit() and (high.isdigit() or not high)):
            raise ValueError("ports are numbers and ranges such as 80,443,8000-8099")
        ports.update(range(int(low), int(high or low) + 1))
    return ports


Addresses = Annotated[tuple[str, ...], BeforeValidator(_web_addresses)]
Networks = Annotated[tuple[Network, ...], BeforeValidator(_networks)]
Ports = Annotated[frozenset[int], BeforeValidator(_ports)]


class Settings(BaseModel):
    """All values that one deployment may set; read once per process and passed down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(
        Path("var"), description="Folder for the embedded servers' data, logs and run files."
    )
    config_dir: Path = Field(
        Path(__file__).parent,
        description="Folder with sections.yaml, topics.yaml, sources.yaml, partners.yaml and"
        " site.yaml.",
    )
    database_url: SecretStr | None = Field(
        None, description="PostgreSQL 16 or newer with pgvector; unset means the embedded server."
    )
    broker_url: SecretStr | None = Field(
        None, description="Valkey or Redis, or any Celery broker; unset means the embedded server."
    )
    counter_url: SecretStr | None = Field(
        None,
        description="Valkey or Redis in which readings and partners' requests are counted; unset"
        " means the broker's.",
    )
    public_url: str = Field(
        "http://localhost:8000",
        pattern=r"^https?://[^/?#]+$",
        description="Address under which readers reach the public web; it stands in every feed.",
    )
    public_host: str = Field("127.0.0.1", description="Interface that the public web listens on.")
    public_port: int = Field(8000, ge=1, le=65535, description="Port of the public web.")
    ops_host: str = Field("127.0.0.1", description="Interface that the ops web listens on.")
    ops_port: int = Field(8001, ge=1, le=65535, description="Port of the ops web.")
    demo_port: int = Field(
        8002, ge=1, le=65535, description="Port of the bundled newsroom that `up --demo` serves."
    )
    tag_authority: str = Field(
        "tinwire.localhost,2026",
        pattern=r"^[a-z0-9.-]+,\d{4}(-\d{2}){0,2}$",
        description="Authority and date in the names of feeds and articles (RFC 4151); keep it.",
    )
    contact_url: str = Field(
        "https://example.org/tinwire",
        description="Page about this crawler; stands in the user agent.",
    )
    worker_concurrency: int = Field(
        3,
        ge=1,
        le=64,
        description="Prefork children of the live worker: one more than there are cores.",
    )
    poll_batch: int = Field(
        50, ge=1, le=200, description="Sources that one poll task fetches together."
    )
    embedder: str | None = Field(
        None,
        pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$",
        description="Dotted path of what makes vectors of texts; unset means our own.",
    )
    embedder_same_from: float = Field(
        0.75,
        ge=0,
        le=1,
        description="Cosine of its vectors from which articles in two languages tell one story.",
    )
    relate_batch: int = Field(
        1000, ge=1, le=5000, description="Articles that one relate task takes."
    )
    publish_quiet_s: float = Field(
        2.0, ge=0, le=60, description="Seconds without a change before a feed is rebuilt."
    )
    publish_max_s: float = Field(
        15.0, ge=0, le=600, description="Longest wait before a changing feed is rebuilt."
    )
    feed_items: int = Field(50, ge=1, le=500, description="Items in a feed.")
    publish_dir: Path | None = Field(
        None, description="Folder that feeds are also written to as files; unset means none."
    )
    lease_s: int = Field(
        180, ge=5, le=3600, description="Seconds after which unfinished work is taken over."
    )
    max_attempts: int = Field(
        5, ge=1, le=20, description="Tries before a piece of work becomes a dead letter."
    )
    bell_sweep_s: float = Field(
        2.0, ge=0.1, le=60, description="Longest time between the bell's looks at due work."
    )
    fetch_allow: Networks = Field(
        (), description="Networks (CIDR, comma-separated) that may be fetched although private."
    )
    fetch_ports: Ports = Field(
        frozenset({80, 443}), description="Ports that may be fetched, such as 80,443,8000-8099."
    )
    fetch_timeout_s: float = Field(
        30.0, ge=1, le=120, description="Total time of one outbound request."
    )
    fetch_max_bytes: int = Field(
        8 * 2**20, ge=1024, le=2**28, description="Largest decoded body, in bytes."
    )
    fetch_concurrency: int = Field(
        32,
        ge=1,
        le=256,
        description="Outbound requests that one task keeps open, besides 256 to slow servers.",
    )
    host_concurrency: int = Field(
        2, ge=1, le=64, description="Outbound requests at once to one host, of all workers."
    )
    host_gap_s: float = Field(
        1.0, ge=0, le=60, description="Least time between two requests to one host, of all workers."
    )
    inner_host_concurrency: int = Field(
        1024,
        ge=1,
        le=65536,
        description="Outbound requests at once to a host in TINWIRE_FETCH_ALLOW; it has no gap.",
    )
    websub: bool = Field(
        True, description="Let sources' hubs push to us; they must reach TINWIRE_PUBLIC_URL."
    )
    websub_lease_s: int = Field(
        864_000, ge=60, le=2_592_000, description="Seconds for which hubs are asked to push."
    )
    push_max_bytes: int = Field(
        8 * 2**20, ge=1024, le=2**28, description="Largest body that a hub may push, in bytes."
    )
    hub: bool = Field(True, description="Be the WebSub hub of our own feeds, at /hub.")
    hubs: Addresses = Field(
        (), description="Other WebSub hubs to tell of each change (addresses, comma-separated)."
    )
    log_level: str = Field(
        "INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$", description="Least level that is logged."
    )
    log_json: bool = Field(False, description="Log one JSON object a line instead of plain text.")

    @property
    def hub_urls(self) -> tuple[str, ...]:
        """List the hubs that our feeds name: our own first."""
        own = (f"{self.public_url}/hub",) if self.hub else ()
        return (*own, *self.hubs)


def variable(field: str) -> str:
    """Name the environment variable that sets a field."""
    return PREFIX + field.upper()


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read settings from the environment.

    Raises `ConfigError` for an unknown `TINWIRE_*` variable or a value out of bounds.
    """
    env = os.environ if environ is None else environ
    known = {variable(name): name for name in Settings.model_fields}
    given = {name: value for name, value in env.items() if name.startswith(PREFIX)}
    for name in sorted(given):
        if name not in known:
            raise ConfigError(f"environment: {name} is no setting{nearest(name, known)}")
    try:
        return Settings(**{known[name]: value for name, value in given.items()})  # type: ignore[arg-type]
    except ValidationError as exc:
        first = exc.errors()[0]
        name = variable(str(first["loc"][0]))
        raise ConfigError(f"environment: {name}: {first['msg']} (got {given[name]!r})") from exc
    except ValueError as exc:
        raise ConfigError(f"environment: {exc}") from exc
