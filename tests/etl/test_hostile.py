"""What is wrong on purpose or by accident is refused in words, never with a fault, and the next message goes in."""

from __future__ import annotations

import base64
import hashlib
import stat
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from support.house import House
from support.posting import TOKEN, message_xml, post_encrypted, post_message, post_steps, signed

from data.errors import SettingsError
from data.settings import Settings
from etl import reporters

SENT = 1_795_490_000
OPENID = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"
TEXT = {"MsgType": "text", "Content": "护栏坏了"}


def message(message_id: str = "1", *, sender: str = OPENID, sent: int = SENT, **content: Any) -> str:
    return message_xml(sender, sent, message_id, **(content or TEXT))


def declared(encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>{message()}'


REFUSED = {
    "a reference without end": (message("9" * 5000), "too_long"),
    "a sender without end": (message(sender="s" * 200_000), "too_long"),
    "a kind without end": (message(MsgType="k" * 300), "too_long"),
    "the last second of all": (message(sent=253402300799), "bad_time"),
    "the year 2100": (message(sent=4102444800), "in_the_future"),
    "before all time": (message(sent=-62135596800), "bad_time"),
    "nowhere": (message(MsgType="location", Location_X="nan", Location_Y="inf"), "bad_place"),
    "a deep tree that breaks": ("<xml>" + "<a>" * 60_000, "broken_xml"),
    "a deep tree": ("<xml>" + "<a>" * 30_000 + "</a>" * 30_000 + "</xml>", "incomplete"),
    "an encoding nobody reads": (declared("gbk"), "broken_xml"),
    "an encoding nobody knows": (declared("wat"), "broken_xml"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_message_out_of_all_bounds_is_refused_kept_and_the_next_goes_in(house: House, name: str) -> None:
    body, reason = REFUSED[name]
    answer = post_message(house.client, body, SENT)
    assert (answer.status_code, answer.json()["error"]) == (400, reason)
    assert [row["reason"] for row in house.rows("rejected_row")] == [reason]
    assert post_message(house.client, message(), SENT).text == "success"
    house.worker.file_kept()
    assert len(house.incidents()) == 1


def test_an_event_with_an_endless_name_is_ignored(house: House) -> None:
    assert post_message(house.client, message(MsgType="event", Event="k" * 3000), SENT).text == "success"
    house.worker.file_kept()
    assert [row["state_code"] for row in house.rows("message")] == ["ignored"]


def test_a_refused_message_is_kept_without_its_sender_and_numbers(house: House) -> None:
    broken = message(MsgType="location", Location_X="x", Location_Y="y", Label="我叫李四，13812345678")
    for body in (broken, broken[:-9], broken.replace("<FromUserName>", "<FromUserName lang='zh'>")):
        assert post_message(house.client, body, SENT).status_code == 400
    assert house.client.post("/intake/wechat", params=signed("1"), content=broken.encode("utf-16")).status_code == 400
    kept = str(house.rows("rejected_row"))
    assert OPENID not in kept and "李四" not in kept and "13812345678" not in kept
    assert kept.count("138****5678") == 4  # one in each of the four


def test_a_sender_whose_name_is_part_of_a_reference_changes_no_reference(house: House) -> None:
    post_message(house.client, message("121", sender="1"), SENT)
    post_message(house.client, message("0", sender="1", MsgType="event", Event="subscribe"), SENT)
    assert next(row["source_ref"] for row in house.rows("message")) == "121"
    assert house.rows("message")[1]["source_ref"].endswith(f"{SENT}:subscribe")


def encrypted(cipher: str) -> tuple[dict[str, str], str]:
    """A call that is signed, with any text where the encrypted message stands."""
    timestamp, nonce = "1458005340", "482917"
    seal = hashlib.sha1("".join(sorted([TOKEN, timestamp, nonce, cipher])).encode()).hexdigest()
    query = {"encrypt_type": "aes", "timestamp": timestamp, "nonce": nonce, "msg_signature": seal}
    return query, f"<xml><Encrypt><![CDATA[{cipher}]]></Encrypt></xml>"


LENGTHS = [base64.b64encode(b"x" * length).decode() for length in (1, 15, 16, 32, 48, 64, 4096)]


@pytest.mark.parametrize("cipher", ["", "a", "!!!!", "é", "A" * 64, *LENGTHS])
def test_signed_rubbish_in_encrypted_mode_is_refused(house: House, cipher: str) -> None:
    query, body = encrypted(cipher)
    assert house.client.post("/intake/wechat", params=query, content=body.encode()).status_code in (400, 403)
    query["msg_signature"] = "0" * 40
    assert house.client.post("/intake/wechat", params=query, content=body.encode()).status_code in (400, 403)
    assert house.rows("message") == house.rows("snapshot") == []


def test_a_broken_message_inside_an_encrypted_one_is_kept_with_its_reason(house: House) -> None:
    assert post_encrypted(house.client, "<xml><MsgId>1").status_code == 400
    assert [row["reason"] for row in house.rows("rejected_row")] == ["broken_xml"]


def test_while_the_database_is_away_nothing_is_acknowledged(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: Engine) -> Any:
        raise OperationalError("", {}, Exception("server closed the connection"))

    token = house.token("center")
    with monkeypatch.context() as patch:
        patch.setattr("data.engine.writing", away)
        told = {"source_ref": "1", "incident": {"source": "wechat", "ref": "1"}, "action": "note", "at": "2026-11-24T11:54+08:00"}
        for answer in (post_message(house.client, message(), SENT), post_steps(house.client, token, told)):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert post_message(house.client, message(), SENT).text == "success"


def test_a_message_waits_without_blame_while_the_database_refuses(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(*_: Any, **__: Any) -> Any:
        raise OperationalError("", {}, Exception("deadlock detected"))

    post_message(house.client, message(), SENT)
    with monkeypatch.context() as patch:
        patch.setattr("etl.filing.file_reports", refusing)
        for _ in range(5):
            assert house.worker.file_kept() == 0
    assert [(row["state_code"], row["attempt_count"]) for row in house.rows("message")] == [("kept", 0)]
    assert house.worker.file_kept() == 1 and len(house.incidents()) == 1


def test_the_key_of_an_installation_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(var=str(tmp_path))
    first, second = reporters.from_settings(settings), reporters.from_settings(settings)
    key = tmp_path / reporters.KEY_FILE
    assert stat.S_IMODE(key.stat().st_mode) == 0o600 and [each.name for each in tmp_path.iterdir()] == [key.name]
    assert first.hashed("wechat", OPENID) == second.hashed("wechat", OPENID) != first.hashed("other", OPENID)
    assert second.open(first.seal(OPENID)) == OPENID and OPENID.encode() not in first.seal(OPENID)


def test_a_damaged_key_is_never_used(tmp_path: Path) -> None:
    (tmp_path / reporters.KEY_FILE).write_text("")
    with pytest.raises(SettingsError, match="damaged"):
        reporters.from_settings(Settings(var=str(tmp_path)))
