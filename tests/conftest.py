"""Fixtures for all tests: the city, fresh databases on both engines, and a browser that forgives nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from support.postgresql import Cluster

from data import arrivals
from data import city as cities
from data import engine as engines
from data.city import City
from data.regions import Regions

CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="session")
def city() -> City:
    return cities.load(Path("data/cities/tongxiang"))


@pytest.fixture(scope="session")
def regions(city: City) -> Regions:
    return Regions(city)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A private PostgreSQL on a free port, started by the tests and stopped by them."""
    with Cluster() as started:
        yield started


@pytest.fixture
def postgres_url(cluster: Cluster) -> str:
    """The URL of a fresh, empty PostgreSQL database."""
    return cluster.fresh_url()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh, empty database, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.sqlite'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def engine(database_url: str, city: City) -> Iterator[Engine]:
    """A fresh database at the newest schema with the city in it, once on each engine."""
    fresh = engines.create(database_url)
    engines.upgrade(fresh)
    with engines.writing(fresh) as conn:
        arrivals.save_city(conn, city)
    yield fresh
    fresh.dispose()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": "/usr/bin/chromium", "args": CHROMIUM, "headless": True}
