"""The bundled newsroom, read once, and a start to count its ages from."""

from datetime import UTC, datetime

import pytest

from worker.demo.newsroom import Newsroom, load

BASE_URL = "http://127.0.0.1:8090"


@pytest.fixture(scope="session")
def newsroom() -> Newsroom:
    return load()


@pytest.fixture(scope="session")
def started_at() -> datetime:
    return datetime(2026, 3, 14, 1, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def base_url() -> str:
    return BASE_URL
