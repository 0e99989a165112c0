"""The worker beside its work: it forgets what no wall asks for, and starts and stops."""

from __future__ import annotations

import time
from datetime import timedelta

from support.house import NOON, House
from support.posting import message_xml, post_message

from data import engine as engines
from data import feed


def test_changes_older_than_a_week_are_forgotten_and_the_numbers_go_on(house: House) -> None:
    for days in (30, 8, 6, 0):
        with engines.writing(house.engine) as conn:
            feed.append(conn, NOON - timedelta(days=days), [feed.Entry("progress", {})])
    assert house.worker.tidy() == 2
    with engines.reading(house.engine) as conn:
        assert (feed.first(conn), feed.head(conn)) == (3, 4)


def test_a_started_worker_files_what_it_is_woken_for_and_stops(house: House) -> None:
    house.worker.start()
    sent = 1_795_490_000
    post_message(house.client, message_xml("s", sent, "1", MsgType="text", Content="路灯不亮"), sent)
    deadline = time.monotonic() + 5
    while not house.incidents() and time.monotonic() < deadline:
        time.sleep(0.01)
    house.worker.stop()
    assert [row["report_text"] for row in house.incidents()] == ["路灯不亮"]
