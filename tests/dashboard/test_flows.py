"""The flow of any selection: each figure is a recount's from the steps, and the count of the cases it opens to."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from sqlalchemy import Engine
from support import ways as told
from support.cases import CHANNELS, TOWNS
from support.drawn import links
from support.recounting import reported_in
from support.ways import NOW

from dashboard.analysis import flows, marks, reads, rows, sentences
from dashboard.analysis.view import View, from_address, to_address
from dashboard.i18n import ExactLook
from data import behind, bounces, way_reads, way_times, what_if
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.lateness import standing
from data.lifecycle import replay
from data.mining import NODES, first_deviation
from data.periods import Span

SHANGHAI = ZoneInfo("Asia/Shanghai")
PERIODS = ("2026-10", "2026-11", "month", "2026Q4", "2026-W45", "2026-11-10", "2026-10-20..2026-11-15")
SEEDS = range(3)  # of 8 selections each


@pytest.fixture
def filled(engine: Engine, city: City) -> Engine:
    told.crossed(engine, city, 5, 260)
    return engine


def drawn(chance: random.Random) -> View:
    asked = {"category": chance.choice(["A", "A.01", "B.01.01"]), "channel": chance.choice(CHANNELS), "department": chance.choice(told.DEPARTMENTS),
             "state": chance.choice(["closed", "handling", "followed_up"]), "urgency": "urgent", "reporter_kind": "resident", "text": "路灯"}  # fmt: skip
    kept = {name: code for name, code in asked.items() if chance.random() < 0.15}
    area = chance.choice(["330483", "330483", "330483", TOWNS[0], "330483101200"])
    return View(area, chance.choice(PERIODS), by=chance.choice(way_times.WAYS), stage=chance.choice(list(way_times.STAGES)),
                limits=chance.choice(["", "finish~*~~3", "accept~*~~2,finish~A.01~~5"]), **kept)  # fmt: skip


def mine(frame: pd.DataFrame, city: City, view: View) -> set[int]:
    return {int(number) for number in reported_in(frame, flows.asked_of(city, view, NOW), SHANGHAI)["id"]}


def opened(conn: Any, city: City, view: View, kind: str, *parts: str) -> set[int]:
    """The very cases a mark opens to, which are as many as the drawer says."""
    shown = view.of(opened="reported", mark=marks.mark(kind, *parts))
    chosen = rows.asked_by(city, shown, NOW)
    found = {row["id"] for row in behind.every(conn, chosen, NOW, SHANGHAI, more=rows.of_mark(conn, city, shown, chosen, NOW))}
    page = rows.page(conn, city, shown, {"startRow": 0, "endRow": 100}, NOW)
    assert page["rowCount"] == len(found) and {row["id"] for row in page["rowData"]} <= found
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_each_figure_of_the_flow_is_a_recount_and_the_count_of_its_cases(filled: Engine, city: City, seed: int) -> None:
    chance, seen = random.Random(seed), 0
    cases, logs = told.logs(filled)
    frame, by_id = pd.DataFrame(cases), {row["id"]: row for row in cases}
    paths = {number: told.path_of(by_id[number], log) for number, log in logs.items()}
    for _ in range(8):
        view = drawn(chance)
        asked = mine(frame, city, view)
        with engines.reading(filled) as conn:
            found = flows.read(conn, city, view, NOW)
            assert found.scope.case_count == found.scope.read_count == found.ways.read_count == len(asked)
            variants = Counter(tuple(action for action, _ in paths[number]) for number in asked)
            assert {row["path"]: row["case_count"] for row in found.ways.rows} == dict(
                variants.most_common(50)
            ) or found.ways.kinds > 50
            assert found.ways.kinds == len(variants)
            for row in found.ways.rows[:2]:
                assert len(opened(conn, city, view, "variant", row["letters"])) == row["case_count"]
                minutes = [(paths[number][-1][1] - paths[number][0][1]).total_seconds() / 60 for number in asked
                           if tuple(action for action, _ in paths[number]) == row["path"]]  # fmt: skip
                assert row["median_minutes"] == pytest.approx(median(minutes), rel=0.15 if found.ways.is_kept else 1e-9, abs=1)
            fits: dict[tuple[str, str], set[int]] = {}
            for number in asked:
                deviation = first_deviation([action for action, _ in paths[number]])
                fits.setdefault(("", "") if deviation is None else (deviation.kind, deviation.activity), set()).add(number)
            assert found.ways.fit == {kind: len(ids) for kind, ids in fits.items()}
            for kind in chance.sample(sorted(fits), min(2, len(fits))):
                assert opened(conn, city, view, "fit", *kind) == fits[kind]
            _edges_are_counted(conn, city, view, found, asked, paths, chance)
            _passes_are_counted(conn, city, view, found, asked, logs, chance)
            _parts_are_counted(conn, city, view, found, [by_id[number] for number in asked])
        seen += len(asked)
    assert seen > 50


def _edges_are_counted(conn: Any, city: City, view: View, found: Any, asked: set[int], paths: Any, chance: random.Random) -> None:
    edges = {number: told.edges_of(paths[number], NODES) for number in asked}
    whole = sum(edges.values(), Counter())
    counted = {(row.activity, row.next_activity, row.via): row.count for row in found.edges.itertuples(name="Edge")}
    assert counted == dict(whole)
    for edge in chance.sample(sorted(whole), min(2, len(whole))):
        assert opened(conn, city, view, "edge", *edge) == {number for number in asked if edges[number][edge]}


def _passes_are_counted(conn: Any, city: City, view: View, found: Any, asked: set[int], logs: Any, chance: random.Random) -> None:
    passes = {number: Counter(told.passes_of(logs[number])) for number in asked}
    whole = sum(passes.values(), Counter())
    assert {(each.from_code, each.to_code): each.times for each in found.bounces.passes} == dict(whole)
    assert found.bounces.case_count == sum(bool(each) for each in passes.values())
    assert [row["return_count"] for row in found.bounces.worst] == sorted(
        (each.total() for each in passes.values() if each), reverse=True
    )[:5]
    for one in chance.sample(sorted(whole), min(2, len(whole))):
        assert opened(conn, city, view, "bounce", *one) == {number for number in asked if passes[number][one]}


def _parts_are_counted(conn: Any, city: City, view: View, found: Any, cases: list[dict[str, Any]]) -> None:
    level = {"330483": "township", TOWNS[0]: "village"}.get(view.area_code, "grid")
    column = {"department": "handler_code", "area": f"{level}_code"}.get(view.by, f"{view.by}_code")
    ends = {"report_to_dispatch": ("reported_at", "dispatched_at"), "dispatch_to_accept": ("dispatched_at", "accepted_at"),
            "accept_to_resolve": ("accepted_at", "resolved_at"), "report_to_resolve": ("reported_at", "resolved_at")}  # fmt: skip
    start, end = ends[view.stage]

    def part(row: dict[str, Any]) -> str:
        code = row[column] or ""
        return (
            ".".join(code.split(".")[: len(view.category.split(".")) + 1 if view.category else 1])
            if view.by == "category"
            else code
        )

    for each in found.times[:3]:
        inside = [row for row in cases if part(row) == each["code"]]
        times = [max((row[end] - row[start]).total_seconds() / 60, 0) for row in inside if row[start] and row[end]]
        assert (each["cases"], each["count"]) == (len(inside), len(times))
        assert each["median_minutes"] == (pytest.approx(median(times)) if times else None)
        due = {
            "report_to_resolve": "due_at",
            "dispatch_to_accept": "first_accept_due_at",
            "report_to_dispatch": "dispatch_due_at",
        }.get(view.stage)
        kept = [
            row
            for row in inside
            if due and row[due] and row[end] and row[end] <= row[due] and row["state_code"] not in ("merged", "void")
        ]
        assert each["in_time"] == len(kept)
        assert opened(conn, city, view, "part", view.by, each["code"]) == {row["id"] for row in inside}
    assert sum(each["cases"] for each in found.times) == len(cases)


def test_the_real_limits_give_back_exactly_the_real_figures(filled: Engine, city: City) -> None:
    asked = flows.asked_of(city, View("330483", "2026Q4"), NOW)
    with engines.reading(filled) as conn:
        scope = way_reads.scope(conn, asked, SHANGHAI)
        found = what_if.judged(conn, city, scope, {}, NOW, anew=True)  # every deadline worked out again
        late = sum(len(each.was["late"]) for each in found if each.rule.kind_code == "finish")
    assert found and all(each.was == {name: each.would[name] for name in each.was} for each in found)
    cases, _ = told.logs(filled)
    assert late == sum(standing(row["state_code"], row["due_at"], row["resolved_at"], NOW) == "late" for row in cases) > 20
    assert {each.rule.kind_code for each in found} == {"finish", "accept"}
    assert any(row["extend_count"] for row in cases) and any(row["suspend_count"] for row in cases)


MOVES = ({("finish", "*", ""): 3.0}, {("finish", "A.01", ""): 4.0, ("accept", "*", ""): 2.0}, {("finish", "B.01.01", "missing"): 30.0},
         {("accept", "B.01.01", "missing"): 0.5, ("finish", "*", ""): 40.0})  # fmt: skip


@pytest.mark.parametrize("moves", MOVES)
def test_moved_limits_judge_each_case_as_a_replay_of_its_log_does(filled: Engine, city: City, moves: dict[Any, float]) -> None:
    asked = flows.asked_of(city, View("330483", "2026Q4"), NOW)
    limits = tuple(
        replace(rule, limit=replace(rule.limit, value=moves.get(what_if.key_of(rule), rule.limit.value))) for rule in city.limits
    )
    other = replace(city, limits=limits)  # a city that really has these limits
    cases, logs = told.logs(filled)
    with engines.reading(filled) as conn:
        scope = way_reads.scope(conn, asked, SHANGHAI)
        found = what_if.judged(conn, city, scope, moves, NOW)
        expected: dict[tuple[str, str], set[int]] = {}
        for row in cases:
            again = replay(row, logs[row["id"]], other.rules, NOW)
            for kind, (due, done, _) in what_if.KINDS.items():
                if other.limit_rule(kind, row["category_code"], row["condition_code"]):
                    expected.setdefault((kind, standing(row["state_code"], getattr(again, due), row[done], NOW)), set()).add(
                        row["id"]
                    )
        for kind in ("finish", "accept"):
            for name in what_if.STANDINGS:
                ids = {number for each in found if each.rule.kind_code == kind for number in each.would[name]}
                assert ids == expected.get((kind, name), set()), (kind, name)
        view = View("330483", "2026Q4", limits=marks.limits_text(moves))
        assert opened(conn, city, view, "limits", "finish", "", "", "would", "late") == expected.get(("finish", "late"), set())
    changed = {name: sum(len(each.would[name]) - len(each.was[name]) for each in found) for name in what_if.STANDINGS}
    assert any(changed.values()) or moves == MOVES[2]


def test_of_more_cases_than_are_read_the_newest_are_and_every_mark_opens_to_those(
    filled: Engine, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(way_reads.scope, "__kwdefaults__", {"most": 40})
    view = View("330483", "2026Q4", channel="wechat", by="channel")
    cases, logs = told.logs(filled)
    newest = sorted((row for row in cases if row["channel_code"] == "wechat"), key=lambda row: (row["reported_at"], row["id"]))[
        -40:
    ]
    with engines.reading(filled) as conn:
        found = flows.read(conn, city, view, NOW)
        assert (found.scope.case_count, found.scope.read_count) == (sum(row["channel_code"] == "wechat" for row in cases), 40)
        assert found.ways.read_count == 40 and sum(found.ways.fit.values()) == 40
        assert opened(conn, city, view, "part", "channel", "wechat") == {row["id"] for row in newest}
        top = found.ways.rows[0]
        assert len(opened(conn, city, view, "variant", top["letters"])) == top["case_count"]
        look = ExactLook("zh-CN", SHANGHAI)
        assert "取最近 40 件" in words(flows.draw(found, city, look, view, NOW))
        assert len(opened(conn, city, view, "fit", "", "")) == found.ways.fit.get(("", ""), 0) == sum(
            first_deviation([action for action, _ in told.path_of(row, logs[row["id"]])]) is None for row in newest)  # fmt: skip
        # Cells answer for whole months without more being asked, of all cases.
        whole = flows.read(conn, city, View("330483", "2026Q4"), NOW)
        assert whole.ways.is_kept and whole.ways.read_count == len(cases) and sum(whole.ways.fit.values()) == len(cases)
        assert len(opened(conn, city, View("330483", "2026Q4"), "fit", "", "")) == whole.ways.fit[("", "")]


def words(parts: list[Any]) -> str:
    return " ".join(str(part.to_plotly_json()) for part in parts)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_mark_of_the_section_leads_somewhere_and_is_said_in_words(filled: Engine, city: City, language: str) -> None:
    chance, look, seen = random.Random(language), ExactLook(language, SHANGHAI), Counter()
    for _ in range(6):
        view = drawn(chance).of(language=language, section="flows")
        with engines.reading(filled) as conn:
            found = flows.read(conn, city, view, NOW)
        for href in links(flows.draw(found, city, look, view, NOW)):
            if href.startswith("/analysis-export/"):
                continue  # tests/dashboard/test_flow_files.py
            if href.startswith("/incident/"):
                assert re.fullmatch(r"/incident/\d+(\?lang=en)?", href)
                continue
            path, _, search = href.partition("?")
            led = from_address(city, path, search)
            assert led.language == language and led.section == "flows" and to_address(city, led) == href
            if led.mark:
                assert sentences.of_mark(city, look, led.mark)
                seen[led.mark.split("~")[0]] += 1
    assert set(seen) == set(marks.SIZES)


def test_a_selection_without_reports_says_so(engine: Engine, city: City) -> None:
    with engines.reading(engine) as conn:
        found = flows.read(conn, city, View("330483", "2026-11"), NOW)
    drawn_parts = flows.draw(found, city, ExactLook("zh-CN", SHANGHAI), View("330483", "2026-11"), NOW)
    assert "所选时期和条件下没有上报" in words(drawn_parts) and len(drawn_parts) == 1


@pytest.mark.parametrize("address", ["mark=moon", "mark=variant~R!", "mark=edge~report~moon~", "mark=limits~finish~~~was~moon", "mark=fit~skipped~moon",
                                     "limits=finish~*~~0", "limits=finish~*~~2.5", "limits=moon~*~~2", "limits=finish~*~~1e9",
                                     "section=moon", "by=moon", "stage=moon"])  # fmt: skip
def test_what_is_no_mark_or_limit_is_refused(city: City, address: str) -> None:
    from data.errors import UnknownCode

    with pytest.raises(UnknownCode):
        from_address(city, "/analysis", f"?open=reported&{address}")


def test_a_limit_at_its_own_value_is_not_moved(city: City) -> None:
    assert from_address(city, "/analysis", "?limits=finish~*~~7").limits == ""
    assert from_address(city, "/analysis", "?limits=finish~*~~5,finish~A.01~~1").limits == "finish~*~~5"


def test_the_days_of_the_section_are_those_of_the_page(city: City) -> None:
    clock = Clock(NOW)
    view = View("330483", "month")
    asked = flows.asked_of(city, view, clock.now())
    assert asked.span == Span(date(2026, 11, 1), date(2026, 11, 24)) and asked.instants(SHANGHAI)[1] - NOW < timedelta(days=1)
    assert (
        rows.asked_by(city, view.of(opened="reported"), NOW).asked
        == asked
        == reads.behind(city, view.of(opened="reported"), asked).asked
    )
    assert bounces.MOST < way_reads.MOST
