"""Photographs fetched from a WeChat of our own: kept once, expired, refused, put off; and nothing at all while the setting is off."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from support.house import NOON, House
from support.migrating import downgraded
from support.pictures import bomb, picture, with_secrets
from support.posting import message_xml, post_message
from support.reporting import SetClock
from support.wechat_server import APP_ID, APP_SECRET, WeChatServer

from data import engine as engines
from data import feed, photographs
from data.schema import change
from data.settings import Settings
from etl import photographs as fetching

SENT = int(NOON.timestamp()) - 60
LATER = NOON + timedelta(minutes=1)
PIC_URL = "http://127.0.0.1:9/hostile.jpg"  # nobody may ask there


def report(house: House, *media_ids: str, sender: str = "steward-1") -> int:
    """Words and photographs of one sender, filed; gives the incident."""
    post_message(house.client, message_xml(sender, SENT, f"{sender}-0", MsgType="text", Content="护栏坏了"), SENT)
    for number, media_id in enumerate(media_ids, start=1):
        xml = message_xml(sender, SENT + number, f"{sender}-{number}", MsgType="image", PicUrl=PIC_URL, MediaId=media_id)
        assert post_message(house.client, xml, SENT).text == "success"
    while house.worker.file_kept():
        pass
    return int(house.incidents()[-1]["id"])


def fetcher(house: House, folder: Path, server: WeChatServer | None, **given: str) -> fetching.Photographs:
    account = {} if server is None else {"wechat_app_id": APP_ID, "wechat_app_secret": APP_SECRET, "wechat_api": server.url}
    settings = Settings(**{"var": str(folder), "photographs": "1", **account, **given})
    return fetching.Photographs(house.engine, settings, SetClock(LATER))  # type: ignore[arg-type]


def clock_of(worker: fetching.Photographs) -> SetClock:
    return worker.clock  # type: ignore[return-value]


def states(house: House) -> list[tuple[str, str]]:
    return [(row["state_code"], row["reason"]) for row in house.rows("photograph")]


def files(folder: Path) -> list[Path]:
    return sorted(each for each in (folder / "photographs").rglob("*") if each.is_file())


def told(engine: Engine, incident_id: int) -> list[str]:
    with engines.reading(engine) as conn:
        return list(
            conn.execute(select(change.c.content).where(change.c.incident_id == incident_id).order_by(change.c.id)).scalars()
        )


def test_off_nothing_is_fetched_and_the_photographs_are_only_known(house: House, wechat: WeChatServer, tmp_path: Path) -> None:
    report(house, "m1", "m2")
    worker = fetcher(house, tmp_path, wechat, photographs="0")
    worker.start()
    assert worker._thread is None and worker.fetch_due() == 0
    assert wechat.calls == [] and states(house) == [("waiting", "")] * 2 and not files(tmp_path)


def test_photographs_are_kept_cleaned_and_every_wall_is_told(house: House, wechat: WeChatServer, tmp_path: Path) -> None:
    wechat.media = {"m1": with_secrets(), "m2": picture("firebrick"), "m3": picture("firebrick")}
    number = report(house, "m1", "m2", "m3")
    before = house.incidents()[0]
    worker = fetcher(house, tmp_path, wechat)
    assert worker.fetch_due() == 3 and worker.fetch_due() == 0
    assert states(house) == [("kept", "")] * 3
    with engines.reading(house.engine) as conn:
        found = photographs.of(conn, number, worker.clock.now())
        assert all(photographs.is_public(conn, each["checksum"]) for each in found) and not photographs.is_public(conn, "0" * 64)
        assert photographs.counts(conn) == {"kept": 3}
    assert [(each["width"], each["height"]) for each in found] == [(900, 1200), (1200, 900), (1200, 900)]
    kept = {each.stem for each in files(tmp_path)}
    assert len(kept) == 2 == len({each["checksum"] for each in found}) and kept == {
        each["checksum"] for each in found
    }  # one of them twice
    assert b"secret" not in b"".join(each.read_bytes() for each in files(tmp_path))
    changes = told(house.engine, number)
    assert len([each for each in changes if '"photograph"' in each]) == 3 and '"alarm":false' in changes[-1]
    assert house.incidents()[0] == before and house.differing_cells() == []
    assert wechat.calls == ["/cgi-bin/stable_token"] + ["/cgi-bin/media/get"] * 3 and wechat.tokens == 1


def test_a_message_that_is_sent_or_filed_again_is_one_photograph(house: House, wechat: WeChatServer, tmp_path: Path) -> None:
    wechat.media["m1"] = picture()
    report(house, "m1")
    report(house, "m1")
    (row,) = house.rows("message")[1:]
    with engines.writing(house.engine) as conn:
        photographs.notice(conn, row, NOON)
    assert fetcher(house, tmp_path, wechat).fetch_due() == 1 and len(states(house)) == 1


def test_a_photograph_comes_along_when_two_reports_are_joined(house: House, wechat: WeChatServer, tmp_path: Path) -> None:
    for number, sent in ((1, SENT - 1000), (3, SENT - 500), (2, SENT - 750)):
        xml = message_xml("s", sent, str(number), MsgType="image", PicUrl=PIC_URL, MediaId=f"m{number}")
        post_message(house.client, xml, SENT)
        house.worker.file_kept()
    first, second = house.incidents()
    with engines.reading(house.engine) as conn:
        assert (len(photographs.of(conn, first["id"], LATER)), len(photographs.of(conn, second["id"], LATER))) == (3, 0)


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (None, ("gone", "40007")),
        (b"<html>not a picture</html>", ("refused", "not_image")),
        (b'{"video_url": "http://127.0.0.1:9/x"}', ("refused", "not_image")),
        (picture()[:2000], ("refused", "unreadable")),
        (bomb(), ("refused", "too_many_pixels")),
        (b"\xff\xd8" + bytes(11 * 1024 * 1024), ("refused", "too_large")),
    ],
    ids=["expired", "html", "video", "cut", "bomb", "11MB"],
)
def test_what_is_no_picture_or_gone_says_so_and_the_next_is_fetched(
    house: House, wechat: WeChatServer, tmp_path: Path, body: bytes | None, state: tuple[str, str]
) -> None:
    wechat.media = {"m2": picture()} if body is None else {"m1": body, "m2": picture()}
    number = report(house, "m1", "m2")
    worker = fetcher(house, tmp_path, wechat)
    assert worker.fetch_due() == 2 and worker.fetch_due() == 0
    assert states(house) == [state, ("kept", "")] and len(files(tmp_path)) == 1
    assert len([each for each in told(house.engine, number) if '"photograph"' in each]) == 2


def test_after_three_days_it_is_gone_and_nobody_is_asked(house: House, wechat: WeChatServer, tmp_path: Path) -> None:
    wechat.media["m1"] = picture()
    report(house, "m1")
    worker = fetcher(house, tmp_path, wechat)
    clock_of(worker).go(days=3)
    assert worker.fetch_due() == 1
    assert states(house) == [("gone", "")] and wechat.calls == []


def test_without_an_account_it_waits_and_is_fetched_once_there_is_one(house: House, wechat: WeChatServer, tmp_path: Path) -> None:
    wechat.media["m1"] = picture()
    report(house, "m1")
    unset = fetcher(house, tmp_path, None)
    assert unset.fetch_due() == 1 and unset.fetch_due() == 0 and states(house) == [("waiting", "not_configured")]
    worker = fetcher(house, tmp_path, wechat)
    clock_of(worker).go(minutes=10)
    worker.fetch_due()
    assert states(house) == [("kept", "")]


@pytest.mark.parametrize("media_id", ["", "../../etc/passwd", "a&access_token=b", "x" * 300])
def test_a_number_that_wechat_never_gave_is_not_asked_for(
    house: House, wechat: WeChatServer, tmp_path: Path, media_id: str
) -> None:
    report(house, media_id)
    fetcher(house, tmp_path, wechat).fetch_due()
    assert states(house) == [("refused", "no_media_id")] and wechat.calls == []


@pytest.mark.parametrize("trouble", [-1, 45009, "500", "drop", "half", "hang", "elsewhere"])
def test_what_cannot_be_had_now_is_tried_again_with_longer_pauses(
    house: House, wechat: WeChatServer, tmp_path: Path, trouble: int | str
) -> None:
    with WeChatServer() as stranger:
        wechat.media["m1"] = picture()
        wechat.elsewhere = f"{stranger.url}/cgi-bin/media/get?access_token=x&media_id=m1"
        wechat.hang_seconds = 4.0
        report(house, "m1")
        worker = fetcher(house, tmp_path, wechat)
        assert worker.api is not None
        worker.api.timeout_seconds = 1.5  # a busy machine takes its time to answer where nothing is wrong
        wechat.next.extend([trouble] * 3)
        asked_at: list[Any] = []
        for minute in range(40):
            before = len(wechat.calls)
            worker.fetch_due()
            if len(wechat.calls) > before:
                asked_at.append(minute)
            clock_of(worker).go(minutes=1)
        assert states(house) == [("kept", "")] and asked_at == [0, 1, 5, 21]
        assert stranger.calls == []  # a redirect is not followed


def test_after_eight_attempts_it_is_given_up(house: House, wechat: WeChatServer, tmp_path: Path) -> None:
    report(house, "m1")
    wechat.next.extend(["500"] * 20)
    worker = fetcher(house, tmp_path, wechat)
    for _ in range(60):
        worker.fetch_due()
        clock_of(worker).go(hours=1)
    assert states(house) == [("failed", "http_500")] and len(wechat.next) == 20 - fetching.MOST_ATTEMPTS


def test_an_expired_token_is_fetched_anew_and_nobody_elses_is_taken_away(
    house: House, wechat: WeChatServer, tmp_path: Path
) -> None:
    wechat.media = {"m1": picture(), "m2": picture()}
    report(house, "m1")
    worker = fetcher(house, tmp_path, wechat)
    worker.fetch_due()
    wechat.expire()
    report(house, "m2", sender="another")
    worker.fetch_due()
    assert states(house) == [("kept", "")] * 2 and wechat.tokens == 2
    wechat.valid_token = "token-7"  # another process has a fresh one already
    report(house, "m1", sender="a third")
    worker.fetch_due()
    assert states(house)[2] == ("kept", "") and (wechat.valid_token, wechat.tokens) == ("token-7", 2)


def test_a_refused_account_costs_no_attempt_and_is_asked_seldom(house: House, wechat: WeChatServer, tmp_path: Path) -> None:
    wechat.token_error = 40125
    wechat.media["m1"] = picture()
    report(house, "m1")
    worker = fetcher(house, tmp_path, wechat)
    for _ in range(120):
        worker.fetch_due()
        clock_of(worker).go(minutes=1)
    assert states(house) == [("waiting", "40125")] and house.rows("photograph")[0]["attempt_count"] == 0
    assert 5 <= len(wechat.calls) <= 8
    wechat.token_error = None
    clock_of(worker).go(hours=6)
    worker.fetch_due()
    assert states(house) == [("kept", "")]


def test_one_alone_fetches_it_and_a_lost_one_is_taken_over_after_its_lease(
    house: House, wechat: WeChatServer, tmp_path: Path
) -> None:
    wechat.media["m1"] = picture()
    report(house, "m1")
    worker = fetcher(house, tmp_path, wechat)
    with engines.writing(house.engine) as conn:
        (row,) = photographs.due(conn, LATER, fetching.LEASE, 9)
        assert photographs.change(conn, row, state_code="fetching", tried_at=NOON, attempt_count=1)
        assert not photographs.change(conn, row, state_code="fetching", tried_at=NOON, attempt_count=1)
    assert worker.fetch_due() == 0
    clock_of(worker).go(seconds=fetching.LEASE.total_seconds() + 1)
    worker.fetch_due()
    assert states(house) == [("kept", "")] and house.rows("photograph")[0]["attempt_count"] == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="a folder of root's is needed")
def test_a_disk_that_takes_nothing_loses_nothing(house: House, wechat: WeChatServer, tmp_path: Path) -> None:
    wechat.media["m1"] = picture()
    report(house, "m1")
    worker = fetcher(house, tmp_path, wechat)
    (tmp_path / "photographs").write_text("a file where a folder should be")
    worker.fetch_due()
    assert states(house) == [("waiting", "disk")]
    (tmp_path / "photographs").unlink()
    clock_of(worker).go(minutes=5)
    worker.fetch_due()
    assert states(house) == [("kept", "")] and not [each for each in files(tmp_path) if each.suffix == ".part"]


def test_the_feed_tells_no_alarm_and_no_words_of_a_restricted_case(house: House, wechat: WeChatServer, tmp_path: Path) -> None:
    wechat.media["m1"] = picture()
    number = report(house, "m1")
    with engines.writing(house.engine) as conn:
        conn.exec_driver_sql("UPDATE incident SET is_restricted = true")
    fetcher(house, tmp_path, wechat).fetch_due()
    assert '"text":""' in told(house.engine, number)[-1]
    with engines.reading(house.engine) as conn:
        (kept,) = photographs.of(conn, number, LATER)
        assert kept["state_code"] == "kept" and not photographs.is_public(conn, kept["checksum"])
        assert feed.head(conn) > 0


def test_photographs_of_messages_that_older_code_filed_are_known(house: House, wechat: WeChatServer, tmp_path: Path) -> None:
    wechat.media["m1"] = picture()
    report(house, "m1")
    downgraded(house.engine, "0009")
    engines.upgrade(house.engine)
    (row,) = house.rows("photograph")
    assert (row["state_code"], row["expires_at"] - row["next_try_at"] > timedelta(days=2)) == ("waiting", True)
    fetcher(house, tmp_path, wechat).fetch_due()
    assert states(house) == [("kept", "")]
