"""A fetcher is killed in the middle: every photograph is kept once by the next, on both engines."""

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from support.pictures import picture
from support.wechat_server import WeChatServer
from support.working import until, work

from data import arrivals
from data import engine as engines
from data.clocks import Clock
from data.schema import change, message
from data.schema_intake import photograph
from etl.sources.wechat_xml import SOURCE


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
        process = work(prepared_url, tmp_path, wechat, PHOTOGRAPHS="1")
        until(lambda: wechat.calls.count("/cgi-bin/media/get") == 2)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert states(engine) == ["kept", "fetching", "waiting"]
        with engines.writing(engine) as conn:  # three minutes pass
            conn.execute(
                update(photograph).where(photograph.c.state_code == "fetching").values(tried_at=now - timedelta(minutes=4))
            )
        process = work(prepared_url, tmp_path, wechat, PHOTOGRAPHS="1")
        try:
            until(lambda: states(engine) == ["kept"] * 3)
        finally:
            process.terminate()
            process.wait(20)
    assert len(list((tmp_path / "photographs").rglob("*.jpg"))) == 2
    with engines.reading(engine) as conn:
        assert conn.execute(select(message.c.incident_id).distinct()).scalars().all() == [1]
        assert sum('"photograph"' in each for each in conn.execute(select(change.c.content)).scalars()) == 3
