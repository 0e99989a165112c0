"""The whole check of the ledger names the row that somebody broke, on the wall, in /healthz and in /metrics, on both engines."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select, text
from support.reporting import Case
from support.wechat_server import WeChatServer

from dashboard import health
from dashboard.figures import wall
from dashboard.i18n import Look
from dashboard.live import Live
from data import arrivals, audit, feed, ledger, sums
from data import engine as engines
from data.schema import change, ledger_check
from etl.echo import Echo

TOWN, OTHER_TOWN = "330483100", "330483101"
LOOK = Look("zh-CN", ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def filled(case: Case) -> Case:
    case.report("1", "anna", township_code=TOWN)
    case.report("2", "bert", township_code=OTHER_TOWN)
    case.report("3", "carl", township_code=TOWN)
    case.settle("2")
    case.step("3", "merge", master_ref="1")
    rejected = {"source": "wechat", "name": "/intake/wechat", "reason": "broken_xml", "sentence": "x", "content": "x"}
    with engines.writing(case.engine) as conn:
        arrivals.reject(conn, [rejected | {"rejected_at": case.clock.at, "report_ref": "abc"}])
    return case


def broken_by(case: Case, statement: str, **values: Any) -> None:
    with engines.writing(case.engine) as conn:
        conn.execute(text(statement), values)


def found(case: Case) -> audit.Found:
    with engines.reading(case.engine) as conn:
        return audit.check(conn, "330483", case.city.rules, case.clock.at)


def number(case: Case, reference: str) -> str:
    return feed.number(case.row(reference))


def checked(case: Case) -> bool:
    case.clock.go(minutes=2)
    return Echo(case.engine, case.city, case.settings(), case.clock).check_ledger()  # type: ignore[arg-type]


def test_what_nobody_broke_is_in_order(filled: Case, wechat: WeChatServer) -> None:
    assert (found(filled).faults, found(filled).missing_count) == ((), 0)
    filled.courier(wechat).deliver()
    assert found(filled).faults == ()
    assert found(filled).counts == {
        "received": 4, "open": 1, "settled": 1, "rejected": 1, "merged": 1, "void": 0,
        "answered": 1, "unanswered": 0, "undelivered": 0, "unproven": 0, "missing": 0, "faults": 0,
    }  # fmt: skip


BREAKS = {
    "it ended but has no end": ("UPDATE incident SET state_code = 'void' WHERE source_ref = '1'", "1"),
    "it is open but has an end": ("UPDATE incident SET ended_at = received_at WHERE source_ref = '1'", "1"),
    "settled without a closing": ("UPDATE incident SET closed_at = NULL WHERE source_ref = '2'", "2"),
    "a state nobody knows": ("UPDATE incident SET state_code = 'lost' WHERE source_ref = '1'", "1"),
    "not where its log puts it": ("UPDATE incident SET state_code = 'handling' WHERE source_ref = '1'", "1"),
    "ended in every column": (
        "UPDATE incident SET state_code = 'closed', ended_at = received_at, closed_at = received_at WHERE source_ref = '1'",
        "1",
    ),
    "merged to void": ("UPDATE incident SET state_code = 'void' WHERE source_ref = '3'", "3"),
    "answered, but it was not": ("UPDATE incident SET answer_code = 'sent' WHERE source_ref = '2'", "2"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_row_that_somebody_broke_is_named(filled: Case, name: str) -> None:
    statement, reference = BREAKS[name]
    named = number(filled, reference)
    broken_by(filled, statement)
    assert [each.name for each in found(filled).faults] == [named]


def test_a_row_that_somebody_deleted_is_named_by_what_the_walls_were_told(filled: Case) -> None:
    named = number(filled, "1")
    broken_by(filled, "UPDATE incident SET master_id = NULL WHERE source_ref = '3'")
    broken_by(filled, "DELETE FROM incident WHERE source_ref = '1'")
    assert named in [each.name for each in found(filled).faults]


def test_a_cell_that_somebody_changed_is_named_when_every_row_is_right(filled: Case) -> None:
    where = f"grouping_code = 'stock' AND measure_code = 'open_reported' AND area_code = '{TOWN}'"
    broken_by(filled, f"UPDATE rollup SET value = value + 2 WHERE {where}")
    assert [each.name for each in found(filled).faults] == [f"{TOWN} open_reported +2"]


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("DELETE FROM rejected_row", "wechat abc"),
        ("DELETE FROM refusal", "wechat abc"),
        ("INSERT INTO refusal (source, report_ref, reason, refused_at) VALUES ('test', '1', 'x', 0)", "test 1"),
    ],
)
def test_a_refused_report_that_is_counted_twice_or_nowhere_is_named(filled: Case, statement: str, name: str) -> None:
    broken_by(filled, statement)
    assert name in [each.name for each in found(filled).faults]


def test_a_message_that_was_filed_nowhere_is_named(filled: Case) -> None:
    with engines.writing(filled.engine) as conn:
        kept = arrivals.keep_snapshot(
            conn, source="wechat", name="x", media_type="text/xml", body=b"x", received_at=filled.clock.at
        )
        for number, state in enumerate(("filed", "refused", "ignored", "kept")):
            arrivals.keep_message(conn, {"source": "wechat", "source_ref": str(number), "checksum": kept, "received_at": filled.clock.at,
                                         "state_code": state})  # fmt: skip
    assert [each.name for each in found(filled).faults] == ["wechat message 1", "wechat message 2"]


def test_the_wall_and_the_watch_say_which_row_and_are_content_again_when_it_is_mended(filled: Case) -> None:
    live = Live(filled.engine, filled.clock)  # type: ignore[arg-type]
    server = FastAPI()
    server.include_router(health.router(filled.engine, filled.clock, live))  # type: ignore[arg-type]
    client = TestClient(server)

    def line(level: str = "county", code: str = "330483") -> tuple[str, str]:
        with engines.reading(filled.engine) as conn:
            drawn = wall.ledger(ledger.balance(sums.ledger_counts(conn, level, code)), LOOK)
        return drawn["kind"], drawn["words"]

    def figures() -> dict[str, float]:
        families = text_string_to_metric_families(client.get("/metrics").text)
        return {sample.name + "".join(sample.labels.values()): sample.value for family in families for sample in family.samples}

    checked(filled)
    live.last_id = 1000
    assert line() == ("on-time", "账实相符 · 待回音 1") and client.get("/healthz").json()["reasons"] == []
    assert client.get("/healthz").json()["ledger"]["counts"]["received"] == 4
    broken_by(filled, "UPDATE incident SET state_code = 'void' WHERE source_ref = '3'")  # no open row: only the whole check sees it
    assert line()[0] == "on-time"
    assert checked(filled)
    named = number(filled, "3")
    assert line() == ("late", f"账实不符：{named}") == line("township", TOWN)
    assert line("township", OTHER_TOWN)[0] == "on-time"
    assert client.get("/healthz").json()["reasons"] == [f"The ledger does not add up: 0 missing, at fault: {named}."]
    assert (figures()["shouwang_ledger_faults"], figures()["shouwang_ledger_missing"], figures()["shouwang_ledgermerged"]) == (
        1,
        0,
        1,
    )
    assert not checked(filled)  # the same again is one row
    with engines.reading(filled.engine) as conn:
        assert b"ledger" in conn.execute(select(change.c.content).order_by(change.c.id.desc())).scalars().first().encode()  # type: ignore[union-attr]
    broken_by(filled, "UPDATE incident SET state_code = 'merged' WHERE source_ref = '3'")
    checked(filled)
    assert line()[0] == "on-time" and figures()["shouwang_ledger_faults"] == 0 and figures()["shouwang_answersqueued"] == 1
    with engines.reading(filled.engine) as conn:
        assert len(conn.execute(select(ledger_check)).all()) == 3
    filled.clock.go(minutes=16)
    assert client.get("/healthz").json()["reasons"] == ["The ledger was last checked 960 s ago."]


def test_a_count_that_got_lost_is_missing_and_said(filled: Case) -> None:
    broken_by(filled, "UPDATE rollup SET value = value - 1 WHERE grouping_code = 'stock' AND measure_code = 'ended_merged'")
    assert filled.ledger().missing == 1 and checked(filled)
    assert found(filled).missing_count == 1 and f"{TOWN} ended_merged -1" in [each.name for each in found(filled).faults]


def test_it_is_checked_once_a_minute(filled: Case) -> None:
    assert checked(filled)
    with engines.reading(filled.engine) as conn:
        assert not audit.is_due(conn, filled.clock.at) and audit.is_due(conn, filled.clock.at + audit.EVERY)
