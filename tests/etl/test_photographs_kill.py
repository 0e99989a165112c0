"""A fetcher is killed in the middle: every photograph is kept once by the next, on both engines."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from support.pictures import picture
from support.serving import ROOT
from support.wechat_server import APP_ID, APP_SECRET, WeChatServer

from data import arrivals
from data import engine as engines
from data.clocks import Clock
from data.schema import change, message
from data.schema_intake import photograph
from etl.sources.wechat_xml import SOURCE

PATIENCE_SECONDS = 40


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def serve(url: str, folder: Path, wechat: WeChatServer) -> subprocess.Popen[bytes]:
    settings = {"DATABASE_URL": url, "VAR": str(folder), "DEMO": "0", "WECHAT_APP_ID": APP_ID, "WECHAT_APP_SECRET": APP_SECRET,
                "WECHAT_API": wechat.url, "PHOTOGRAPHS": "1"}  # fmt: skip
    return subprocess.Popen([sys.executable, "-m", "etl.run", "serve"], cwd=ROOT, env={**os.environ, **settings})


def states(engine: Engine) -> list[str]:
    with engines.reading(engine) as conn:
        return list(conn.execute(select(photograph.c.state_code).order_by(photograph.c.id)).scalars())


@pytest.mark.alone
def test_killed_while_fetching_each_is_kept_once_and_told_once(prepared_url: str, engine: Engine, tmp_path: Path) -> None:
    now = Clock().now()
    with engines.writing(engine) as conn:
        for number in range(1, 4):
            kept = arrivals.keep_snapshot(
                conn, source=SOURCE, name="x", media_type="text/xml", body=b"%d" % number, received_at=now
            )
            arrivals.keep_reporter(conn, "anna", SOURCE, b"sealed")
            arrivals.keep_message(conn, {"source": SOURCE, "source_ref": str(number), "checksum": kept, "received_at": now, "sent_at": now + timedelta(seconds=number),
                                         "sender_key": "anna", "kind_code": "image", "content": f'{{"media_id": "m{number}"}}'})  # fmt: skip
    with WeChatServer() as wechat:
        wechat.media = {f"m{number}": picture(colour) for number, colour in enumerate(("navy", "olive", "navy"), start=1)}
        wechat.hang_seconds = 60
        wechat.next.extend([0, "hang"])  # the first comes; the second does not, and the fetcher dies waiting
        process = serve(prepared_url, tmp_path, wechat)
        until(lambda: wechat.calls.count("/cgi-bin/media/get") == 2)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert states(engine) == ["kept", "fetching", "waiting"]
        with engines.writing(engine) as conn:  # three minutes pass
            conn.execute(
                update(photograph).where(photograph.c.state_code == "fetching").values(tried_at=now - timedelta(minutes=4))
            )
        process = serve(prepared_url, tmp_path, wechat)
        try:
            until(lambda: states(engine) == ["kept"] * 3)
        finally:
            process.terminate()
            process.wait(20)
    assert len(list((tmp_path / "photographs").rglob("*.jpg"))) == 2
    with engines.reading(engine) as conn:
        assert conn.execute(select(message.c.incident_id).distinct()).scalars().all() == [1]
        assert sum('"photograph"' in each for each in conn.execute(select(change.c.content)).scalars()) == 3
