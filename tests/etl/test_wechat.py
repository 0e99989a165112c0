"""WeChat messages through the real routes into both databases: the good, the repeated and the hostile."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.house import House
from support.posting import message_xml, post_encrypted, post_message, signed

SHARED = Path("../shared/data")
SENT = 1_795_490_000  # 2026-11-24 11:53:20 in Shanghai
FENCE = "长浜南高速涵洞旁的铁丝网护栏坏了，有安全隐患"
WUZHEN = {"MsgType": "location", "Location_X": 30.742726, "Location_Y": 120.494410, "Scale": 16, "Label": "乌镇"}


def text(message_id: str, words: str = FENCE, *, sender: str = "steward-1", sent: int = SENT) -> str:
    return message_xml(sender, sent, message_id, MsgType="text", Content=words)


def test_the_check_of_a_new_account_is_answered_with_its_echo(house: House) -> None:
    query = signed("1458005340")
    assert query["signature"] == "ce65ecf836a12b0d69bf9f4e68f944f9d7116464"  # DOMAIN 5.1
    assert house.client.get("/intake/wechat", params={**query, "echostr": "hello"}).text == "hello"
    assert house.client.get("/intake/wechat", params={**query, "nonce": "1", "echostr": "hello"}).status_code == 403


def test_a_text_and_a_place_become_one_incident_with_grid_category_and_no_name(house: House) -> None:
    assert post_message(house.client, text("1"), SENT).text == "success"
    assert post_message(house.client, message_xml("steward-1", SENT + 20, "2", **WUZHEN), SENT).text == "success"
    house.worker.file_kept()
    (row,) = house.incidents()
    assert (row["report_text"], row["category_code"], row["place_basis_code"]) == (FENCE, "B.01.04", "point")
    assert (row["lon"], row["lat"]) == pytest.approx((120.49, 30.745), abs=2e-6)  # GCJ-02 came off
    assert row["township_code"] == "330483100" and row["grid_code"].startswith(row["village_code"])
    assert row["reported_at"] == datetime.fromtimestamp(SENT, UTC) and row["holder_code"] == "room-330483100"
    assert 0 < row["category_certainty"] <= 1
    assert "steward-1" not in str(house.rows("message")) + str(house.rows("incident")) + str(house.rows("change"))


def test_the_same_message_five_times_out_of_order_is_one_incident(house: House) -> None:
    messages = [text("1"), message_xml("steward-1", SENT + 20, "2", **WUZHEN),
                message_xml("steward-1", SENT + 40, "3", MsgType="image", PicUrl="http://x/1.jpg", MediaId="m1")]  # fmt: skip
    calls = messages * 5
    random.Random(3).shuffle(calls)
    for xml in calls:
        assert post_message(house.client, xml, SENT).text == "success"
        house.worker.file_kept()
    (row,) = house.incidents()
    assert (row["report_text"], row["media_count"], row["place_basis_code"]) == (FENCE, 1, "point")
    assert len(house.rows("message")) == 3 and house.differing_cells() == []


def test_text_image_voice_video_and_place_of_one_sender_are_one_report(house: House) -> None:
    kinds = [{"MsgType": "voice", "MediaId": "v", "Format": "amr"}, {"MsgType": "video", "MediaId": "w", "ThumbMediaId": "t"},
             {"MsgType": "shortvideo", "MediaId": "u", "ThumbMediaId": "t"}, {"MsgType": "image", "PicUrl": "http://x", "MediaId": "m"}, WUZHEN]  # fmt: skip
    post_message(house.client, text("0"), SENT)
    for number, content in enumerate(kinds, start=1):
        assert (
            post_message(house.client, message_xml("steward-1", SENT + 30 * number, str(number), **content), SENT).text == "success"
        )
    post_message(house.client, text("9", "路灯不亮", sender="another"), SENT)
    house.worker.file_kept()
    first, _ = house.incidents()
    assert (first["report_text"], first["media_count"], first["place_basis_code"]) == (FENCE, 4, "point")
    assert [row["incident_id"] for row in house.rows("message")].count(first["id"]) == 6


def test_every_order_of_arrival_gives_the_same_report(house: House) -> None:
    reports = []
    for number, order in enumerate(itertools.permutations(range(3))):
        sender = f"steward-{number}"
        messages = [text(f"{sender}-1", sender=sender), message_xml(sender, SENT + 200, f"{sender}-2", **WUZHEN),
                    text(f"{sender}-3", "就在桥边", sender=sender, sent=SENT + 400)]  # fmt: skip
        for place in order:
            post_message(house.client, messages[place], SENT)
            house.worker.file_kept()
        live = [row for row in house.incidents() if row["reporter_key"] == house.incidents()[-1]["reporter_key"]]
        reports.append(
            {
                (row["report_text"], row["lon"], row["reported_at"], row["category_code"])
                for row in live
                if row["state_code"] != "merged"
            }
        )
    assert len(reports[0]) == 1 and all(each == reports[0] for each in reports)
    assert house.differing_cells() == []


def test_messages_further_apart_than_the_city_says_are_two_reports(house: House) -> None:
    for number, sent in enumerate((SENT, SENT + 301)):
        post_message(house.client, text(str(number), sent=sent), SENT)
    house.worker.file_kept()
    assert len(house.incidents()) == 2


def test_a_message_that_comes_late_joins_two_reports_and_merges_the_second(house: House) -> None:
    for message_id, sent in (("1", SENT), ("3", SENT + 500), ("2", SENT + 250)):
        post_message(house.client, text(message_id, f"护栏 {message_id}", sent=sent), SENT)
        house.worker.file_kept()
    first, second = house.incidents()
    assert first["report_text"] == "护栏 1\n护栏 2\n护栏 3"
    assert (second["state_code"], second["master_id"]) == ("merged", first["id"])


def test_an_encrypted_message_comes_in_and_one_for_another_account_does_not(house: House) -> None:
    assert post_encrypted(house.client, text("9")).text == "success"
    assert post_encrypted(house.client, text("10"), app_id="wx0000000000000000").status_code == 403
    house.worker.file_kept()
    assert [row["report_text"] for row in house.incidents()] == [FENCE]


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><MsgId>&b;</MsgId></xml>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (BOMB, "hostile_xml"),
        (OUTSIDE, "hostile_xml"),
        ("<xml><MsgId>1</MsgId>", "broken_xml"),
        ("", "broken_xml"),
        ("<html></html>", "not_wechat"),
        ("<xml><MsgId>1</MsgId></xml>", "incomplete"),
        (message_xml("s", 99**20, "1", MsgType="text", Content="x"), "bad_time"),
        (message_xml("s", SENT, "1", MsgType="location", Location_X="north", Location_Y=1), "bad_place"),
        (message_xml("s", SENT, "1", MsgType="location", Location_X=130, Location_Y=30), "bad_place"),
    ],
)
def test_a_hostile_or_broken_message_is_refused_kept_and_the_next_goes_in(house: House, body: str, reason: str) -> None:
    answer = post_message(house.client, body, SENT)
    assert (answer.status_code, answer.json()["error"]) == (400, reason)
    assert [row["reason"] for row in house.rows("rejected_row")] == [reason]
    assert post_message(house.client, text("1"), SENT).text == "success"
    house.worker.file_kept()
    assert len(house.incidents()) == 1


def test_a_wrong_signature_is_refused(house: House) -> None:
    answer = house.client.post("/intake/wechat", params={**signed(str(SENT)), "signature": "0" * 40}, content=text("1"))
    assert (answer.status_code, answer.json()["message"]) == (403, "The signature does not fit.")
    assert house.rows("message") == []


def test_a_body_of_20_megabytes_is_cut_off(house: House) -> None:
    def parts() -> Any:
        for _ in range(320):
            yield b"x" * 65536

    answer = house.client.post("/intake/wechat", params=signed(str(SENT)), content=parts())
    assert answer.status_code == 413
    assert post_message(house.client, text("1"), SENT).text == "success"


def test_a_place_in_beijing_comes_in_marked_and_without_a_point(house: House) -> None:
    post_message(house.client, text("1"), SENT)
    beijing = {**WUZHEN, "Location_X": 39.9, "Location_Y": 116.4, "Label": ""}
    post_message(house.client, message_xml("steward-1", SENT + 5, "2", **beijing), SENT)
    house.worker.file_kept()
    (row,) = house.incidents()
    assert (row["place_basis_code"], row["lon"], row["township_code"]) == ("outside", None, None)


def test_without_a_place_the_village_in_the_words_is_taken(house: House) -> None:
    post_message(house.client, text("1", "越丰村老年活动室门口垃圾没人收"), SENT)
    post_message(house.client, text("2", "路灯不亮", sender="another"), SENT)
    house.worker.file_kept()
    named, nowhere = house.incidents()
    assert (named["place_basis_code"], named["village_code"], named["lon"]) == ("area", "330483004208", None)
    assert nowhere["place_basis_code"] == "none" and nowhere["holder_code"] == "center"


def test_telephone_and_identity_numbers_never_arrive(house: House) -> None:
    post_message(house.client, text("1", "路灯不亮，联系１３８ 1234-5678 或 330483199001011234、0573-88112233"), SENT)
    house.worker.file_kept()
    assert house.incidents()[0]["report_text"] == "路灯不亮，联系138****5678 或 [证件号]、0573-*******"


def test_hostile_strings_come_in_as_plain_text(house: House) -> None:
    import json

    strings = [each for each in json.loads((SHARED / "hostile/blns/blns.json").read_text()) if "]]>" not in each]
    for number, each in enumerate(strings):
        clean = "".join(letter for letter in each if letter in "\t\n\r" or letter >= " ")
        answer = post_message(house.client, text(str(number), clean, sender=f"s{number}"), SENT)
        assert answer.status_code in (200, 400), each
    while house.worker.file_kept():
        pass
    taken = len(house.rows("message"))
    assert taken + len(house.rows("rejected_row")) == len(strings) and taken > 450
    assert len(house.incidents()) == taken and not [row for row in house.rows("message") if row["state_code"] != "filed"]


def test_all_sample_messages_are_filed_ignored_or_refused_and_nothing_falls_over(house: House) -> None:
    # The samples share one MsgId; each gets its own here.
    samples = [
        path.read_text().replace("1234567890123456", str(number))
        for number, path in enumerate(sorted((SHARED / "wechat").glob("*.xml")))
    ]
    answers = [house.client.post("/intake/wechat", params=signed("1"), content=each.encode()).status_code for each in samples]
    assert set(answers) <= {200, 400} and answers.count(200) > 25
    while house.worker.file_kept():
        pass
    states = [row["state_code"] for row in house.rows("message")]
    assert set(states) == {"filed", "ignored"} and states.count("filed") >= 5


def test_a_message_that_cannot_be_filed_is_set_aside_after_three_attempts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    post_message(house.client, text("1"), SENT)
    monkeypatch.setattr("etl.places.locate", lambda *_, **__: 1 / 0)
    for _ in range(3):
        house.worker.file_kept()
    assert [row["state_code"] for row in house.rows("message")] == ["refused"]
    assert "division" in house.rows("rejected_row")[0]["sentence"]
    assert house.worker.file_kept() == 0


@pytest.mark.alone
def test_filing_takes_well_under_the_five_seconds_of_wechat(house: House) -> None:
    assert post_message(house.client, text("1"), SENT).elapsed < timedelta(seconds=2.5)
