"""A real server of this product in a process of its own, for tests that must see it as its users do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from sqlalchemy import create_engine, text
from support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """`python app.py` with the given settings on a free port; ready on entering, gone on leaving."""

    def __init__(self, settings: dict[str, str], *, start_seconds: float = 60) -> None:
        self.port = int(settings.get("PORT", free_port()))
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, **settings, "PORT": str(self.port)}
        self.start_seconds = start_seconds
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=self.environment)
        self._wait_until_healthy()

    def kill(self) -> None:
        """SIGKILL, as when the power goes."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def wait_for_history(self, seconds: float = 240) -> None:
        """Until the invented county's whole history is there; fails when it is not by then."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            progress = httpx.get(f"{self.url}/healthz", timeout=30).json()["progress"].get("demo-history", {})
            if progress and progress["done"] == progress["total"]:
                return
            time.sleep(0.5)
        raise AssertionError(f"the invented county's history was not there within {seconds:g} s")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _wait_until_healthy(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + self.start_seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode} before it was healthy")
            try:
                if httpx.get(f"{self.url}/healthz", timeout=1).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        self.kill()
        raise AssertionError(f"no healthy server within {self.start_seconds} s")


def issue_token(server: Server, organisation_code: str) -> str:
    """A fresh token of an organisation, made with the product's own command."""
    command = [sys.executable, "-m", "etl.run", "token", organisation_code]
    return subprocess.run(command, cwd=ROOT, env=server.environment, check=True, capture_output=True, text=True).stdout.split()[-1]


def rows(server: Server, question: str) -> list[Any]:
    """What a running server's embedded database answers, read beside it."""
    engine = create_engine(f"sqlite:///file:{Path(server.environment['VAR']) / 'shouwang.sqlite'}?mode=ro&uri=true")
    with engine.connect() as conn:
        found = list(conn.execute(text(question)))
    engine.dispose()
    return found
