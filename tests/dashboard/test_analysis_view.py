"""A view survives its address; what was asked for is never dropped in silence; and the page says what it shows in a sentence."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.analysis import answers, sentences
from dashboard.analysis.view import (
    COMPARED,
    FILTERS,
    LONGEST_TEXT,
    METRIC,
    RUNNING,
    SECTIONS,
    View,
    from_address,
    is_address,
    plain,
    to_address,
)
from dashboard.i18n import LANGUAGES, Look
from data import border_changes, comparisons, way_times
from data.behind import PARTS
from data.city import City
from data.errors import UnknownCode
from data.filters import NAMED
from data.metrics.registry import METRICS
from data.periods import Span
from data.vocabulary import CHANNELS

TUESDAY = date(2026, 11, 24)
days = st.dates(date(2000, 1, 1), date(2090, 1, 1))
spans = st.tuples(days, days).map(lambda each: Span(min(each), max(each)).name)


@st.composite
def views(draw: st.DrawFn) -> View:
    period = draw(st.sampled_from(RUNNING) | spans | days.map(lambda on: Span(on, on).name))
    is_day = period == "day" or (period not in RUNNING and Span.parse(period).day_count == 1)
    opened = draw(st.sampled_from(["", *METRICS, METRIC]))
    shown = ["", "variant~rtdaekc", "fit~skipped~dispatch", "fit~~", "edge~accept~resolve~return", "bounce~~water", "part~category~A.01",
             "limits~finish~*~~would~late"]  # fmt: skip
    return View(
        draw(st.sampled_from(["330483", "330483100", "330483001001", "330483001001001"])),
        period,
        draw(st.sampled_from(COMPARED)),
        category=draw(st.sampled_from(["", "A", "A.01", "A.01.01"])),
        channel=draw(st.sampled_from(["", *CHANNELS])),
        department=draw(st.sampled_from(["", "transport", "water"])),
        **{name: draw(st.sampled_from(["", *words])) for name, words in NAMED.items()},
        text=plain(draw(st.text(max_size=60))),
        hour=draw(st.sampled_from(["", "0", "9", "23"])) if is_day else "",
        metric=draw(st.sampled_from(list(METRICS))),
        opened=opened,
        part=draw(st.sampled_from(PARTS)) if opened else PARTS[0],
        mark=draw(st.sampled_from(shown)) if opened == METRIC else "",
        section=draw(st.sampled_from(["", *SECTIONS])),
        by=draw(st.sampled_from(way_times.WAYS)),
        stage=draw(st.sampled_from(list(way_times.STAGES))),
        limits=draw(st.sampled_from(["", "finish~*~~5", "accept~B.01.01~missing~0.5,finish~A.01.02~~6"])),
        language=draw(st.sampled_from(LANGUAGES)),
    )


@settings(max_examples=300)
@given(views())
def test_a_view_survives_its_address(city: City, view: View) -> None:
    path, _, search = to_address(city, view).partition("?")
    assert is_address(path)
    assert from_address(city, path, f"?{search}" if search else "") == view


@given(views())
def test_each_chip_takes_off_its_filter_and_nothing_else(city: City, view: View) -> None:
    look = Look(view.language, city.zone)
    chips = {each["name"]: each for each in sentences.chips(city, look, view)}
    assert set(chips) - {"area", "period"} == set(view.chosen)
    for name, chip in chips.items():
        path, _, search = chip["href"].partition("?")
        without = from_address(city, path, search)
        assert name not in {each["name"] for each in sentences.chips(city, look, without)}
        lost = {name, "hour"} if name == "period" else {name}
        assert {each: getattr(without, each) for each in FILTERS if each not in lost} == {
            each: getattr(view, each) for each in FILTERS if each not in lost
        }
        assert (without.opened, without.metric, without.language) == ("", view.metric, view.language)


@given(views())
def test_the_filter_asks_for_all_that_the_view_says_and_its_sentence_names_it(city: City, view: View) -> None:
    asked = view.filter(city, TUESDAY)
    assert {"organisation" if name == "department" else name for name in view.chosen} == set(asked.dimensions)
    for language in LANGUAGES:
        look = Look(language, city.zone)
        said = sentences.sentence(city, look, view, asked, None, is_before_known=True)
        for name in view.chosen:
            if name != "hour":
                assert sentences.value_of(city, look, view, name) in said


@pytest.mark.parametrize(
    ("path", "search", "what"),
    [
        ("/analysis/999", "", "area"),
        ("/analysis", "?category=Q", "category"),
        ("/analysis", "?channel=pigeon", "channel"),
        ("/analysis", "?department=moon", "organisation"),
        ("/analysis", "?state=dreaming", "state"),
        ("/analysis", "?period=2026-13", "period"),
        ("/analysis", "?period=9999Q4", "period"),
        ("/analysis", "?period=2026-11-24..2026-11-01", "period"),
        ("/analysis", "?hour=9", "hour"),
        ("/analysis", "?period=day&hour=24", "hour"),
        ("/analysis", "?period=day&hour=²", "hour"),
        ("/analysis", "?metric=luck", "metric"),
        ("/analysis", "?open=luck", "open"),
        ("/analysis", "?open=reported&part=some", "part"),
        ("/analysis", "?section=moon", "section"),
        ("/analysis", "?by=moon", "dimension"),
        ("/analysis", "?stage=moon", "stage"),
    ],
)
def test_what_there_is_not_is_refused_and_not_left_out(city: City, path: str, search: str, what: str) -> None:
    with pytest.raises(UnknownCode) as refused:
        from_address(city, path, search)
    assert refused.value.facts["list"] == what
    assert answers.named(Look("zh-CN", city.zone), refused.value) != what


def test_what_is_looked_for_is_one_short_line_without_marks_nobody_sees() -> None:
    assert plain(" 路灯\u200b\n\t不亮\x00 ") == "路灯 不亮"
    assert len(plain("长" * 100)) == LONGEST_TEXT
    assert not is_address("/analysis-export/rows.csv") and not is_address("/analysis/a/b") and is_address("/analysis/330483100")


def test_a_period_by_name_moves_with_the_day_and_goes_so_far_like_the_ones_before(city: City) -> None:
    span = View("330483", "month").span(date(2026, 11, 17))
    alike = {name: each.name for name, each in comparisons.alike(span, date(2026, 11, 17)).items()}
    assert alike == {"now": "2026-11-01..2026-11-17", "previous": "2026-10-01..2026-10-17", "year_ago": "2025-11-01..2025-11-17"}
    assert {name: each.name for name, each in comparisons.alike(span, date(2026, 12, 1)).items()} == {
        "now": "2026-11", "previous": "2026-10", "year_ago": "2025-11",
    }  # fmt: skip
    assert comparisons.alike(Span.parse("2026-03"), date(2026, 3, 30))["previous"].name == "2026-02"


@pytest.mark.parametrize(
    ("period", "crumbs"),
    [
        ("2026Q4", ["2026 年第 4 季度"]),
        ("2026-11", ["2026 年第 4 季度", "2026 年 11 月"]),
        ("2026-W49", ["2026 年第 4 季度", "2026 年 12 月", "2026 年第 49 周"]),  # its Thursday is 3 December
        ("2026-11-24", ["2026 年第 4 季度", "2026 年 11 月", "2026 年第 48 周", "2026-11-24"]),
        ("2026-11-03..2026-11-09", ["2026-11-03 至 2026-11-09"]),
    ],
)
def test_the_way_back_from_a_day_leads_over_week_and_month_to_the_quarter(city: City, period: str, crumbs: list[str]) -> None:
    view = View("330483", period)
    found = sentences.crumbs_of_time(Look("zh-CN", city.zone), view, TUESDAY, sentences.goer(city, view))
    assert [each["text"] for each in found] == crumbs
    assert found[-1]["href"] is None and all(each["href"] for each in found[:-1])


def test_the_way_back_from_a_grid_leads_over_village_and_town(city: City) -> None:
    view = View("330483001001001", "2026-11-24", hour="9")
    look, go = Look("en", city.zone), sentences.goer(city, view)
    places = sentences.crumbs_of_place(city, look, view, go)
    assert [each["text"] for each in places] == ["Tongxiang", "Wutong Subdistrict", "Qingfeng Community", "Qingfeng Grid 1"]
    assert places[1]["href"] == "/analysis/330483001?period=2026-11-24&hour=9"
    assert sentences.crumbs_of_time(look, view, TUESDAY, go)[-1]["text"] == "9:00 to 10:00"


def test_a_comparison_across_a_change_of_borders_says_so(city: City) -> None:
    now, before = Span.parse("2017-01"), Span.parse("2016-01")
    crossed = border_changes.between(city, "330483", now, before)
    towns = next(each for each in crossed if each.level_code == "township")
    assert towns.on == date(2017, 1, 1) and set(towns.ended) == {"330483002", "330483108"}
    said = sentences.border_note(city, Look("zh-CN", city.zone), [towns])
    assert "2017-01-01" in said and "龙翔街道" in said and "高桥镇" in said
    assert border_changes.between(city, "330483", Span.parse("2026-11"), Span.parse("2026-10")) == []
    assert border_changes.between(city, "330483107", now, before) == []
    villages = border_changes.between(city, "330483100", now, before)[0]  # those of Longxiang came to Wuzhen
    assert (villages.level_code, villages.ended) == ("village", ()) and "330483100218" in villages.begun
    assert sentences.border_note(city, Look("en", city.zone), []) == ""


def test_the_page_says_in_one_sentence_what_it_shows(city: City) -> None:
    view = View("330483100", "2026-10", category="A", text="路灯")
    asked, before = view.filter(city, TUESDAY), Span.parse("2026-09")
    zh = sentences.sentence(city, Look("zh-CN", city.zone), view, asked, before, is_before_known=True)
    assert zh == (
        "2026 年 10 月 · 乌镇镇 · 类别：市容环境 · 含“路灯”的上报数：2026-10-01 至 2026-10-31（31 天），"
        "与 2026-09-01 至 2026-09-30（30 天） 相比。"
    )
    en = sentences.sentence(city, Look("en", city.zone), view, asked, None, is_before_known=True)
    assert en.endswith("2026-10-01 to 2026-10-31 (31 days), not compared.")


def test_a_holiday_is_known_by_its_name_and_a_make_up_day_is_none(city: City) -> None:
    assert [city.calendar.holiday(date(2026, 10, day)) for day in (1, 10)] == ["national_day", ""]
    assert city.calendar.holiday(date(2150, 10, 1)) == ""


def test_a_limit_says_what_it_is_for_in_words(city: City) -> None:
    said = [sentences.limit_of(city, Look(language, city.zone), "B.01.01", "missing") for language in ("zh-CN", "en")]
    assert said == ["井盖缺损（丢失）", "Manhole cover missing or broken (missing)"]
    assert sentences.limit_of(city, Look("zh-CN", city.zone), "*", "") == "其他各类"
