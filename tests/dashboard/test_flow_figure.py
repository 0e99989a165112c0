"""The flow timeline says what happened, in both languages: the seed case by hand, and what can go wrong with a log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from support.cases import incident

from dashboard.figures import flow, wall
from dashboard.i18n import Look
from data import store
from data.alarms import raised
from data.city import City
from data.lifecycle import replay
from data.trails import hands_of
from etl import filing

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZH, EN = Look("zh-CN", SHANGHAI), Look("en", SHANGHAI)
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def case(
    city: City, reported: str, log: list[tuple[str, str, str | None, str | None]], **columns: Any
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    report = incident("1", id=7, reported_at=local(reported), category_code="B.01.04", reported_precision="minute", **columns)
    steps = [
        store.step_defaults() | {"id": place, "source_ref": str(place), "action_code": action, "at": local(at), "precision_code": "minute",
                                 "organisation_code": who, "to_organisation_code": to}
        for place, (action, at, who, to) in enumerate(log)
    ]  # fmt: skip
    condition = replay(report, steps, city.rules)
    filing.set_marks(condition)
    return report | condition.columns(), steps


SEED = [
    ("forward", "2016-03-15T09:31", "room-330483100", "center"),
    ("dispatch", "2016-03-15T09:35", "center", "transport"),
    ("accept", "2016-03-16T11:17", "transport", None),
    ("resolve", "2016-07-15T15:00", "transport", None),
    ("close", "2016-07-15T15:00", "center", None),
]


def test_the_seed_case_says_6_minutes_25_hours_42_and_113_days_late_and_why(city: City) -> None:
    drawn = flow.timeline(*case(city, "2016-03-15T09:29", SEED), city, ZH, NOW)
    assert drawn["facts"] == [
        "上报→派遣 6 分钟",
        "派遣→接单 25 小时 42 分",
        "接单→处置 121 天",
        "全程 122 天",
        "其中市交通运输局 122 天",
    ]
    assert drawn["verdict"] == {
        "kind": "late",
        "words": "逾期 113 天",
        "reason": "7 个工作日限期至 2016-03-24，2016-07-15 办结，无延期或挂账记录",
    }
    assert [(node["action"], node["time"], node["wait"]) for node in drawn["nodes"]] == [
        ("上报", "03-15 09:29", ""),
        ("转报", "03-15 09:31", "2 分钟"),
        ("派遣", "03-15 09:35", "4 分钟"),
        ("接单", "03-16 11:17", "25 小时 42 分"),
        ("处置完成", "07-15 15:00", "121 天"),
        ("结案", "07-15 15:00", "不到 1 分钟"),
    ]
    assert [node["is_late"] for node in drawn["nodes"]] == [False] * 4 + [True] * 2
    assert drawn["nodes"][3]["who"] == "市交通运输局"


def test_the_seed_case_in_english(city: City) -> None:
    drawn = flow.timeline(*case(city, "2016-03-15T09:29", SEED), city, EN, NOW)
    assert drawn["facts"][:2] == ["report → dispatch 6 min", "dispatch → accept 25 h 42 min"]
    assert drawn["verdict"]["words"] == "113 days late"
    assert drawn["verdict"]["reason"] == "7 working days to 2016-03-24; closed on 2016-07-15; no extension or suspension on record"


def test_an_open_case_shows_how_long_it_has_waited_and_with_whom(city: City) -> None:
    drawn = flow.timeline(*case(city, "2026-11-24T09:00", [("forward", "2026-11-24T09:10", None, None)]), city, ZH, NOW)
    assert drawn["nodes"][-1] | {"mark": ""} == {
        "action": "现在", "time": "", "who": "市社会治理综合指挥中心", "mark": "", "wait": "已等 2 小时 50 分", "state": "waiting", "is_late": False,
    }  # fmt: skip
    assert drawn["verdict"]["words"] == "限期 2026-12-03，剩 9 天 12 小时"


def test_an_impossible_step_is_drawn_and_marked(city: City) -> None:
    drawn = flow.timeline(*case(city, "2026-11-24T09:00", [("accept", "2026-11-24T09:05", "transport", None)]), city, ZH, NOW)
    assert (drawn["nodes"][1]["state"], drawn["nodes"][1]["mark"]) == ("impossible", "不合流程，已留存")


def test_a_long_log_keeps_its_beginning_and_its_end(city: City) -> None:
    bounce = [
        (action, f"2026-11-{day:02d}T10:0{minute}", "center", "transport")
        for day in range(10, 18)
        for minute, action in ((0, "dispatch"), (1, "return"))
    ]
    drawn = flow.timeline(*case(city, "2026-11-09T09:00", bounce), city, ZH, NOW)
    assert len(drawn["nodes"]) == flow.MOST_NODES + 1 and drawn["nodes"][1]["wait"] == "另有 9 步"
    assert (
        "退回 8 次" in drawn["verdict"]["reason"] if drawn["verdict"]["kind"] == "late" else drawn["nodes"][0]["action"] == "上报"
    )


def test_progress_notes_move_nothing_and_are_not_drawn(city: City) -> None:
    drawn = flow.timeline(*case(city, "2026-11-24T09:00", [("note", "2026-11-24T09:30", "transport", None)]), city, ZH, NOW)
    assert [node["action"] for node in drawn["nodes"]] == ["上报", "现在"]


def test_a_restricted_case_shows_its_kind_only(city: City) -> None:
    drawn = flow.timeline(*case(city, "2026-11-24T09:00", [], is_restricted=True, report_text="家里吵架"), city, ZH, NOW)
    assert drawn["text"] == "内容不公开" and "吵架" not in str(drawn)


def test_a_deadline_over_an_unpublished_year_says_so(city: City) -> None:
    drawn = flow.timeline(*case(city, "2026-12-29T09:00", []), city, ZH, local("2026-12-29T10:00"))
    assert drawn["verdict"]["words"] == "限期需用未公布的工作日历，暂不推算"


@pytest.mark.parametrize(
    ("minutes", "zh", "en"),
    [(0.5, "不到 1 分钟", "under 1 min"), (6, "6 分钟", "6 min"), (60, "1 小时", "1 h"), (1542, "25 小时 42 分", "25 h 42 min"),
     (2880, "2 天", "2 d"), (4560, "3 天 4 小时", "3 d 4 h"), (122 * 1440, "122 天", "122 d")],
)  # fmt: skip
def test_durations_are_said_as_people_say_them(minutes: float, zh: str, en: str) -> None:
    assert (ZH.duration(timedelta(minutes=minutes)), EN.duration(timedelta(minutes=minutes))) == (zh, en)


def test_numbers_are_in_wan_and_thousands() -> None:
    assert [ZH.number(each) for each in (0, 9999, 12_345, 2.5e8)] == ["0", "9999", "1.2 万", "2.5 亿"]
    assert EN.number(12_345) == "12,345"


def test_a_case_passed_to_and_fro_shows_its_chain(city: City) -> None:
    log = [("forward", "2026-11-23T09:10", None, None), ("dispatch", "2026-11-23T09:20", "center", "transport"),
           ("return", "2026-11-23T10:00", "transport", None), ("dispatch", "2026-11-23T10:30", "center", "water"),
           ("return", "2026-11-23T11:00", "water", None)]  # fmt: skip
    row, _ = case(city, "2026-11-23T09:00", log)
    told = row | {"signs": raised(row, NOW), "chain": hands_of(row, NOW)}
    drawn = wall.sign(told, city, ZH, NOW)
    assert drawn["words"].startswith("退回 2 次") and drawn["kind"] == "late"
    center = "市社会治理综合指挥中心"
    assert drawn["holder"] == f"市交通运输局 40 分钟 → {center} 30 分钟 → 市水利局 30 分钟 → {center} 25 小时"
