"""What browser tests share."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.serving import Server

DEMO = {"DEMO": "1", "DEMO_DAYS": "70"}


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ten weeks of the invented county until a Tuesday's late morning, nobody at it: made once for all parallel
    workers, by the one that comes first."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "history"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "whole").exists():
            with Server({**DEMO, "VAR": str(folder), "CLOCK": "2026-11-24T11:30:00+08:00"}) as server:
                server.wait_for_history()
            (folder / "whole").touch()
    return folder


@pytest.fixture(scope="module")
def rehearse(history: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts servers with that history, each with one of its own, rehearsing a Tuesday noon; stopped after the module's tests."""
    started: list[Server] = []

    def start(**settings: str) -> Server:
        folder = tmp_path_factory.mktemp("demo") / "var"
        shutil.copytree(history, folder)
        server = Server({**DEMO, "VAR": str(folder), "CLOCK": "2026-11-24T11:40:00+08:00", **settings})
        started.append(server)
        server.start()
        server.wait_for_history()
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="module")
def demo(rehearse: Callable[..., Server]) -> Server:
    """A server with ten weeks of the invented county, rehearsing a Tuesday noon."""
    return rehearse()
