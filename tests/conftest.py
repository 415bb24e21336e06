"""What tests share: the two real servers, and a database for each test."""

import json
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from config.editorial import Editorial, load_editorial
from config.settings import Settings, load_settings
from feeds.pipeline.desk import Desk
from feeds.store import migrate, tables
from feeds.store.engine import connect
from worker import embedded
from worker.embedded import Servers

pytest_plugins = ("tests.origins", "tests.plants")
ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

hypothesis_settings.register_profile(
    "tinwire", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
hypothesis_settings.load_profile("tinwire")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real data and conformance suites beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the folder with shared data is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL and Valkey, from the same wheels as in production's embedded mode."""
    with tempfile.TemporaryDirectory(prefix="tw") as folder:
        running = embedded.start(Path(folder))
        try:
            # Nothing of it outlives the machine: no test waits for the disk.
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                _administer(running.servers, f"ALTER SYSTEM SET {name} = off")
            _administer(running.servers, "SELECT pg_reload_conf()")
            yield running.servers
        finally:
            running.stop()


@pytest.fixture(scope="session")
def template(servers: Servers) -> str:
    """A database at the newest migration, which all others are copied from."""
    name = "template_" + uuid.uuid4().hex[:8]
    _administer(servers, f'CREATE DATABASE "{name}"')
    engine = connect(_url(servers, name))
    migrate.upgrade(engine)
    engine.dispose()
    return name


def _url(servers: Servers, database: str) -> str:
    url = sa.make_url(servers.database_url).set(database=database)
    return url.render_as_string(hide_password=False)


def _administer(servers: Servers, statement: str) -> None:
    engine = sa.create_engine(servers.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


Migrated = Callable[[], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def migrated(servers: Servers, template: str) -> Migrated:
    """Make databases that are migrated and empty; gives the address until the context ends."""

    @contextmanager
    def make() -> Iterator[str]:
        name = "test_" + uuid.uuid4().hex[:12]
        _administer(servers, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        yield _url(servers, name)
        _administer(servers, f'DROP DATABASE "{name}" WITH (FORCE)')

    return make


@pytest.fixture
def database_url(migrated: Migrated) -> Iterator[str]:
    """A migrated, empty database of this test's own, for what connects by itself."""
    with migrated() as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """A pool on this test's database."""
    made = connect(database_url)
    yield made
    made.dispose()


@pytest.fixture
def own_engine(migrated: Migrated) -> Iterator[sa.Engine]:
    """A pool on a database whose tables this test may break."""
    with migrated() as url:
        made = connect(url)
        yield made
        made.dispose()


@pytest.fixture(scope="session")
def shared_engine(migrated: Migrated) -> Iterator[sa.Engine]:
    """A pool on one database for all tests that begin with an empty one."""
    with migrated() as url:
        engine = connect(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="session")
def empty(shared_engine: sa.Engine) -> Callable[[], None]:
    """Delete all rows, which takes a hundredth of making a database anew."""
    children_first = reversed(tables.metadata.sorted_tables)
    # No row is left that a key could point to, so none is looked for.
    statement = "SET LOCAL session_replication_role = replica;" + "".join(
        f"DELETE FROM {table.name};" for table in children_first
    )

    def delete() -> None:
        with shared_engine.begin() as connection:
            connection.exec_driver_sql(statement + "DROP FUNCTION IF EXISTS refuse() CASCADE")

    return delete


@pytest.fixture(scope="session")
def editorial() -> Editorial:
    """The editors' choices as they are shipped."""
    return load_editorial(ROOT / "config")


@pytest.fixture
def desk(engine: sa.Engine, editorial: Editorial) -> Desk:
    """What every step is handed; feeds are rebuilt without waiting for quiet."""
    return Desk(engine, editorial, local_settings())


def local_settings(**more: object) -> Settings:
    """Settings for tests: this machine may be fetched from, and nothing waits for quiet."""
    values = {
        "publish_quiet_s": 0,
        "publish_max_s": 0,
        "fetch_allow": "127.0.0.0/8",
        "fetch_ports": "1024-65535",
        **more,
    }
    return load_settings({f"TINWIRE_{key.upper()}": str(value) for key, value in values.items()})


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """Let no test leave its logs behind: what they were written to ends with it.

    Tracebacks are plain: drawing one with all its variables takes seconds.
    """
    plain = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[structlog.processors.add_log_level, plain])
    yield
    structlog.reset_defaults()


@pytest.fixture
def wait_for() -> Callable[..., None]:
    """Wait until a condition holds; fails with a message when it doesn't in time."""

    def wait(
        condition: Callable[[], object], timeout: float = 60, why: Callable[[], str] = str
    ) -> None:
        until = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > until:
                pytest.fail(f"waited {timeout:g} s in vain\n{why()}")
            time.sleep(0.1)

    return wait


@pytest.fixture(scope="session")
def seed_page(shared: Path) -> dict[str, Any]:
    """The real article page that the product is modelled on."""
    page: dict[str, Any] = json.loads((shared / "data/seed-page/page.json").read_text())
    return page
