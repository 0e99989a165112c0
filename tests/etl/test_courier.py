"""The delivery of answers against a WeChat of our own: every state, every limit, and silence without a configuration."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from support.reporting import Case
from support.wechat_server import APP_ID, APP_SECRET, WeChatServer

from data import answers, recount
from data import engine as engines
from data.errors import SettingsError
from data.settings import Settings, read
from etl import courier as couriers


@pytest.fixture
def settled(case: Case) -> Case:
    case.report("1", "anna")
    case.settle("1")
    return case


def test_an_answer_is_sent_and_counted_and_the_token_is_used_again(settled: Case, wechat: WeChatServer) -> None:
    courier = settled.courier(wechat)
    settled.report("2", "bert")
    settled.settle("2")
    assert settled.ledger().unanswered == 2
    assert courier.deliver() == 2 and courier.deliver() == 0
    assert settled.states() == [("sent", ""), ("sent", "")] and wechat.tokens == 1
    assert wechat.sent[0] == ("anna", settled.answers()[0]["words"])
    assert (settled.ledger().answered, settled.ledger().unanswered, settled.row("1")["answer_code"]) == (2, 0, "sent")
    with engines.reading(settled.engine) as conn:
        assert recount.check(conn, settled.city.zone) == []


@pytest.mark.parametrize("missing", ["wechat_app_id", "wechat_app_secret"])
def test_without_a_configuration_nothing_leaves_the_machine(settled: Case, wechat: WeChatServer, missing: str) -> None:
    given = {"wechat_app_id": APP_ID, "wechat_app_secret": APP_SECRET, "wechat_api": wechat.url} | {missing: ""}
    courier = couriers.Courier(settled.engine, settled.city, Settings(var=str(settled.folder), **given), settled.clock)  # type: ignore[arg-type]
    for _ in range(3):
        courier.deliver()
        settled.clock.go(hours=1)
    assert wechat.calls == [] and settled.states() == [("unsent", "not_configured")]
    assert (settled.ledger().unanswered, settled.ledger().undelivered) == (1, 0)


def test_what_waited_for_a_configuration_is_sent_while_wechat_takes_it(case: Case, wechat: WeChatServer) -> None:
    from data import arrivals

    for person, hours in (("anna", 50), ("bert", 1)):
        case.report(person, person)
        key = case.row(person)["reporter_key"]
        with engines.writing(case.engine) as conn:
            heard_at = case.clock.at - timedelta(hours=hours)
            kept = arrivals.keep_snapshot(
                conn, source="wechat", name="x", media_type="text/xml", body=person.encode(), received_at=heard_at
            )
            arrivals.keep_message(conn, {"source": "wechat", "source_ref": person, "checksum": kept, "received_at": heard_at, "sent_at": heard_at,
                                         "sender_key": key, "state_code": "ignored"})  # fmt: skip
        case.settle(person)
    case.courier().deliver()
    courier = case.courier(wechat)
    courier.deliver()
    assert case.states() == [("failed", "window"), ("sent", "")] and [person for person, _ in wechat.sent] == ["bert"]
    assert (case.ledger().undelivered, case.ledger().answered) == (1, 1)


@pytest.mark.parametrize(("code", "reason"), [(45015, "window"), (40003, "40003"), (43004, "43004")])
def test_what_wechat_will_never_take_is_undelivered_at_once(settled: Case, wechat: WeChatServer, code: int, reason: str) -> None:
    wechat.next.append(code)
    courier = settled.courier(wechat)
    courier.deliver()
    settled.clock.go(days=1)
    courier.deliver()
    assert settled.states() == [("failed", reason)] and len(wechat.calls) == 2
    found = settled.ledger()
    assert (found.undelivered, found.answered, found.unanswered) == (1, 0, 0)
    settled.step("1", "feedback")  # told by telephone
    assert (settled.ledger().undelivered, settled.ledger().answered) == (0, 1)


@pytest.mark.parametrize("trouble", [-1, 45047, 45009, "500"])
def test_what_wechat_cannot_take_now_is_tried_again_with_longer_pauses(
    settled: Case, wechat: WeChatServer, trouble: int | str
) -> None:
    courier = settled.courier(wechat)
    wechat.next.extend([trouble] * 3)
    pauses = []
    while not wechat.sent:
        before = len(wechat.calls)
        courier.deliver()
        if len(wechat.calls) > before:
            (row,) = settled.answers()
            pauses.append(row["next_try_at"] and (row["next_try_at"] - row["tried_at"]) / timedelta(minutes=1))
        settled.clock.go(minutes=1)
    assert pauses == [1, 4, 16, None] and settled.states() == [("sent", "")] and settled.answers()[0]["attempt_count"] == 4


def test_after_eight_attempts_it_is_undelivered(settled: Case, wechat: WeChatServer) -> None:
    courier = settled.courier(wechat)
    wechat.next.extend([45047] * 20)
    for _ in range(60):
        courier.deliver()
        settled.clock.go(hours=1)
    assert settled.states() == [("failed", "45047")] and len(wechat.next) == 20 - couriers.MOST_ATTEMPTS


def test_an_expired_token_is_fetched_anew_once(settled: Case, wechat: WeChatServer) -> None:
    courier = settled.courier(wechat)
    courier.deliver()
    wechat.expire()
    settled.report("2", "bert")
    settled.settle("2")
    courier.deliver()
    assert len(wechat.sent) == 2 and wechat.tokens == 2
    wechat.next.extend([40001, 40001])
    settled.report("3", "carl")
    settled.settle("3")
    courier.deliver()
    assert settled.states()[2] == ("queued", "40001") and settled.answers()[2]["attempt_count"] == 0  # no fault of the answer


def test_a_refused_account_costs_no_answer_an_attempt_and_is_asked_seldom(settled: Case, wechat: WeChatServer) -> None:
    wechat.token_error = 40125
    courier = settled.courier(wechat)
    for _ in range(120):
        courier.deliver()
        settled.clock.go(minutes=1)
    assert settled.states() == [("queued", "40125")] and settled.answers()[0]["attempt_count"] == 0
    assert 5 <= len(wechat.calls) <= 8  # 1, 2, 4, 8, 16, 32 and 64 minutes apart
    wechat.token_error = None
    settled.clock.go(hours=6)
    courier.deliver()
    assert settled.states() == [("sent", "")]


@pytest.mark.parametrize("silence", ["taken", "drop", "rubbish"])
def test_nobody_is_told_more_than_twice_when_wechat_keeps_silent(settled: Case, wechat: WeChatServer, silence: str) -> None:
    courier = settled.impatient_courier(wechat)
    wechat.next.extend([silence] * 5)
    for _ in range(20):
        courier.deliver()
        settled.clock.go(hours=1)
    assert settled.states()[0][0] == "failed" and wechat.calls.count("/cgi-bin/message/custom/send") == 2
    assert len(wechat.sent) <= 2 and settled.ledger().undelivered == 1


def test_one_silence_is_tried_once_more_and_then_sent(settled: Case, wechat: WeChatServer) -> None:
    courier = settled.impatient_courier(wechat)
    wechat.next.append("hang")
    courier.deliver()
    assert settled.states() == [("queued", "no_reply")] and settled.answers()[0]["doubtful_count"] == 1
    settled.clock.go(minutes=5)
    courier.deliver()
    assert settled.states() == [("sent", "")]


def test_while_nobody_is_there_only_one_is_tried(case: Case, wechat: WeChatServer) -> None:
    for person in ("anna", "bert", "carl"):
        case.report(person, person)
        case.settle(person)
    with WeChatServer() as gone:
        courier = case.courier(gone)
    courier.deliver()  # it is gone by now
    assert [state for state, _ in case.states()] == ["queued"] * 3
    assert [row["attempt_count"] for row in case.answers()] == [1, 0, 0] and case.states()[0][1] == "unreachable"
    case.clock.go(minutes=5)
    assert courier.api is not None
    courier.api.url = wechat.url
    courier.deliver()
    assert {state for state, _ in case.states()} == {"sent"} and len(wechat.sent) == 3


def test_a_sender_that_was_lost_is_taken_over_after_its_lease_and_not_before(settled: Case, wechat: WeChatServer) -> None:
    lost, other = settled.courier(wechat), settled.courier(wechat)
    (row,) = settled.answers()
    assert lost._claim(row) is not None and other._claim(row) is None  # one alone sends it
    assert other.deliver() == 0 and wechat.sent == []
    settled.clock.go(seconds=couriers.LEASE.total_seconds() + 1)
    other.deliver()
    assert settled.states() == [("sent", "")] and settled.answers()[0]["doubtful_count"] == 1


def test_an_address_sealed_with_another_key_is_undelivered(settled: Case, wechat: WeChatServer) -> None:
    (settled.folder / "secret").write_text("another key, as long as it needs to be")
    settled.courier(wechat).deliver()
    assert settled.states() == [("failed", "address")] and wechat.calls == []


def test_neither_address_nor_secret_nor_token_is_written_down(
    settled: Case, wechat: WeChatServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        settled.courier(wechat).deliver()
    assert "answer 1: sent" in caplog.text
    assert not [word for word in ("anna", APP_SECRET, "token-1") if word in caplog.text + repr(settled.answers())]


@pytest.mark.parametrize(("given", "is_fine"), [("https://wx.example.cn/", True), ("http://127.0.0.1:9", True), ("http://wx.example.cn", False), ("wx", False)])  # fmt: skip
def test_the_secret_goes_over_an_open_line_to_this_machine_only(given: str, is_fine: bool) -> None:
    if is_fine:
        assert read({"WECHAT_API": given}).wechat_api_url == given.rstrip("/")
    else:
        with pytest.raises(SettingsError, match="WECHAT_API"):
            read({"WECHAT_API": given})


def test_counts_of_answers_by_state_are_told(settled: Case) -> None:
    with engines.reading(settled.engine) as conn:
        assert answers.counts(conn) == {"queued": 1}
