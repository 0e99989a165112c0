"""Patterns as a person reads them: each with its evidence, how sure it is and how often right; every state designed; both languages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import plotly.utils
import pytest

from dashboard.components_patterns import patterns_panel
from dashboard.figures import comparisons, patterns
from dashboard.i18n import Look
from data.city import City
from data.patterns.record import KINDS, Certainty, Found, Pattern, Track

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZONE)
FIRST, LAST = date(2026, 11, 21), date(2026, 11, 23)
EVIDENCE: dict[str, dict[str, float]] = {
    "surge": {"count": 41, "mean": 12.3, "low": 6, "high": 20, "times": 3.3},
    "cluster": {"count": 17, "mean": 2.4, "times": 7.1, "ratio": 18.8, "days_between": 1000},
    "hot_spot": {"count": 266, "mean": 58.5, "score": 8.6, "grids": 3},
    "recurrence": {"count": 14, "days": 13, "latest": 2, "usual": 1.2},
    "change_point": {"before": 36.4, "after": 57.7, "times": 1.6, "day": 1.0},
    "forecast": {"mean": 301.2, "mean_error": 30.6, "naive_error": 52.7},
    "rising_word": {"count": 25, "mean": 1.1, "times": 22.0},
    "duplicate": {"metres": 21.0, "minutes": 48.0, "likeness": 0.61},
}
SURE = {"surge": Certainty("p", 0.00002), "cluster": Certainty("p", 0.001), "forecast": Certainty("interval", 0.8, 260, 345),
        "duplicate": Certainty("probability", 0.93)}  # fmt: skip


USUAL = Track(37, 62, 0.1)


def one(kind: str, track: Track = USUAL) -> Pattern:
    return Pattern(kind, "township", "330483100", FIRST, LAST, EVIDENCE[kind], SURE.get(kind, Certainty("q", 0.0077)), track,
                   "" if kind in ("hot_spot", "forecast", "rising_word") else "D.02.01", 120.5, 30.6, 60.0,
                   "<b>毛毛虫" if kind == "rising_word" else "", (7, 9) if kind == "duplicate" else ())  # fmt: skip


ALL = Found({kind: [one(kind)] for kind in KINDS}, NOON, "1/2")


def said(drawn: Any) -> str:
    return json.dumps(drawn, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def rows(language: str, city: City, found: Found = ALL) -> dict[str, dict[str, Any]]:
    return {each["kind"]: each for each in patterns.sections(found, city, Look(language, ZONE))}


def test_a_pattern_says_what_it_rests_on_how_sure_it_is_and_how_often_right(city: City) -> None:
    surge = rows("zh-CN", city)["surge"]["rows"][0]
    assert surge["what"].startswith("乌镇镇 · ")
    assert surge["evidence"] == "41 件，预期 12.3（九成在 6–20）"
    assert (surge["certainty"], surge["track"]) == ("偶然概率 <0.001", "60%（37/62），随机 10%")
    cluster = rows("en", city)["cluster"]["rows"][0]
    assert cluster["evidence"] == "17 in 3 days within 60 m, expected 2.4; by chance once in 1000 days"
    assert rows("zh-CN", city)["forecast"]["rows"][0]["evidence"] == "260–345 件，中心 301；平均误差 31，上周同日法 53"
    assert rows("zh-CN", city)["duplicate"]["rows"][0]["evidence"] == "相距 21 米、48 分钟，文字相似 61%"
    pair = rows("en", city)["duplicate"]["rows"][0]
    assert (pair["what"], pair["certainty"]) == ("Wuzhen Town · Floating debris (7 and 9)", "likely 93 %")


def test_too_few_warnings_before_are_a_dash(city: City) -> None:
    few = replace(ALL, patterns={"surge": [one("surge", Track(3, 4))]})
    assert rows("zh-CN", city, few)["surge"]["rows"][0]["track"] == "—（仅 4 次）"


def test_a_forecast_that_none_was_tried_before_has_dashes(city: City) -> None:
    first = replace(one("forecast", Track(0, 0)), evidence={"mean": 301.2})
    row = rows("zh-CN", city, replace(ALL, patterns={"forecast": [first]}))["forecast"]["rows"][0]
    assert row["evidence"] == "260–345 件，中心 301；平均误差 —，上周同日法 —"
    assert row["track"] == "—（仅 0 次）"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_kind_and_every_state_is_said(city: City, language: str) -> None:
    look = Look(language, ZONE)
    whole = said(patterns_panel(ALL, look, city))
    assert whole.count('"Table"') == len(KINDS) and "pattern." not in whole
    states = {
        "pattern.empty": Found({kind: [] for kind in KINDS}, NOON),
        "pattern.waiting": Found(),
        "pattern.failed": Found(failed=KINDS),
        "pattern.searching": Found(share=0.4),
    }
    for key, found in states.items():
        assert look.word(key, share="40") in said(patterns_panel(found, look, city))


def test_citizens_words_stay_text_and_what_is_left_out_is_counted(city: City) -> None:
    many = replace(ALL, patterns={"rising_word": [one("rising_word")] * 15})
    drawn = patterns_panel(many, Look("zh-CN", ZONE), city)
    assert "另有 3 项" in said(drawn) and "<b>毛毛虫" in said(drawn)
    assert "dangerously" not in said(drawn)


def test_an_area_that_is_no_more_has_its_code(city: City) -> None:
    gone = replace(one("hot_spot"), area_code="330483999")
    assert rows("en", city, replace(ALL, patterns={"hot_spot": [gone]}))["hot_spot"]["rows"][0]["what"] == "330483999"


def test_the_walls_tiles_say_how_sure_and_how_often_right(city: City) -> None:
    look = Look("zh-CN", ZONE)
    warned = comparisons.warnings([one("surge")], city, look)[0]
    assert (warned["words"], warned["note"]) == ("41 件，常态 6–20", "偶然概率 <0.001 · 此类预警应验 60%")
    drawn = comparisons.trend({"days": [(20_780, 300)], "tomorrow": one("forecast", Track(300, 365))}, look)
    assert drawn["words"] == "明日预计 260–345 件（八成把握），此前命中 82%"
    assert drawn["band"] == {"low": 260 / 345, "high": 1}
    assert comparisons.trend({"days": [(20_780, 3)], "tomorrow": None}, look)["band"] is None
