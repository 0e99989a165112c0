"""The city folder: vintages by date, limits by condition, and a sentence for everything that does not fit."""

import shutil
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
        ("city.yaml", "Asia/Shanghai", "Asia/Nowhere", "the calendar cannot be read"),
        ("spellings/steps.csv", "市交通局,transport", "市交通局,traffic", "means 'traffic', which is on no list"),
        ("boundaries/county.geojson", "{", "[", "is no GeoJSON"),
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


def test_an_area_that_holds_twice_is_told(copy: Path) -> None:
    with (copy / "areas.csv").open("a", encoding="utf-8") as file:
        file.write("330483001,township,street,330483,梧桐,Wutong,梧桐,2020-01-01,,120.5,30.6\n")
    assert any("330483001 holds twice" in each for each in cities.check(copy))


def test_the_shipped_folder_holds_together() -> None:
    assert cities.check(TONGXIANG) == []
