"""The page of one incident: every panel full, empty, unknown and failed; whose time it was adds up; what is not shown stays so."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import plotly.utils
import pytest
from sqlalchemy import Engine
from support import filed
from support.filed import a_step

from dashboard import pages
from dashboard.figures import incident as figures
from dashboard.i18n import Look
from dashboard.incident_panels import INCIDENT_PANELS
from dashboard.rendering import Renderer
from dashboard.selection import Selection, incident_of
from data import engine as engines
from data import queries
from data.city import City
from layouts import incident as layout

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
NOW = AT + timedelta(days=2)
HOSTILE = "<img src=x onerror=alert(1)> =cmd()"
LOG = (("triage", 5, "room-330483100", None), ("forward", 10, "room-330483100", None), ("dispatch", 20, "center", "transport"),
       ("return", 200, "transport", None), ("dispatch", 230, "center", "housing"), ("accept", 400, "housing", None),
       ("note", 500, "housing", None), ("resolve", 1500, "housing", None), ("close", 1700, "center", None))  # fmt: skip


def a_case(engine: Engine, city: City, reference: str, actions: int = len(LOG), **columns: Any) -> int:
    given = {
        "grid_code": "330483100201001",
        "village_code": "330483100201",
        "lon": 120.49,
        "lat": 30.74,
        "place_basis_code": "point",
    }
    case = filed.report(engine, city, reference, AT, **{**given, **columns})
    rows = [a_step(reference, action, AT + timedelta(minutes=minutes), who, to, remark=HOSTILE)
            for action, minutes, who, to in LOG[:actions]]  # fmt: skip
    filed.steps(engine, city, rows, NOW)
    return case


def shown(engine: Engine, city: City, incident_id: int, language: str = "zh-CN") -> dict[str, str]:
    selection = Selection("330483", "county", language, incident_id)
    drawn = Renderer(engine, city).render_all(selection, NOW, INCIDENT_PANELS)
    return {key: json.dumps(each.children, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False) for key, each in drawn.items()}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_panel_is_drawn_of_a_case_and_one_says_that_there_is_none(engine: Engine, city: City, language: str) -> None:
    case = a_case(engine, city, "a", report_text="护栏坏了")
    full = shown(engine, city, case, language)
    assert "note-failed" not in "".join(full.values()) and all(each != "[]" for each in full.values())
    none = shown(engine, city, case + 1, language)
    assert ("没有这个事件" if language == "zh-CN" else "no such incident") in none.pop("incident-head")
    assert set(none.values()) == {"[]"}


def test_a_panel_that_cannot_be_read_fails_alone(engine: Engine, city: City) -> None:
    case = a_case(engine, city, "a")
    with engines.writing(engine) as conn:
        conn.exec_driver_sql("ALTER TABLE photograph RENAME TO hidden")
    failed = {key for key, each in shown(engine, city, case).items() if "note-failed" in each}
    assert failed == {"incident-media"}


def test_times_of_holders_add_up_to_what_has_elapsed_whatever_the_log(engine: Engine, city: City) -> None:
    chance, look = random.Random(3), Look("zh-CN", city.zone)
    actions = ("triage", "forward", "dispatch", "accept", "return", "resolve", "rework", "check", "reopen", "close", "suspend")
    for number in range(40):
        reference = f"r{number}"
        case = filed.report(engine, city, reference, AT)
        minutes = sorted(chance.uniform(0, 2500) for _ in range(chance.randint(0, 9)))
        filed.steps(engine, city, [a_step(reference, chance.choice(actions), AT + timedelta(minutes=each), "center", chance.choice(("transport", "housing")),
                                          remark="x", until_at=AT + timedelta(days=1, minutes=each)) for each in minutes], NOW)  # fmt: skip
        with engines.reading(engine) as conn:
            found = queries.incident_with_steps(conn, case)
        assert found is not None
        drawn = figures.hands(*found, city, look, NOW)
        assert (
            sum(row["minutes"] for row in drawn["rows"])
            == drawn["elapsed_minutes"]
            == sum(row["minutes"] for row in drawn["totals"])
        )
        end = found[0]["ended_at"] or NOW
        assert drawn["elapsed_minutes"] == int((end - AT).total_seconds() // 60)
        assert figures.figures(*found, city, look, NOW)[0]["value"] == drawn["elapsed"]


def test_every_step_stands_with_its_source_and_reference(engine: Engine, city: City) -> None:
    case, look = a_case(engine, city, "a"), Look("zh-CN", city.zone)
    with engines.reading(engine) as conn:
        found = queries.incident_with_steps(conn, case)
    assert found is not None
    posts = {("steps", AT + timedelta(minutes=20)): "ab" * 32}
    rows = figures.log(*found, posts, city, look)
    assert [row["action"] for row in rows] == ["上报", "受理", "转报", "派遣", "回退", "派遣", "接单", "进展", "处置完成", "结案"]
    assert rows[3] | {"reference": ""} == {
        "at": "2026-11-23 10:20:00", "action": "派遣", "activity": "", "who": "市社会治理综合指挥中心 → 市交通运输局", "remark": HOSTILE,
        "state": "待部门受理", "problem": "", "source": "部门对接", "reference": "", "received": "2026-11-23 10:20:00", "checksum": "ab" * 32,
    }  # fmt: skip
    assert rows[3]["reference"].startswith("a/dispatch/") and rows[0]["reference"] == "a" and rows[0]["checksum"] == ""


def test_what_people_wrote_is_text_and_nothing_else(engine: Engine, city: City) -> None:
    drawn = shown(engine, city, a_case(engine, city, "a", report_text=HOSTILE, address_text=HOSTILE))
    whole = "".join(drawn.values())
    assert f'"children": "{HOSTILE}"' in drawn["incident-head"] and HOSTILE in drawn["incident-log"]
    assert "dangerously" not in whole.lower() and "dcc.Markdown" not in whole and '"type": "Markdown"' not in whole


def test_a_restricted_case_tells_its_kind_and_its_flow_only(engine: Engine, city: City) -> None:
    words = {"report_text": "邻居老王打人", "address_text": "子夜路七号"}
    near = a_case(engine, city, "near", category_code="B.01.04")
    drawn = shown(engine, city, a_case(engine, city, "quiet", is_restricted=True, **words))
    whole = "".join(drawn.values())
    for hidden in (*words.values(), HOSTILE, "30.74000", "120.49000", f"/incident/{near}"):
        assert hidden not in whole, hidden
    assert "内容不公开" in drawn["incident-head"] and "结案" in drawn["incident-log"]
    grid = city.area("330483100201001")
    assert f'"data-lat": "{grid.lat}"' in drawn["incident-spot"] and "网格中心" in drawn["incident-spot"]
    assert "/incident/" not in shown(engine, city, near)["incident-near"]


def test_merged_reports_lead_to_one_another(engine: Engine, city: City) -> None:
    master, other = filed.report(engine, city, "m", AT), filed.report(engine, city, "o", AT)
    filed.steps(engine, city, [a_step("o", "merge", AT + timedelta(hours=1), "center", master_ref="m")], NOW)
    for language, more in (("zh-CN", ""), ("en", "?lang=en")):
        assert f'"href": "/incident/{other}{more}"' in shown(engine, city, master, language)["incident-head"]
        assert f'"href": "/incident/{master}{more}"' in shown(engine, city, other, language)["incident-head"]
    assert f'"data-family": "{other} {master}"' in shown(engine, city, other)["incident-head"]


@pytest.mark.parametrize(
    ("path", "number"),
    [("/incident/7", 7), ("/incident/7/", 7), ("/incident/20261124-000007", 7), ("/incident/", None), ("/incident/x", None),
     ("/incident/-1", None), ("/incident/7/8", None), ("/incident/%3Cb%3E", None), ("/incident/" + "9" * 30, None), ("/incident/٧", None)],
)  # fmt: skip
def test_an_address_names_an_incident_or_is_refused_in_a_sentence(city: City, path: str, number: int | None) -> None:
    assert incident_of(path)[1] == number
    for search, words in (("", "事件号写得不对"), ("?lang=en", "this is no incident number")):
        page = pages.incident_page(city, path, search, is_demo=False)
        built = json.dumps(
            layout.build(page.look, page.facts, page.selection, page.refusal),
            cls=plotly.utils.PlotlyJSONEncoder,
            ensure_ascii=False,
        )
        assert (words in built) == (number is None)
        assert (page.selection is None) == (number is None)


def test_a_page_has_a_slot_for_every_panel_once(city: City) -> None:
    page = pages.incident_page(city, "/incident/7", "", is_demo=True)
    built = json.dumps(layout.build(page.look, page.facts, page.selection), cls=plotly.utils.PlotlyJSONEncoder)
    assert {panel.key: built.count(f'"id": "{panel.key}"') for panel in INCIDENT_PANELS} == dict.fromkeys(
        (p.key for p in INCIDENT_PANELS), 1
    )
