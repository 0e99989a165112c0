"""Fixtures for all tests: the city, the clock, fresh databases on both engines, and a server of one's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext
from sqlalchemy import Engine
from support.browsing import Witness, launch_arguments
from support.postgresql import Cluster
from support.serving import ROOT, Server

from data import arrivals
from data import city as cities
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.regions import Regions

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TEMPLATE = "migrated"


@pytest.fixture(scope="session")
def city() -> City:
    return cities.load(ROOT / "data/cities/tongxiang")


@pytest.fixture(scope="session")
def regions(city: City) -> Regions:
    return Regions(city)


@pytest.fixture
def clock() -> Clock:
    """It is noon of 24 November 2026 in Tongxiang, a Tuesday, when the test begins."""
    return Clock(NOON)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A private PostgreSQL on a free port, started by the tests and stopped by them; one for each parallel worker."""
    with Cluster() as started:
        yield started


@pytest.fixture
def postgres_url(cluster: Cluster) -> Iterator[str]:
    """The URL of a fresh, empty PostgreSQL database."""
    url = cluster.fresh_url()
    yield url
    cluster.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh, empty database, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.sqlite'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def sqlite_template(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the city in it, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    _prepare(f"sqlite:///{path}", city)
    return path


@pytest.fixture(scope="session")
def postgresql_template(cluster: Cluster, city: City) -> str:
    """The name of a migrated PostgreSQL database with the city in it, to be copied."""
    _prepare(cluster.url(cluster.create(TEMPLATE)), city)
    return TEMPLATE


@pytest.fixture(params=["sqlite", "postgresql"])
def prepared_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database at the newest schema with the city in it, once on each engine."""
    if request.param == "sqlite":
        copy = tmp_path / "test.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), copy)
        yield f"sqlite:///{copy}"
        return
    cluster = request.getfixturevalue("cluster")
    url = cluster.fresh_url(request.getfixturevalue("postgresql_template"))
    yield url
    cluster.drop(url)


@pytest.fixture
def engine(prepared_url: str) -> Iterator[Engine]:
    """A fresh database at the newest schema with the city in it, once on each engine."""
    fresh = engines.create(prepared_url)
    yield fresh
    fresh.dispose()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts `python app.py` with settings on a free port, empty unless told otherwise; stopped after the test."""
    started: list[Server] = []

    def start(**settings: str) -> Server:
        server = Server({"VAR": str(tmp_path / "var"), "DEMO": "0", **settings})
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def server(serve: Callable[..., Server]) -> Server:
    """A running server over an empty database."""
    return serve()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return launch_arguments()


@pytest.fixture
def context(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A browser context whose console errors and requests off this machine fail the test.

    A test that provokes errors names them: `@pytest.mark.console_errors("net::ERR_CONNECTION_REFUSED")`.
    """
    witness = Witness(context)
    yield context
    marker = request.node.get_closest_marker("console_errors")
    witness.accuse(marker.args if marker else ())


def _prepare(url: str, city: City) -> None:
    engine = engines.create(url)
    engines.upgrade(engine)
    with engines.writing(engine) as conn:
        arrivals.save_city(conn, city)
    engine.dispose()
