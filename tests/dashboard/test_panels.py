"""Every panel, full, empty and failed, in both languages, over both engines."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import plotly.utils
import pytest
from plotly.io.json import to_json_plotly
from sqlalchemy import Engine
from support.cases import FIRST, incident, random_incident

from dashboard.i18n import Look
from dashboard.panels import PANELS
from dashboard.rendering import Renderer, shown
from dashboard.selection import Selection
from data import engine as engines
from data import store
from data.city import City
from data.metrics.registry import METRICS, compute
from data.vocabulary import ENDED_STATES, OPEN_STATES

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = FIRST + timedelta(days=20)
# Asked of steps, sources, villages or months that these rows do not have: drawn full in tests/browser/test_wall_look.py.
WANT_MORE = {
    "panel-chain",
    "panel-warnings",
    "panel-towns",
    "panel-departments",
    "panel-moves",
    "panel-near",
    "panel-answering",
    "panel-sources",
}


def save(engine: Engine, rows: list[dict[str, Any]], at: datetime = NOW) -> None:
    with engines.writing(engine) as conn:
        store.save_incidents(conn, [(None, row, "report") for row in rows], zone=SHANGHAI, at=at)


def said(drawn: Any) -> str:
    return json.dumps(getattr(drawn, "children", drawn), cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.key)
def test_a_panel_draws_nothing_known_and_much_known(engine: Engine, city: City, panel: Any, language: str) -> None:
    selection = Selection("330483", "county", language)
    empty = said(Renderer(engine, city).render(panel, selection, NOW))
    chance = random.Random(1)
    # Villages of the random rows are not the city's: only towns and grids without a place are asked for by name.
    rows = [random_incident(chance, str(n)) | {"village_code": None, "grid_code": None} for n in range(120)]
    save(engine, [row | {"ended_at": NOW if row["state_code"] in ENDED_STATES else None} for row in rows])
    full = said(Renderer(engine, city).render(panel, selection, NOW))
    assert "note-failed" not in full + empty
    assert (full != empty) == (panel.key not in WANT_MORE)


def test_a_failing_panel_says_so_alone_and_keeps_its_last_good_picture(engine: Engine, city: City) -> None:
    renderer, selection = Renderer(engine, city), Selection("330483", "county")
    panel = PANELS[0]
    good = renderer.render(panel, selection, NOW)
    with engines.writing(engine) as conn:
        conn.exec_driver_sql("ALTER TABLE rollup RENAME TO hidden")
    failed = renderer.render(panel, selection, NOW + timedelta(minutes=2))
    assert "读取失败（编号 " in said(failed.children[0]) and f"数据停在 {NOW.astimezone(SHANGHAI):%H:%M}" in said(
        failed.children[0]
    )
    assert failed.children[1:] == good.children and (failed.as_of, failed.has_failed) == (NOW, True)
    assert failed.digest != good.digest
    assert "读取失败" in said(renderer.render(panel, Selection("330483100", "township"), NOW))
    assert "note-failed" not in said(renderer.render(PANELS[-1], selection, NOW))


def test_a_failure_that_lasts_is_one_failure_with_one_number_until_it_is_over(
    engine: Engine, city: City, caplog: pytest.LogCaptureFixture
) -> None:
    renderer, selection, panel = Renderer(engine, city), Selection("330483", "county"), PANELS[0]
    with engines.writing(engine) as conn:
        conn.exec_driver_sql("ALTER TABLE rollup RENAME TO hidden")
    first = renderer.render(panel, selection, NOW)
    assert renderer.render(panel, selection, NOW + timedelta(minutes=1)).digest == first.digest
    assert len([each for each in caplog.records if "panel-today failed" in each.getMessage()]) == 1
    with engines.writing(engine) as conn:
        conn.exec_driver_sql("ALTER TABLE hidden RENAME TO rollup")
    well = renderer.render(panel, selection, NOW + timedelta(minutes=2))
    assert (well.as_of, well.has_failed) == (NOW + timedelta(minutes=2), False)


def test_a_page_is_told_how_old_each_tile_is_and_which_have_failed(engine: Engine, city: City) -> None:
    renderer, selection, panels = Renderer(engine, city), Selection("330483", "county"), PANELS[:2]
    renderer.render(panels[1], selection, NOW)
    later = NOW + timedelta(seconds=20)  # within the minute nothing is read anew
    with engines.writing(engine) as conn:
        conn.exec_driver_sql("ALTER TABLE rollup RENAME TO hidden")
    rendered = renderer.render_all(selection, later, panels)
    told = shown(panels, rendered, {"panel-due": "abc"})
    assert told["as_of"] == {"today": None, "pipeline": int(NOW.timestamp() * 1000)} and told["failed"] == ["today"]
    assert told["digests"] == {"panel-due": "abc"} | {key: each.digest for key, each in rendered.items()}


def test_the_same_version_and_minute_is_drawn_once(engine: Engine, city: City) -> None:
    renderer, selection = Renderer(engine, city), Selection("330483", "county")
    first = renderer.render(PANELS[1], selection, NOW)
    assert renderer.render(PANELS[1], selection, NOW) is first
    save(engine, [incident("1")])
    assert renderer.render(PANELS[1], selection, NOW) is not first


def test_a_picture_read_as_of_before_the_newest_change_is_not_taken_for_it(engine: Engine, city: City) -> None:
    renderer, selection = Renderer(engine, city), Selection("330483", "county")
    save(engine, [incident("1")], at=NOW + timedelta(milliseconds=10))
    # The clock was looked at, then the change was committed, then the rows were read: all within one minute.
    late, now = renderer.render(PANELS[1], selection, NOW + timedelta(milliseconds=5)), NOW + timedelta(milliseconds=15)
    whole = renderer.render(PANELS[1], selection, now)
    assert whole is not late and whole.as_of == now
    assert renderer.render(PANELS[1], selection, now + timedelta(seconds=1)) is whole


def test_a_panel_of_weeks_is_read_every_quarter_of_an_hour_whatever_happens(engine: Engine, city: City) -> None:
    renderer, selection = Renderer(engine, city), Selection("330483", "county")
    panel = next(each for each in PANELS if each.key == "panel-variants")
    first = renderer.render(panel, selection, NOW)
    save(engine, [incident("1", closed_at=NOW - timedelta(days=1), ended_at=NOW, state_code="closed")])
    assert renderer.render(panel, selection, NOW + timedelta(minutes=14)) is first
    assert "近 28 天结案 1 件" in said(renderer.render(panel, selection, NOW + timedelta(minutes=15)))


def test_two_thousand_cases_in_motion_are_a_few_hundred_marks(engine: Engine, city: City) -> None:
    chance = random.Random(2)
    rows = [random_incident(chance, str(n)) | {"village_code": None, "grid_code": None, "state_code": chance.choice(OPEN_STATES),
            "state_since_at": NOW - timedelta(minutes=10 ** chance.uniform(0, 5)), "due_at": NOW + timedelta(hours=chance.choice((-1, 1)))}
            for n in range(2_000)]  # fmt: skip
    save(engine, rows)
    panel = next(each for each in PANELS if each.key == "panel-lanes")
    drawn = str(to_json_plotly(Renderer(engine, city).render(panel, Selection("330483", "county"), NOW).children))  # as it is sent
    assert "lane-marks late" in drawn and drawn.count('"type":') < 300 and len(drawn.encode()) < 30_000


def test_a_town_sees_its_own_figures(engine: Engine, city: City) -> None:
    save(engine, [incident(str(n), township_code="330483100" if n < 3 else "330483101") for n in range(8)])
    renderer = Renderer(engine, city)
    pipeline = next(panel for panel in PANELS if panel.key == "panel-pipeline")
    assert '"8"' in said(renderer.render(pipeline, Selection("330483", "county"), NOW))
    assert '"3"' in said(renderer.render(pipeline, Selection("330483100", "township"), NOW))


def test_a_citizens_markup_stays_text(engine: Engine, city: City) -> None:
    save(engine, [incident("1", report_text="<img src=x onerror=alert(1)>")])
    timeline = next(panel for panel in PANELS if panel.key == "panel-timeline")
    drawn = said(Renderer(engine, city).render(timeline, Selection("330483", "county"), NOW))
    assert '"children": "<img src=x onerror=alert(1)>"' in drawn and "dangerously" not in drawn.lower()


# Panels that show no metric, and what their numbers are instead.
NO_METRIC = {
    "panel-pipeline": "counts by stage: together they are open_now, late_open and at_risk_open (test_queries)",
    "panel-due": "a list of cases with their own times",
    "panel-hours": "reports by hour: together they are reported (test_queries)",
    "panel-ledger": "the ledger, which weighs its counts against each other (test_ledger)",
    "panel-echo": "the same ledger",
    "panel-timeline": "one case with its own times",
    "panel-case": "one case",
    "panel-lanes": "open cases by the hands they are in: together they are open_now (test_queries)",
    "panel-durations": "how long stages took, from duration buckets",
    "panel-variants": "paths, counted from steps (test_mining)",
    "panel-follows": "what follows what, counted from steps (test_mining)",
    "panel-chain": "one case",
    "panel-axis": "one case with its own times",
    "panel-near": "a list of cases",
    "panel-means": "one case",
    "panel-sources": "what each source said, not what happened",
    "panel-warnings": "kinds in stretches of three days, weighed against what is expected of them",
    "panel-forces": "who reported in the last 168 hours, not in county days",
    "panel-reporters": "who reported in the last 168 hours, not in county days",
    "panel-answering": "how long organisations take, not how many",
}
RATES = [(panel, key) for panel in PANELS for key in panel.metrics]


def test_every_panel_names_its_metrics_or_has_none() -> None:
    shown = {panel.key: set(panel.metrics) for panel in PANELS}
    assert {key for key, metrics in shown.items() if not metrics} == set(NO_METRIC)
    assert set().union(*shown.values()) <= set(METRICS)


@pytest.mark.parametrize(("panel", "key"), RATES, ids=[f"{panel.key}-{key}" for panel, key in RATES])
def test_a_panel_takes_its_figure_through_the_registry(
    engine: Engine, city: City, monkeypatch: pytest.MonkeyPatch, panel: Any, key: str
) -> None:
    """With other arithmetic in the registry, and nowhere else, the picture is another."""
    rows = [incident(str(n), due_at=NOW + timedelta(hours=n - 3)) for n in range(8)]
    rows.append(incident("old", reported_at=NOW - timedelta(days=200)))  # so that the quarter before is known whole
    for first, days, count in (("now", 3, 40), ("before", 100, 31)):
        at = NOW - timedelta(days=days)
        rows += [incident(f"{first}-{n}", reported_at=at - timedelta(days=1), due_at=at, closed_at=at, ended_at=at, state_code="closed",
                          resolved_at=at - timedelta(hours=1) if n % 4 else at + timedelta(hours=1), handler_code="transport")
                 for n in range(count)]  # fmt: skip
    save(engine, rows)
    selection = Selection("330483", "county")
    before = said(Renderer(engine, city).render(panel, selection, NOW))
    metric = METRICS[key]
    assert metric.numerator is not None
    monkeypatch.setitem(METRICS, key, replace(metric, numerator=lambda counts: 7_654))
    after = said(Renderer(engine, city).render(panel, selection, NOW))
    assert "note-failed" not in before + after and after != before
    if panel.key == "panel-today":
        assert "7654" not in before and after.count("7654") == 1


def test_a_figure_without_a_number_is_a_dash_and_a_share_has_its_unit() -> None:
    counts = {"due": 20, "not_due": 4, "suspended": 0, "due_on_time": 12}
    for language in ("zh-CN", "en"):
        look = Look(language, SHANGHAI)
        assert look.figure("on_time_rate", compute("on_time_rate", counts, "D2")) == "75.0 %"
        assert look.figure("on_time_rate", compute("on_time_rate", dict.fromkeys(counts, 0), "D2")) == "—"
        assert look.figure("reported", compute("reported", {"reported": 0})) == "0"


def test_a_quarter_we_do_not_know_whole_is_not_compared_with(engine: Engine, city: City) -> None:
    at = NOW - timedelta(days=100)
    days = {"now": NOW - timedelta(days=3), "before": at}
    save(engine, [incident(f"{name}-{n}", reported_at=due - timedelta(days=1), due_at=due, closed_at=due, ended_at=due, resolved_at=due,
                           state_code="closed") for name, due in days.items() for n in range(40)])  # fmt: skip
    towns = next(panel for panel in PANELS if panel.key == "panel-towns")
    assert "升" not in said(Renderer(engine, city).render(towns, Selection("330483", "county"), NOW))
    moves = next(panel for panel in PANELS if panel.key == "panel-moves")
    assert "还没有上季数据可比" in said(Renderer(engine, city).render(moves, Selection("330483", "county"), NOW))
