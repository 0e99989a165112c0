"""The demo city in a process of its own, so that it never takes the screen's breath away."""

from __future__ import annotations

import subprocess
import sys

from data.settings import ROOT, Settings


class DemoProcess:
    """`python -m etl.run demo` as a child that ends with its parent; nothing at all without DEMO."""

    def __init__(self, settings: Settings) -> None:
        self._is_wanted = settings.is_demo
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._is_wanted:
            self._process = subprocess.Popen([sys.executable, "-m", "etl.run", "demo"], cwd=ROOT)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
