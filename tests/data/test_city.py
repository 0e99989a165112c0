"""The city folder: vintages by date, limits by condition, and a sentence for everything that does not fit."""

import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from data import city as cities
from data.city import City
from data.errors import CityError, UnknownCode

TONGXIANG = Path("data/cities/tongxiang")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TONGXIANG, tmp_path / "city"))


@pytest.mark.parametrize(("on", "towns", "villages"), [("2016-03-15", 12, 211), ("2017-06-01", 11, 211), ("2020-01-01", 11, 217), ("2026-11-24", 11, 221)])  # fmt: skip
def test_areas_are_those_of_their_day(city: City, on: str, towns: int, villages: int) -> None:
    day = date.fromisoformat(on)
    assert (len(city.areas_on(day, "township")), len(city.areas_on(day, "village"))) == (towns, villages)


def test_gaoqiao_changes_its_code_with_its_rank(city: City) -> None:
    assert city.area("330483108", date(2016, 12, 31)).name.zh == "高桥镇"
    with pytest.raises(UnknownCode):
        city.area("330483108", date(2017, 1, 1))
    assert city.area("330483004", date(2017, 1, 1)).name.zh == "高桥街道"


def test_there_are_fifty_departments_and_two_zones(city: City) -> None:
    kinds = [each.kind_code for each in city.organisations.values()]
    assert (kinds.count("department"), kinds.count("zone")) == (50, 2)


def test_a_limit_hangs_on_category_and_condition_and_falls_back_to_its_parents(city: City) -> None:
    def said(category: str, condition: str = "") -> str:
        limit = city.limit_for("finish", category, condition)
        assert limit is not None
        return f"{limit.value:g} {limit.type_code}"

    assert said("B.01.01", "missing") == "2 urgent_hours"
    assert said("B.01.01") == "4 working_hours"
    assert said("A.01.01") == "1 working_days"
    assert said("B.01.04") == "7 working_days"


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("limits.csv", "missing,finish,2,urgent_hours", "missing,finish,2,working_hours", "row 8: the text '2紧急工作时' does not say 2 working_hours"),
        ("areas.csv", "330483001,township,street,330483,", "330483001,township,street,330499,", "has an unknown parent '330499'"),
        ("categories.csv", "power,normal,0,路灯", "powerr,normal,0,路灯", "goes to an unknown department 'powerr'"),
        ("areas.csv", "2016-12-31", "2016-13-31", "areas.csv row"),
        ("city.yaml", "{value: 4, type_code: working_hours}", "{value: 4, type_code: hours}", "acknowledge_within needs a value above zero and a type_code"),
        ("city.yaml", "{value: 4, type_code: working_hours}", "4", "acknowledge_within needs a value above zero and a type_code"),
        ("city.yaml", "Asia/Shanghai", "Asia/Nowhere", "the calendar cannot be read"),
        ("spellings/steps.csv", "市交通局,transport", "市交通局,traffic", "means 'traffic', which is on no list"),
        ("boundaries/county.geojson", "{", "[", "is no GeoJSON"),
        ("boundaries/village.geojson", "[[[120.", "[[[119.", "lies outside the county"),
        ("boundaries/township.geojson", '"330483002"', '"330483009"', "no boundary for 330483002 龙翔街道"),
        ("areas.csv", "2016-12-31", "2009-12-31", "ends before it begins"),
        ("areas.csv", "庆丰社区居委会,2010-01-01,,120.5", "庆丰社区居委会,2010-01-01,,20.5", "outside the guard box"),
        ("areas.csv", "330483001001001,grid,grid,330483001001,", "330483001001001,grid,grid,330483001002,", "does not begin with its parent's"),
        ("areas.csv", "330483001001,village,community,330483001,", "330483001001,village,community,330483001001001,", "which does not stand higher"),
        ("areas.csv", "330483001001,village,community,330483001,庆丰社区,Qingfeng Community,庆丰社区居委会,2010-01-01,", "330483001001,village,community,330483001,庆丰社区,Qingfeng Community,庆丰社区居委会,2009-01-01,", "is in force on 2009-01-01, its parent 330483001 is not"),
        ("areas.csv", ",庆丰社区居委会,2010-01-01,,", ",庆丰社区居委会,2010-01-01,,,", "more or fewer columns"),
        ("organisations.csv", "housing,department", "transport,department", "transport stands twice, as 市交通运输局 and as 市住房和城乡建设局"),
        ("limits.csv", "G,,finish,15,natural_days,15自然日", "K,,finish,15,natural_days,15自然日", "two limits to finish for K."),
        ("limits.csv", "*,,finish,7", "J,,finish,7", "Z.01.01 其他事项 has no limit to finish"),
        ("city.yaml", 'code: "330483"', "code: 330483", "write it in quotes"),
        ("city.yaml", "west: 119.9", "west: 129.9", "guard_box is turned round"),
        ("city.yaml", "guard_box:", "guard:", "guard_box is missing"),
        ("city.yaml", 'nightly_reload: "03:40"', "nightly_reload: 3:40", "nightly_reload is a time"),
        ("city.yaml", '["08:30", "12:00"]', '["12:00", "08:30"]', "office_hours are not one after another"),
        ("definitions.yaml", "code: D2", "code: D9", "to_handle for live is one of D1, D2, D3, not 'D9'"),
        ("definitions.yaml", "to_handle:\n  live: [{code: D2", "to_handle:\n  live: [{code: R", "is one of D1, D2, D3, not 'R'"),
        ("definitions.yaml", "rework:", "reworks:", "rework for live has no definition that holds at all"),
        ("definitions.yaml", "rework:", "reworks:", "there is to_handle, rework, each for live, report"),
        ("definitions.yaml", "live: [{code: D2, valid_from_on: 2010-01-01", "live: [{code: D2, valid_from_on: someday", "a day is written 2026-11-24"),
        ("definitions.yaml", "live: [{code: D2, valid_from_on: 2010-01-01,", "live: [{code: D2, valid_from_on: 2010-01-01, valid_to_on: 2020-01-01,", "has no definition that holds for good"),
        ("definitions.yaml", "live: [{code: D2, valid_from_on: 2010-01-01,", "live: [{code: D1, valid_from_on: 2009-01-01, source: x}, {code: D2, valid_from_on: 2010-01-01,", "has two definitions from 2010-01-01 on"),
        ("definitions.yaml", "live: [{code: D2, valid_from_on: 2010-01-01,", "live: [{code: D1, valid_from_on: 2009-01-01, valid_to_on: 2009-11-30, source: x}, {code: D2, valid_from_on: 2010-01-01,", "has none from 2009-12-01 until 2010-01-01"),
        ("definitions.yaml", "live: [{code: D2, valid_from_on: 2010-01-01,", "live: [{code: D1, valid_from_on: 2009-01-02, valid_to_on: 2009-01-01, source: x}, {code: D2, valid_from_on: 2009-01-02,", "D1 ends before it begins"),
        ("definitions.yaml", "live: [{code: D2, ", "live: [{", "'code' is missing"),
        ("definitions.yaml", "live: [{code: D2, valid_from_on: 2010-01-01, source: \"DOMAIN 1.5, proposal\"}]", "live: D2", "is no code with the days it holds"),
        ("city.yaml", "levels: [county, township,", "levels: [township, county,", "in this order"),
    ],
)  # fmt: skip
def test_a_broken_folder_is_told_in_a_sentence(copy: Path, file: str, old: str, new: str, sentence: str) -> None:
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(sentence in each for each in cities.check(copy)), cities.check(copy)
    with pytest.raises(CityError):
        cities.load(copy)


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "limits.csv").unlink()
    assert "limits.csv is missing." in cities.check(copy)


def test_a_list_saved_in_another_encoding_is_named(copy: Path) -> None:
    path = copy / "organisations.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert "organisations.csv is not in UTF-8; save it again as CSV UTF-8." in cities.check(copy)


@pytest.mark.parametrize("text", ["", "[]", "- 1", "code: [", "code: x\nname: 3"])
def test_a_city_that_cannot_begin_is_told_too(copy: Path, text: str) -> None:
    (copy / "city.yaml").write_text(text, encoding="utf-8")
    assert cities.check(copy)
    with pytest.raises(CityError):
        cities.load(copy)


def test_no_folder_is_told(tmp_path: Path) -> None:
    assert cities.check(tmp_path / "nowhere") == ["city.yaml is missing."]


@pytest.mark.parametrize("day", ["2010-01-01", "2016-12-31", "2017-01-01", "2019-06-01", "2020-01-01", "2026-11-24"])
def test_on_every_day_each_village_has_three_to_six_grids_and_each_area_its_parent(city: City, day: str) -> None:
    on = date.fromisoformat(day)
    counts = Counter(each.parent_code for each in city.areas_on(on, "grid"))
    assert counts.keys() == {each.area_code for each in city.areas_on(on, "village")}
    assert {*counts.values()} == {3, 4, 5, 6}
    for each in city.areas_on(on):
        assert each.parent_code is None or city.area(each.parent_code, on)


def test_a_village_that_only_changes_its_code_stays_where_it_is(city: City) -> None:
    before, after = city.area("330483108200"), city.area("330483004200")
    assert before.name == replace(after.name, code=before.area_code)
    assert (before.lon, before.lat) == (after.lon, after.lat)


def test_disputes_and_violence_are_restricted(city: City) -> None:
    kinds = [each for each in city.categories.values() if each.level == 3 and each.category_code[0] == "G"]
    assert kinds and all(each.is_restricted for each in [*kinds, city.categories["F.01.03"]])


def test_an_area_that_holds_twice_is_told(copy: Path) -> None:
    with (copy / "areas.csv").open("a", encoding="utf-8") as file:
        file.write("330483001,township,street,330483,梧桐,Wutong,梧桐,2020-01-01,,120.5,30.6\n")
    assert any("330483001 holds twice" in each for each in cities.check(copy))


def test_the_shipped_folder_holds_together() -> None:
    assert cities.check(TONGXIANG) == []


@pytest.mark.parametrize(
    ("file", "doubled", "name"),
    [
        ("city.yaml", "join_minutes: 7", "join_minutes"),
        ("city.yaml", "  missing: [x]", "missing"),  # in a mapping within
        ("demo.yaml", "few: [x]", "few"),
        ("sources.yaml", "more: {name: {zh: x, zh: y}}", "zh"),  # both in one line
    ],
)
def test_a_name_said_twice_is_refused_with_file_and_line(copy: Path, file: str, doubled: str, name: str) -> None:
    path = copy / file
    lines = [*path.read_text(encoding="utf-8").rstrip().split("\n"), doubled]
    path.write_text("\n".join(lines), encoding="utf-8")
    first = next(number for number, line in enumerate(lines, start=1) if f"{name}: " in line.partition("#")[0])
    first = len(lines) if file == "sources.yaml" else first
    with pytest.raises(CityError) as refused:
        cities.load(copy)
    assert f"{file} line {len(lines)}: '{name}' stands there already in line {first}." in str(refused.value)


def test_an_organisation_is_in_force_as_long_as_its_area(city: City) -> None:
    end = city.ends_at("room-330483108")
    assert end is not None and end.astimezone(city.zone).isoformat() == "2017-01-01T00:00:00+08:00"
    assert city.ends_at("room-330483004") is None and city.ends_at("transport") is None
    nobody = city.ends_at("dissolved")
    assert nobody is not None and nobody.year <= 1970  # never was


def test_a_new_definition_is_a_line_with_its_first_day(copy: Path) -> None:
    path = copy / "definitions.yaml"
    old = "live: [{code: D2, valid_from_on: 2010-01-01,"
    new = "live: [{code: D1, valid_from_on: 2010-01-01, valid_to_on: 2026-12-31, source: the old scheme}, {code: D2, valid_from_on: 2027-01-01,"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    city = cities.load(copy)
    on = (date(2026, 12, 31), date(2027, 1, 1))
    assert [city.definition_in_force("to_handle", "live", each) for each in on] == ["D1", "D2"]
    with pytest.raises(UnknownCode, match="no definition of to_handle for live on 2009-12-31"):
        city.definition_in_force("to_handle", "live", date(2009, 12, 31))
