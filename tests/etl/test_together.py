"""Workers and departments at once: nobody waits for ever, nothing is lost, and the sums stay right."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select
from support.house import House
from support.posting import message_xml, post_message, post_steps

from data import engine as engines
from data.clocks import Clock
from data.regions import Regions
from data.schema import incident
from etl import filing
from etl.inbox import Worker

SENT = 1_795_490_000
SENDERS, MESSAGES = 6, 8


def test_two_workers_and_departments_at_once_file_everything_once(
    house: House, regions: Regions, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    token = house.token("center")
    workers = [house.worker, Worker(house.engine, house.city, regions, clock)]
    is_over = threading.Event()

    def report(sender: int) -> list[int]:
        answers = []
        for number in range(MESSAGES):
            reference, sent = f"{sender}-{number}", SENT + number * 30
            xml = message_xml(f"steward-{sender}", sent, reference, MsgType="text", Content=f"护栏坏了 {reference}")
            answers.append(post_message(house.client, xml, sent).status_code)
        return answers

    def tell(sender: int) -> list[int]:
        answers = []
        for number in range(MESSAGES):
            given: dict[str, Any] = {"incident": {"source": "wechat", "ref": f"{sender}-0"}, "at": f"2026-11-24T11:5{number}+08:00"}
            answers.append(
                post_steps(house.client, token, {**given, "source_ref": f"{sender}-{number}", "action": "note"}).status_code
            )
        return answers

    def file(worker: Worker) -> None:
        while not is_over.is_set():
            worker.file_kept()

    with caplog.at_level(logging.ERROR), ThreadPoolExecutor(2 * SENDERS + 2) as pool:
        filing = [pool.submit(file, worker) for worker in workers]
        posting = [pool.submit(act, sender) for sender in range(SENDERS) for act in (report, tell)]
        answers = [answer for each in posting for answer in each.result(60)]
        is_over.set()
        for each in filing:
            each.result(60)
    house.worker.file_kept()
    assert set(answers) == {200}
    assert [record.getMessage() for record in caplog.records] == []
    assert {row["state_code"] for row in house.rows("message")} == {"filed"}
    assert {row["attempt_count"] for row in house.rows("message")} == {0}
    live = [row for row in house.incidents() if row["state_code"] != "merged"]
    assert len(live) == SENDERS
    assert all(len(row["report_text"].splitlines()) == MESSAGES for row in live)
    assert len(house.rows("step")) >= SENDERS * MESSAGES
    assert house.differing_cells() == []


def test_a_worker_that_waits_for_an_incident_holds_none_of_its_rows(house: House) -> None:
    if house.engine.dialect.name != "postgresql":
        return  # SQLite has one writer at a time
    for number in range(2):
        post_message(house.client, message_xml("s", SENT + number, str(number), MsgType="text", Content="护栏坏了"), SENT)
        if number == 0:
            house.worker.file_kept()
    with engines.writing(house.engine) as conn:
        filing.hold(conn, [("wechat", "0")])
        worker = threading.Thread(target=house.worker.file_kept)
        worker.start()
        time.sleep(0.3)
        # A department that holds the incident takes its row now; were the worker to have it, neither could go on.
        conn.execute(select(incident.c.id).with_for_update(nowait=True)).all()
    worker.join(10)
    assert [row["state_code"] for row in house.rows("message")] == ["filed", "filed"] and len(house.incidents()) == 1
