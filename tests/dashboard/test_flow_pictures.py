"""The pictures of the flow say what was counted, in both languages, and no more than the counts allow."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from support.cases import incident

from dashboard.figures import chain, durations, follows, scale, swimlanes, variants
from dashboard.i18n import Look
from data import mining
from data.buckets import bucket_of
from data.city import City
from data.holders import Holding
from data.vocabulary import LANES

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZH, EN = Look("zh-CN", SHANGHAI), Look("en", SHANGHAI)
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
HOUR = 60.0


def lane(waits: list[tuple[float, bool]], longest: dict[str, Any] | None = None) -> dict[str, Any]:
    ordered = sorted(minutes for minutes, _ in waits)
    return {"waits": waits, "late_count": sum(late for _, late in waits), "longest": longest,
            "median_minutes": ordered[len(ordered) // 2] if ordered else None}  # fmt: skip


def in_motion(**given: Any) -> dict[str, Any]:
    return {each: given.get(each, lane([])) for each in LANES}


def test_a_few_cases_are_a_mark_each_and_a_late_one_is_a_triangle_on_top(city: City) -> None:
    longest = incident("1", id=7, holder_code="transport", category_code="B.01.04", due_at=NOW - timedelta(hours=1)) | {
        "since_at": NOW - timedelta(hours=3)
    }
    drawn = swimlanes.swimlanes(in_motion(department=lane([(180, True), (180, False), (0.5, False)], longest)), city, ZH, NOW)
    rows = {each["code"]: each["rows"] for each in drawn["lanes"]}
    assert rows == {"reporter": 6, "town": 6, "city": 6, "department": 16, "check": 6} and sum(rows.values()) == swimlanes.ROWS
    department = drawn["lanes"][3]
    assert department["paths"] == {"rest": "M18.5 16m0-.5h0", "late": "M18.1 15h.8l-.4-.8z", "new": "M0.5 16m0-.5h0"}
    assert (department["name"], department["count"], department["median"], department["late"]) == (
        "部门",
        "3",
        "中位 3 小时",
        "逾期 1",
    )
    assert department["longest"] == {
        "kind": "late", "words": "最久 3 小时", "what": "护栏与隔离设施破损 · 乌镇镇", "who": "市交通运输局", "number": "20261102-000007",
    }  # fmt: skip
    assert drawn["unit"] == "每点 1 件" and [each["label"] for each in drawn["ticks"]] == [
        "10 分",
        "1 小时",
        "6 小时",
        "1 天",
        "1 周",
        "1 月",
    ]
    assert (drawn["lanes"][0]["median"], drawn["lanes"][0]["longest"], drawn["lanes"][0]["paths"]) == ("空", None, {})


def test_thousands_become_bars_to_one_scale_that_say_so(city: City) -> None:
    found = in_motion(town=lane([(HOUR, False)] * 900 + [(HOUR, True)] * 100), check=lane([(HOUR, False)] * 500))
    drawn = swimlanes.swimlanes(found, city, EN, NOW)
    town, check = drawn["lanes"][1], drawn["lanes"][4]
    assert drawn["unit"] == "height: cases" and (town["rows"], check["rows"]) == (13, 9)
    # 1,000 cases fill 13 rows but the headroom, 900 of them nine tenths of it; half as many are half as high.
    assert (
        town["paths"]["rest"].endswith("v-10.6h-.8z")
        and "v-1.2h-.8z" in town["paths"]["late"]
        and town["paths"]["late"].endswith("l-.4-.8z")
    )
    assert check["paths"]["rest"].endswith("v-5.9h-.8z")
    assert (town["count"], town["median"], town["late"]) == ("1,000", "median 1 h", "100 late")


def test_nothing_in_motion_is_said(city: City) -> None:
    assert swimlanes.swimlanes(in_motion(), city, ZH, NOW)["is_empty"]


def test_an_axis_of_logarithms_holds_what_lies_beyond_it_at_its_ends() -> None:
    axis = scale.Axis(1, 10_000)
    assert [round(axis.place(minutes), 3) for minutes in (0, 1, 10, 100, 10_000, 10**9)] == [0, 0, 0.25, 0.5, 1, 1]


@pytest.mark.parametrize(
    ("minutes", "zh", "en"),
    [
        (0.4, "不到 1 分钟", "under 1 min"),
        (6, "6 分", "6 min"),
        (59.6, "1 小时", "1 h"),
        (1_542, "26 小时", "26 h"),
        (2_860, "2 天", "2 d"),
    ],
)
def test_a_short_duration_has_one_unit(minutes: float, zh: str, en: str) -> None:
    assert (scale.brief(minutes, ZH), scale.brief(minutes, EN)) == (zh, en)


def test_a_share_of_few_is_two_numbers() -> None:
    assert [scale.share(20, 29, ZH), scale.share(20, 29, EN), scale.share(15, 30, ZH), scale.share(1, 300, EN), scale.share(0, 300, EN)] == [
        "29 件中 20 件", "20 of 29", "50 %", "<1%", "0%",
    ]  # fmt: skip


def buckets(*minutes: float) -> dict[int, int]:
    return dict(Counter(bucket_of(each) for each in minutes))


def test_stage_durations_compare_this_week_with_the_four_before() -> None:
    before, now = buckets(*[HOUR * n for n in range(1, 61)]), buckets(*[2 * HOUR * n for n in range(1, 41)])
    few = buckets(6, 6, 6)
    drawn = durations.durations(
        {"report_to_dispatch": few, "accept_to_resolve": now},
        {"report_to_dispatch": few, "accept_to_resolve": before},
        "rollups",
        ZH,
    )
    first, second, third, _ = drawn["rows"]
    assert [each["name"] for each in drawn["rows"]] == ["上报→派遣", "派遣→接单", "接单→处置", "上报→处置"]
    assert (
        list(first["now"]["places"]) == ["median"]
        and first["now"]["p90"] == ""
        and first["now"]["count"] == "3 件"
        and first["change"] == "件数少，不作比较"
    )
    assert (second["now"], second["change"]) == (None, "无从比较")
    assert (third["now"]["median"], third["before"]["median"]) == ("中位 41 小时 46 分", "中位 30 小时 33 分")
    assert third["change"] == "中位慢 37 %" and third["now"]["p90"].startswith("九成在 3 天")
    places = third["now"]["places"]
    assert 0 < places["p10"] < places["first"] < places["median"] < places["third"] < places["p90"] < 1
    assert drawn["basis"] == "按日汇总" and not drawn["is_empty"]


def test_medians_that_buckets_cannot_tell_apart_are_alike() -> None:
    drawn = durations.durations(
        {"report_to_resolve": buckets(*[100] * 40)}, {"report_to_resolve": buckets(*[101] * 40)}, "rows", EN
    )
    assert drawn["rows"][3]["change"] == "as before" and drawn["basis"] == "not kept by day for a village: counted case by case"
    assert durations.durations({}, {}, "rows", EN)["is_empty"]


def walks(*paths: tuple[int, tuple[str, ...]]) -> dict[str, Any]:
    rows = [(f"{kind}-{number}", activity, place * 60 * mining.MINUTE)
            for kind, (count, path) in enumerate(paths) for number in range(count) for place, activity in enumerate(path)]  # fmt: skip
    steps = pd.DataFrame(rows, columns=["case", "activity", "at"]).astype({"at": "int64"})
    found, read = mining.variants(steps), sum(count for count, _ in paths)
    return {"paths": found, "conformance": mining.conformance(found), "days": 28, "case_count": read, "read_count": read,
            "edges": mining.map_edges(steps, follows.NODES)}  # fmt: skip


WHOLE = ("report", "forward", "dispatch", "accept", "resolve", "check", "close")
BOUNCED = ("report", "forward", "dispatch", "return", "dispatch", "accept", "resolve", "check", "close")


def test_the_paths_say_how_many_follow_the_prescribed_one_and_where_the_others_leave_it() -> None:
    drawn = variants.variants(walks((80, WHOLE), (15, BOUNCED), (5, ("report", "resolve", "close"))), ZH)
    assert (drawn["conformance"], drawn["deviations"], drawn["rest"]) == ("按规定路径 80 %", ["回退 15 %", "未经派遣 5 %"], "")
    assert drawn["scope"] == "近 28 天结案 100 件"
    first, second, third = drawn["rows"]
    assert [each["name"] for each in first["steps"]] == ["上报", "转报", "派遣", "接单", "处置完成", "核查", "结案"] and first[
        "deviation"
    ] == ""
    assert (first["count"], first["share"], first["median"], first["p90"], first["width"]) == (
        "80 件",
        "80 %",
        "中位 6 小时",
        "九成在 6 小时内",
        1,
    )
    assert [(each["name"], each["kind"]) for each in second["steps"]][3] == ("回退", "deviation") and second["steps"][6][
        "name"
    ] == "另 2 步"
    assert (third["deviation"], third["steps"][1]) == ("未经派遣", {"name": "处置完成", "kind": "deviation"})


def test_few_cases_have_numbers_instead_of_shares_and_a_part_says_it_is_one() -> None:
    found = walks((9, WHOLE), (1, BOUNCED)) | {"case_count": 4_000}
    drawn = variants.variants(found, EN)
    assert (drawn["conformance"], drawn["deviations"]) == ("9 of 10 on the prescribed path", ["return 1 of 10"])
    assert drawn["scope"] == "4,000 closed in 28 days, the last 10 read" and drawn["rows"][0]["share"] == ""


def test_paths_beyond_the_room_are_counted() -> None:
    drawn = variants.variants(walks(*[(10 - n, ("report", *["note"] * n, "close")) for n in range(10)]), EN)
    assert len(drawn["rows"]) == variants.MOST_PATHS and drawn["rest"] == "3 more paths, 6 cases"


def test_a_deviation_late_in_a_long_path_stays_in_the_row() -> None:
    path = ("report", *("dispatch", "accept") * 1, *("note",) * 9, "merge", "close", "feedback")
    row = variants.variants(walks((1, path)), ZH)["rows"][0]
    assert len(row["steps"]) <= variants.MOST_CHIPS + 1 and [
        each["name"] for each in row["steps"] if each["kind"] == "deviation"
    ] == ["并案"]
    assert sum(int(each["name"].split()[1]) for each in row["steps"] if each["kind"] == "cut") + len(
        [each for each in row["steps"] if each["kind"] != "cut"]
    ) == len(path)


def test_no_closed_case_is_said() -> None:
    drawn = variants.variants(walks(), ZH)
    assert (drawn["rows"], drawn["conformance"], drawn["scope"]) == ([], "", "近 28 天结案 0 件") and follows.follows(walks(), ZH)[
        "is_empty"
    ]


def test_the_map_goes_straight_over_and_back() -> None:
    drawn = follows.follows(walks((80, WHOLE), (15, BOUNCED), (5, ("report", "resolve", "close"))), ZH)
    assert [(each["name"], each["count"]) for each in drawn["nodes"]] == [
        ("上报", "100"), ("受理", "0"), ("转报", "95"), ("派遣", "110"), ("接单", "95"), ("处置完成", "100"), ("核查", "95"), ("结案", "100"), ("回访", "0"),
    ]  # fmt: skip
    assert [(each["at"], each["count"], each["median"]) for each in drawn["straight"]] == [
        (2, "95", "1 小时"), (3, "95", "1 小时"), (4, "95", "1 小时"), (5, "95", "1 小时"), (6, "95", "1 小时"),
    ]  # fmt: skip
    assert [(each["count"], each["level"]) for each in drawn["over"]] == [("95", 1), ("5", 1), ("5", 2)]
    (back,) = drawn["back"]
    assert (back["via"], back["count"], back["median"], back["level"]) == ("回退", "15", "2 小时", 1)
    assert back["from"] < drawn["nodes"][3]["left"] < back["to"] and drawn["rest"] == ""
    assert max(each["width"] for each in drawn["straight"]) == 12


def test_arcs_without_room_are_counted_not_drawn_over_each_other() -> None:
    paths = [
        (9 - n, ("report", "dispatch", via, "dispatch", "close"))
        for n, via in enumerate(("return", "rework", "reopen", "suspend", "resume"))
    ]
    drawn = follows.follows(walks(*paths), EN)
    assert [each["level"] for each in drawn["back"]] == [1, 2, 3] and drawn["rest"] == "2 more ways, 11 times, not drawn"


def at(hours: float) -> datetime:
    return NOW - timedelta(hours=100 - hours)


def test_a_chain_names_each_hand_with_its_time_and_marks_who_had_it_before(city: City) -> None:
    holdings = [Holding("room-330483100", "reported", at(0), at(1)), Holding("room-330483100", "town", at(1), at(2)), Holding("center", "city", at(2), at(3)),
                Holding("transport", "dispatched", at(3), at(30)), Holding("center", "city", at(30), at(31)), Holding(None, "handling", at(31), at(32))]  # fmt: skip
    drawn = chain.bounce(incident("1", id=7), chain.links(holdings), "退回 2 次", city, ZH)
    assert [(each["name"], each["time"], each["kind"]) for each in drawn["hands"]] == [
        ("乌镇镇综合指挥室", "2 小时", ""), ("市社会治理综合指挥中心", "1 小时", ""), ("市交通运输局", "27 小时", ""),
        ("市社会治理综合指挥中心", "1 小时", "back"), ("无人持有", "1 小时", ""),
    ]  # fmt: skip
    assert [each["is_longest"] for each in drawn["hands"]] == [False, False, True, False, False]
    assert [each["is_now"] for each in drawn["hands"]] == [False] * 4 + [True]
    assert (drawn["number"], drawn["why"], drawn["left_out"]) == ("20261102-000007", "退回 2 次", "")


def test_a_long_chain_keeps_its_first_and_its_last_hands(city: City) -> None:
    links: list[chain.Link] = [(code, at(n), at(n + 1)) for n, code in enumerate(("room-330483100", *("center", "transport") * 5))]
    drawn = chain.bounce(incident("1", id=7, ended_at=NOW), links, "", city, EN)
    assert len(drawn["hands"]) == 1 + chain.LAST_LINKS and drawn["left_out"] == "7 more" and not drawn["hands"][-1]["is_now"]
    assert (drawn["hands"][0]["name"], drawn["hands"][-1]["name"]) == ("Wuzhen Town command room", "Transport Bureau")
