"""A sender is killed between the sending and the record: the answer is repeated at most once, on both engines."""

from __future__ import annotations

import signal

import pytest
from sqlalchemy import Engine, update
from support.reporting import Case
from support.wechat_server import WeChatServer
from support.working import until, work

from data import engine as engines
from data.schema import answer


def forget_lease(engine: Engine, case: Case) -> None:
    """Two minutes pass."""
    with engines.writing(engine) as conn:
        conn.execute(update(answer).values(tried_at=case.clock.at))


@pytest.mark.alone
def test_killed_after_sending_an_answer_is_repeated_once_and_never_again(prepared_url: str, engine: Engine, case: Case) -> None:
    case.clock.at = case.clock.at.replace(year=2020)
    case.report("1", "anna")
    case.settle("1")
    with WeChatServer() as wechat:
        wechat.hang_seconds = 60
        for kill in range(2):
            wechat.next.append("taken")  # it takes the text, and the sender dies before it hears so
            process = work(prepared_url, case.folder, wechat)
            until(lambda kill=kill: len(wechat.sent) == kill + 1)  # type: ignore[misc]
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert case.states() == [("sending", "")]
            forget_lease(engine, case)
        process = work(prepared_url, case.folder, wechat)
        try:
            until(lambda: case.states()[0][0] != "sending")
        finally:
            process.terminate()
            process.wait(20)
        assert case.states() == [("failed", "no_reply")] and len(wechat.sent) == 2


@pytest.mark.alone
def test_killed_before_sending_an_answer_is_sent_by_the_next(prepared_url: str, engine: Engine, case: Case) -> None:
    case.clock.at = case.clock.at.replace(year=2020)
    case.report("1", "anna")
    case.settle("1")
    with WeChatServer() as wechat:
        wechat.hang_seconds = 60
        wechat.next.append("hang")
        process = work(prepared_url, case.folder, wechat)
        until(lambda: case.states() == [("sending", "")] and len(wechat.calls) == 2)
        process.send_signal(signal.SIGKILL)
        process.wait()
        forget_lease(engine, case)
        process = work(prepared_url, case.folder, wechat)
        try:
            until(lambda: case.states() == [("sent", "")])
        finally:
            process.terminate()
            process.wait(20)
        assert len(wechat.sent) == 1 and case.ledger().answered == 1
