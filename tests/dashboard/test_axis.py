"""One case on one axis: the seed case by hand, and the clocks that stand, run over or are not known to the minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from support.cases import incident

from dashboard.figures.axis import MOST_STEPS, Scale, timeline_axis
from dashboard.i18n import Look
from data import store
from data.city import City
from data.lifecycle import replay
from etl import filing

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZH, EN = Look("zh-CN", SHANGHAI), Look("en", SHANGHAI)
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
SEED = [("forward", "2016-03-15T09:31", "room-330483100", "center"), ("dispatch", "2016-03-15T09:35", "center", "transport"),
        ("accept", "2016-03-16T11:17", "transport", None), ("resolve", "2016-07-15T15:00", "transport", None),
        ("close", "2016-07-15T15:00", "center", None)]  # fmt: skip


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def drawn(
    city: City, reported: str, log: list[tuple[str, str, str | None, str | None]], look: Look = ZH, now: datetime = NOW, **said: Any
) -> dict[str, Any]:
    precision = said.pop("precision", "minute")
    until = said.pop("until", None)
    report = incident("1", id=7, reported_at=local(reported), category_code="B.01.04", reported_precision="minute", **said)
    steps = [
        store.step_defaults() | {"id": place, "source_ref": str(place), "action_code": action, "at": local(at), "precision_code": precision,
                                 "organisation_code": who, "to_organisation_code": to, "until_at": local(until) if until and action == "suspend" else None}
        for place, (action, at, who, to) in enumerate(log)
    ]  # fmt: skip
    condition = replay(report, steps, city.rules, None if log and log[-1][0] in ("close", "feedback", "void") else now)
    filing.set_marks(condition)
    return timeline_axis(report | condition.columns(), steps, city, look, now)


def test_six_minutes_and_four_months_stand_on_one_axis(city: City) -> None:
    seed = drawn(city, "2016-03-15T09:29", SEED)
    assert [(each["action"], each["time"]) for each in seed["steps"]] == [
        ("上报", "2016-03-15 09:29"), ("转报", "09:31"), ("派遣", "09:35"), ("接单", "03-16 11:17"), ("处置完成", "07-15 15:00"), ("结案", "15:00"),
    ]  # fmt: skip
    assert [(each["words"], each["is_late"]) for each in seed["waits"]] == [
        ("2 分钟", False), ("4 分钟", False), ("25 小时 42 分", False), ("121 天", True), ("不到 1 分钟", True),
    ]  # fmt: skip
    lefts = [each["left"] for each in seed["steps"]]
    assert lefts[0] == 0 and lefts[-1] == 1 and all(later - earlier > 0.099 for earlier, later in pairwise(lefts))
    widths = [each["width"] for each in seed["waits"]]
    assert sorted(widths[:4]) == widths[:4] and widths[3] > 2 * widths[0]


def test_the_seed_case_has_two_clocks_a_deadline_and_the_bureau_that_ran_over(city: City) -> None:
    seed = drawn(city, "2016-03-15T09:29", SEED)
    assert [(each["kind"], each["words"]) for each in seed["case_clock"]] == [("run", "7 个工作日"), ("late", "逾期 113 天")]
    assert [(each["name"], each["time"], each["shade"]) for each in seed["holder_clock"]] == [
        ("乌镇镇综合指挥室", "2 分钟", 0), ("市社会治理综合指挥中心", "4 分钟", 1), ("市交通运输局", "122 天", 0),
    ]  # fmt: skip
    assert seed["deadline"] == {"left": seed["case_clock"][1]["left"], "label": "限期 2016-03-24", "is_late": True}
    assert [each["words"] for each in seed["breaches"]] == ["市交通运输局处置中超时 112 天"]
    assert seed["facts"] == ["上报→派遣 6 分钟", "派遣→接单 25 小时 42 分"]
    assert (seed["elapsed"], seed["verdict"]["words"]) == ("全程 122 天", "逾期 113 天")
    for clock in ("case_clock", "holder_clock"):
        assert sum(each["width"] for each in seed[clock]) == 1


def test_the_seed_case_in_english(city: City) -> None:
    seed = drawn(city, "2016-03-15T09:29", SEED, EN)
    assert [each["words"] for each in seed["waits"]][:3] == ["2 min", "4 min", "25 h 42 min"]
    assert (
        seed["deadline"]["label"] == "due 2016-03-24"
        and seed["breaches"][0]["words"] == "Transport Bureau: in handling, 112 d over"
    )


def test_a_suspended_case_stands_on_both_clocks_and_its_deadline_moves(city: City) -> None:
    log = [("forward", "2026-10-12T09:10", None, "center"), ("dispatch", "2026-10-12T09:20", "center", "transport"),
           ("accept", "2026-10-12T10:00", "transport", None), ("suspend", "2026-10-13T09:00", "transport", None)]  # fmt: skip
    case = drawn(city, "2026-10-12T09:00", log, until="2026-11-23T09:00")
    assert [(each["kind"], each["words"]) for each in case["case_clock"]] == [
        ("run", "7 个工作日"),
        ("pause", "挂账"),
        ("run", ""),
        ("ahead", ""),
    ]
    pause = case["case_clock"][1]
    assert case["steps"][4]["action"] == "挂账" and case["steps"][4]["left"] == pause["left"]
    assert not case["deadline"]["is_late"] and case["deadline"]["left"] == 1 and case["waits"][-1]["words"].startswith("剩 ")


def test_a_case_resolved_in_time_that_is_checked_after_its_deadline_has_nothing_late(city: City) -> None:
    log = [("forward", "2026-11-02T09:10", None, "center"), ("dispatch", "2026-11-02T09:20", "center", "transport"),
           ("accept", "2026-11-02T10:00", "transport", None), ("resolve", "2026-11-10T10:00", "transport", None),
           ("close", "2026-11-16T16:00", "center", None)]  # fmt: skip
    case = drawn(city, "2026-11-02T09:00", log)
    assert case["verdict"]["words"] == "按期" and case["deadline"]["label"] == "限期 2026-11-11"
    assert not case["deadline"]["is_late"] and not any(each["is_late"] for each in case["waits"])
    assert {each["kind"] for each in case["case_clock"]} == {"run"}


def test_a_case_handled_in_time_shows_how_long_before_its_deadline_and_the_follow_up(city: City) -> None:
    log = [("forward", "2026-11-02T09:10", None, "center"), ("dispatch", "2026-11-02T09:20", "center", "transport"),
           ("accept", "2026-11-02T10:00", "transport", None), ("resolve", "2026-11-03T10:00", "transport", None),
           ("close", "2026-11-03T16:00", "center", None), ("feedback", "2026-11-04T09:00", "center", None)]  # fmt: skip
    case = drawn(city, "2026-11-02T09:00", log)
    assert (
        case["deadline"] == {"left": 1.0, "label": "限期 2026-11-11", "is_late": False}
        and case["waits"][-1]["words"] == "提前 8 天 14 小时"
    )
    assert [each["action"] for each in case["steps"]][-2:] == ["结案", "回访"] and case["verdict"]["words"] == "按期"
    assert [each["kind"] for each in case["case_clock"]] == ["run", "ahead"]
    assert case["case_clock"][0]["width"] == case["steps"][5]["left"] < case["steps"][6]["left"] < 1


def test_a_void_case_has_no_deadline_ahead(city: City) -> None:
    case = drawn(city, "2026-11-02T09:00", [("void", "2026-11-02T09:30", "room-330483100", None)])
    assert case["deadline"] is None and [each["words"] for each in case["waits"]] == ["30 分钟"] and case["state"] == "作废"


def test_an_open_case_shows_now_and_what_is_left(city: City) -> None:
    case = drawn(city, "2026-11-24T09:00", [("forward", "2026-11-24T09:10", "room-330483100", "center")])
    assert [(each["action"], each["time"], each["state"]) for each in case["steps"]] == [
        ("上报", "11-24 09:00", "done"), ("转报", "09:10", "done"), ("现在", "", "waiting"),
    ]  # fmt: skip
    assert [each["words"] for each in case["waits"]] == ["10 分钟", "2 小时 50 分", "剩 9 天 12 小时"]
    assert case["case_clock"][-1]["kind"] == "ahead" and case["verdict"]["kind"] == "on-time"


def test_where_only_the_day_is_known_no_hours_are_invented(city: City) -> None:
    case = drawn(city, "2026-11-10T09:00", [("forward", "2026-11-13T00:00", None, "center")], precision="day")
    assert case["waits"][0]["words"] == "约 3 天" and case["steps"][1]["time"] == "11-13"


def test_a_step_that_may_not_be_is_drawn_and_marked(city: City) -> None:
    case = drawn(city, "2026-11-24T09:00", [("accept", "2026-11-24T09:05", "transport", None)])
    assert (case["steps"][1]["state"], case["steps"][1]["mark"]) == ("impossible", "不合流程，已留存")


def test_a_long_log_says_how_many_steps_are_left_out(city: City) -> None:
    bounce = [(action, f"2026-11-{day:02d}T10:0{minute}", "center" if action == "dispatch" else "transport", "transport" if action == "dispatch" else None)
              for day in range(10, 18) for minute, action in ((0, "dispatch"), (1, "return"))]  # fmt: skip
    case = drawn(city, "2026-11-09T09:00", [("forward", "2026-11-09T09:10", None, "center"), *bounce])
    assert len(case["steps"]) == MOST_STEPS and case["waits"][0]["words"] == "+10 步 · 5 天"


def test_a_restricted_case_shows_its_kind_only(city: City) -> None:
    assert "吵架" not in str(drawn(city, "2026-11-24T09:00", [], is_restricted=True, report_text="家里吵架"))


def test_a_fresh_report_without_any_time_gone_is_drawn(city: City) -> None:
    case = drawn(city, "2026-11-24T12:00", [])
    assert case["steps"][0]["left"] == 0 and case["waits"][0]["words"] == "不到 1 分钟" and case["holder_clock"] == []


def test_what_divides_a_gap_divides_it_by_the_same_rule() -> None:
    start, end = NOW, NOW + timedelta(days=121)
    scale = Scale([start, end], [start + timedelta(days=8)])
    assert (
        0.4 < scale.place(start + timedelta(days=8)) < 0.5
        and scale.place(start - timedelta(1)) == 0
        and scale.place(end + timedelta(1)) == 1
    )
    assert scale.place(start + timedelta(days=4)) == scale.place(start + timedelta(days=8)) / 2
