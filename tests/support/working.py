"""The product without its screen as a process of its own, to be killed; and waiting for what it does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.serving import ROOT
from support.wechat_server import APP_ID, APP_SECRET, WeChatServer

PATIENCE_SECONDS = 40


def until(is_so: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something is so; fails when it does not come to be."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.05)


def work(url: str, folder: Path, wechat: WeChatServer, **more: str) -> subprocess.Popen[bytes]:
    """`etl.run serve` over a database and a folder, with a WeChat of our own."""
    settings = {"DATABASE_URL": url, "VAR": str(folder), "DEMO": "0", "WECHAT_APP_ID": APP_ID, "WECHAT_APP_SECRET": APP_SECRET,
                "WECHAT_API": wechat.url, **more}  # fmt: skip
    return subprocess.Popen([sys.executable, "-m", "etl.run", "serve"], cwd=ROOT, env={**os.environ, **settings})
