"""The server is killed at random moments while messages and steps are posted: what was acknowledged is there, once."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from support.posting import TOKEN, message_xml, post_message, post_steps
from support.serving import Server, issue_token

from data import audit, path_recount, recount
from data import engine as engines
from data.city import City
from data.schema import change, incident, message, step

POSTERS, KILLS = 4, 4


class Poster(threading.Thread):
    """Posts until told to stop, again and again until each post is acknowledged; remembers what was."""

    def __init__(self, number: int, url: str, token: str, is_over: threading.Event) -> None:
        super().__init__()
        self.number, self.url, self.token, self.is_over = number, url, token, is_over
        self.messages: list[str] = []
        self.steps: list[str] = []
        self.attempts = 0

    def run(self) -> None:
        count = 0
        with httpx.Client(base_url=self.url, timeout=5) as client:
            while not self.is_over.is_set():
                count += 1
                reference = f"{self.number}-{count}"
                created = int(time.time()) - 3600
                xml = message_xml(f"sender-{reference}", created, reference, MsgType="text", Content=f"路灯不亮 {reference}")
                if self._until_acknowledged(lambda xml=xml, created=created: post_message(client, xml, created)):
                    self.messages.append(reference)
                sent = {"source_ref": reference, "incident": {"source": "wechat", "ref": reference}, "action": "dispatch",
                        "at": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(created + 60)), "to": "transport"}  # fmt: skip
                if self._until_acknowledged(lambda sent=sent: post_steps(client, self.token, sent)):
                    self.steps.append(reference)

    def _until_acknowledged(self, post: Any) -> bool:
        while True:
            self.attempts += 1
            try:
                if post().status_code == 200:
                    return True
            except httpx.TransportError:
                time.sleep(0.02)
            if self.is_over.is_set():
                return False


@pytest.mark.alone
def test_every_acknowledged_message_and_step_is_there_once_after_four_kills(prepared_url: str, tmp_path: Path, city: City) -> None:
    chance = random.Random(5)
    settings = {"VAR": str(tmp_path), "DEMO": "0", "WECHAT_TOKEN": TOKEN, "DATABASE_URL": prepared_url}
    server = Server(settings)
    settings["PORT"] = str(server.port)
    token = issue_token(server, "center")
    server.start()
    is_over = threading.Event()
    posters = [Poster(number, server.url, token, is_over) for number in range(POSTERS)]
    for poster in posters:
        poster.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.4, 1.6))
        server.kill()
        server = Server(settings)
        server.start()
    time.sleep(1)
    is_over.set()
    for poster in posters:
        poster.join()
    acknowledged = {reference for poster in posters for reference in poster.messages}
    stepped = {reference for poster in posters for reference in poster.steps}
    engine = engines.create(prepared_url)
    _wait_until_filed(engine)
    server.kill()
    with engines.reading(engine) as conn:
        kept = list(conn.execute(select(message.c.source_ref)).scalars())
        filed = list(conn.execute(select(incident.c.source_ref)).scalars())
        steps = list(conn.execute(select(step.c.source_ref)).scalars())
        assert len(kept) == len(set(kept)) and len(filed) == len(set(filed)) and len(steps) == len(set(steps))
        assert acknowledged <= set(kept) == set(filed)
        assert stepped <= set(steps)
        assert conn.execute(select(func.count()).where(step.c.incident_id.is_(None))).scalar_one() == 0
        numbers = list(conn.execute(select(change.c.id).order_by(change.c.id)).scalars())
        assert numbers == list(range(1, len(numbers) + 1))
        assert recount.check(conn, city.zone) == [] and path_recount.check(conn, city) == []
        ledger = audit.check(conn, city.code, city.rules, datetime.now(UTC))
        assert (ledger.faults, ledger.missing_count, ledger.counts["received"]) == ((), 0, len(filed))
    engine.dispose()
    print(
        f"{len(acknowledged)} messages and {len(stepped)} steps acknowledged in {sum(poster.attempts for poster in posters)} posts"
    )
    assert len(acknowledged) > 50


def _wait_until_filed(engine: Any) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with engines.reading(engine) as conn:
            if conn.execute(select(func.count()).where(message.c.state_code == "kept")).scalar_one() == 0:
                return
        time.sleep(0.1)
    raise AssertionError("messages stayed unfiled for 30 seconds")
