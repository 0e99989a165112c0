"""From a figure back to what somebody sent: messages, posts and files of an incident, each with the checksum of its raw bytes."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import orjson
from sqlalchemy import Engine
from support.filed import a_step
from support.house import NOON, House
from support.posting import message_xml, post_message, post_steps

from data import arrivals, origins, queries
from data import engine as engines

SENT = 1_795_490_000


def test_a_message_is_found_again_with_the_checksum_of_its_bytes_and_without_what_was_scrubbed(house: House) -> None:
    xml = message_xml("s", SENT, "1", MsgType="text", Content="护栏坏了，电话13812345678")
    post_message(house.client, xml, SENT)
    house.worker.file_kept()
    (row,) = house.incidents()
    with engines.reading(house.engine) as conn:
        (found,) = origins.messages_of(conn, row["id"])
        assert arrivals.snapshot_body(conn, found["checksum"]) == xml.encode()
        assert origins.messages_of(conn, row["id"] + 1) == []
    assert found["checksum"] == hashlib.sha256(xml.encode()).hexdigest() and found["size_bytes"] == len(xml.encode())
    assert (found["source"], found["source_ref"], found["kind_code"]) == ("wechat", "1", "text")
    assert "13812345678" not in orjson.dumps(found["content"]).decode() and "护栏坏了" in found["content"]["text"]


def test_a_step_is_found_in_the_post_it_came_in_and_one_of_elsewhere_in_none(house: House) -> None:
    post_message(house.client, message_xml("s", SENT, "1", MsgType="text", Content="护栏坏了"), SENT)
    house.worker.file_kept()
    told = {
        "source_ref": "d",
        "incident": {"source": "wechat", "ref": "1"},
        "action": "dispatch",
        "at": "2026-11-24T11:54+08:00",
        "to": "transport",
    }
    answer = post_steps(house.client, house.token("center"), told)
    assert answer.json()["steps"][0]["result"] == "accepted"
    (row,) = house.incidents()
    with engines.reading(house.engine) as conn:
        found = queries.incident_with_steps(conn, row["id"])
        assert found is not None
        (step,) = found[1]
        other = a_step("1", "accept", NOON, "transport")
        posts = origins.posts_of(conn, [step, other])
    assert posts == {("center", step["received_at"]): hashlib.sha256(answer.request.content).hexdigest()}


def test_a_report_of_a_file_is_found_in_its_file(engine: Engine) -> None:
    begun = {}
    for day, name in ((0, "first.csv"), (1, "second.csv")):
        at = NOON + timedelta(days=day)
        with engines.writing(engine) as conn:
            checksum = arrivals.keep_snapshot(
                conn, source="files", name=name, media_type="text/csv", body=name.encode(), received_at=at
            )
            arrivals.start_batch(conn, source="files", name=name, checksum=checksum, at=at + timedelta(milliseconds=3))
        begun[name] = (at, checksum)
    with engines.reading(engine) as conn:
        for name, (at, checksum) in begun.items():
            found = origins.batch_of(conn, "files", at)
            assert found is not None and (found["name"], found["checksum"]) == (name, checksum)
        # Brought again after a stop: the batch had begun before.
        later = origins.batch_of(conn, "files", NOON + timedelta(hours=5))
        assert later is not None and later["name"] == "first.csv"
        assert origins.batch_of(conn, "wechat", NOON) is None
