"""What browser tests share."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from support.ports import free_port
from support.posting import TOKEN
from support.serving import Server

DEMO = {"DEMO": "1", "DEMO_DAYS": "70"}


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ten weeks of the invented county until a Tuesday's noon, nobody at it, and in `whole` the instant at which it
    was left: made once for all parallel workers, by the one that comes first."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "history"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "whole").exists():
            with Server({**DEMO, "VAR": str(folder), "CLOCK": "2026-11-24T11:40:00+08:00"}) as server:
                server.wait_for_history()
                left_at = httpx.get(f"{server.url}/healthz").json()["now"]
            (folder / "whole").write_text(left_at)
    return folder


@pytest.fixture(scope="module")
def rehearse(history: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts servers with that history, each with one of its own, from the instant on at which it was left: nothing is to be made
    up for. Stopped after the module's tests."""
    started: list[Server] = []

    def start(**settings: str) -> Server:
        folder = tmp_path_factory.mktemp("demo") / "var"
        shutil.copytree(history, folder)
        server = Server({**DEMO, "VAR": str(folder), "CLOCK": (folder / "whole").read_text(), **settings})
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


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Server]:
    """A county without reports, to which WeChat may write."""
    server = Server({"VAR": str(tmp_path), "DEMO": "0", "PORT": str(free_port()), "WECHAT_TOKEN": TOKEN})
    server.start()
    yield server
    server.stop()
