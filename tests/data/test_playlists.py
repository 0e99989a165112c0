"""Playlists as data: what is on when, a sentence for every mistake, and an edit that holds without a restart."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import city as cities
from data.city import City
from data.errors import UnknownCode
from data.playlist_files import FILE, Kept, problems_of
from data.playlists import DEFAULT, SCENES, Entry, Programme

TONGXIANG = Path("data/cities/tongxiang")
EXAMPLES = Path("tests/examples/cities")
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def own(city: City, tmp_path: Path) -> City:
    """The city with a playlist file of its own that a test may break."""
    shutil.copy(TONGXIANG / FILE, tmp_path / FILE)
    return replace(city, folder=tmp_path)


def at(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=SHANGHAI)


def scenes_at(programme: Programme, when: datetime) -> list[str]:
    return [each.scene for each in programme.entries if each.is_on(when, programme.calendar)]


@pytest.mark.parametrize(
    ("when", "scenes"),
    [
        ("2026-11-24T10:00", ["overview", "flow", "analysis", "assessment", "overview", "forces"]),
        ("2026-11-24T17:00", ["overview", "flow", "analysis", "overview", "forces"]),  # 17:00 is after office hours
        ("2026-11-22T10:00", ["overview", "flow", "analysis", "overview", "forces"]),  # a Sunday
        ("2026-02-14T10:00", ["overview", "flow", "analysis", "assessment", "overview", "forces"]),  # a Saturday that works (调休)
        ("2026-11-24T03:00", ["overview", "flow", "forces"]),
    ],
)
def test_the_county_wall_shows_what_is_on_at_its_hour_and_day(city: City, when: str, scenes: list[str]) -> None:
    assert scenes_at(Kept(city).current.programme(city, "default", city.code), at(when)) == scenes


def test_a_towns_and_a_villages_wall_have_their_own_playlist(city: City) -> None:
    current = Kept(city).current
    dwells = {
        code: current.programme(city, "default", code).entries[0].dwell.total_seconds() for code in ("330483100", "330483100201")
    }
    assert dwells == {"330483100": 40, "330483100201": 60}
    zone = next(each.area_code for each in city.areas if each.level_code == "zone")
    assert current.programme(city, "default", zone).entries


def test_hours_may_run_over_midnight() -> None:
    kept = Entry("flow", timedelta(seconds=30), hours=((at("2026-11-24T22:00").time(), at("2026-11-24T06:00").time()),))
    assert [kept.is_hour(at(f"2026-11-24T{each}").time()) for each in ("21:59", "22:00", "00:00", "05:59", "06:00")] == [
        False, True, True, True, False,
    ]  # fmt: skip


def test_in_a_year_without_a_calendar_monday_to_friday_are_working_days(city: City) -> None:
    programme = Kept(city).current.programme(city, "default", city.code)
    assert "assessment" in scenes_at(programme, at("2039-11-25T10:00"))  # a Friday
    assert "assessment" not in scenes_at(programme, at("2039-11-26T10:00"))


@given(st.integers(0, 5), st.integers(0, 60 * 24 * 14))
def test_a_wall_always_turns_to_a_scene_that_is_on(city: City, place: int, minutes: int) -> None:
    programme = Kept(city).current.programme(city, "default", city.code)
    when = at("2026-11-16T00:00") + timedelta(minutes=minutes)
    turned = [programme.after(place, when), programme.first(when)]
    assert all(programme.entries[each].is_on(when, programme.calendar) for each in turned)


@pytest.mark.parametrize("folder", [EXAMPLES / "los_angeles", EXAMPLES / "receipt"])
def test_a_folder_without_the_file_has_the_documented_playlist(folder: Path) -> None:
    city = cities.load(folder)
    kept = Kept(city)
    assert kept.problems == []
    shown = [each.scene for each in kept.current.programme(city, "default", city.code).entries]
    assert shown == [each["scene"] for each in DEFAULT["playlists"]["all"]]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("{scene: flow, dwell_seconds: 30}", "{scene: flows, dwell_seconds: 30}", "playlists.yaml: playlist county, entry 2: there is no scene 'flows'; there are overview, flow,"),
        ("dwell_seconds: 40}", "dwell_seconds: 4}", "playlist county, entry 1: dwell_seconds is a number from 5 to 3600, not 4."),
        ("dwell_seconds: 40}", "dwell: 40}", "playlist county, entry 1: there is no 'dwell'; it has scene,"),
        ('area: "330483100"', "area: 330483100", "playlist county, entry 5: there is no area 330483100; codes are written in quotes."),
        ('area: "330483100"', 'area: "330483999"', "playlist county, entry 5: there is no area '330483999'"),
        ('["07:00-22:00"]', '["7:00-22:00"]', "playlist county, entry 3: hours are written as a list of times"),
        ('["07:00-22:00"]', "[20:00]", "playlist county, entry 3: hours are written as a list of times"),
        ('["07:00-22:00"]', '["07:00-07:00"]', "playlist county, entry 3: the hours 07:00-07:00 are none at all."),
        ("days: [working]", "days: [workday]", "playlist county, entry 4: there is no day 'workday'; there are working, off, mon,"),
        ("dwell_seconds: 40}", "dwell_seconds: 40, filters: {category: X.99}}", "playlist county, entry 1: there is no category 'X.99'."),
        ("dwell_seconds: 40}", "dwell_seconds: 40, filters: {channel: fax}}", "playlist county, entry 1: there is no channel 'fax'."),
        ("dwell_seconds: 40}", "dwell_seconds: 40, filters: {channel: [wechat]}}", "playlist county, entry 1: there is no channel ['wechat']; a filter has one code."),
        ("dwell_seconds: 40}", "dwell_seconds: 40, filters: {colour: red}}", "playlist county, entry 1, filters: there is no 'colour'"),
        ("    - {scene: overview, dwell_seconds: 60}\n    - {scene: flow, dwell_seconds: 30}\n    - {scene: forces, dwell_seconds: 30}", '    - {scene: flow, dwell_seconds: 30, days: [off], hours: ["08:00-24:00"]}', "playlist village: it shows nothing on a working mon at 00:00."),
        ("  township:\n", "  county:\n", "playlists.yaml cannot be read: county stands twice, the second time in line"),
        ("  north:\n", "  default:\n", "playlists.yaml cannot be read: default stands twice"),
        ("  default:\n", "  south:\n", "there is no screen default"),
        ("  north:\n", "  North wall:\n", "screen North wall: a name is made of"),
        ('{county: county, "*": township}', "{county: county}", "screen north: it has no playlist for a township; name one or say '*'."),
        ('{county: county, "*": township}', "night", "screen north: there is no playlist 'night'."),
        ('{county: county, "*": township}', '{"33": county, "*": township}', "screen north: there is no area or level '33'"),
        ("theme: dark\n    sound: true", "theme: pink\n    sound: true", "screen north: theme is one of dark, light, high-contrast, not 'pink'."),
        ("{zh: 北墙, en: North wall}", "North wall", "screen north: name needs zh and en."),
        ("sound: true", "sound: loud", "screen north: sound is true or false, not 'loud'."),
        ("[0.333, 0.667]", "[0.667, 0.333]", "screen north: seams columns are shares between 0 and 1"),
        ("show_seconds: 45", "show_seconds: 5", "interruption: least_seconds is at most show_seconds."),
        ("show_seconds: 45", "show_seconds: long", "interruption: show_seconds is a number above zero, not 'long'."),
        ("flood_over_below: 5", "flood_over_below: 50", "interruption: flood_over_below is at most flood_above."),
        ("interruption:", "interruptions:", "the file: there is no 'interruptions'"),
        ("screens:\n", "walls:\n", "it needs playlists and screens."),
        ("playlists:\n", "playlists: [\n", "playlists.yaml cannot be read"),
        ("playlists:\n", "playlists: {}\n? [a, b]\n: 1\nlists:\n", "playlists.yaml cannot be read"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_a_sentence_that_names_its_place(own: City, old: str, new: str, sentence: str) -> None:
    path = own.folder / FILE
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    found = problems_of(own)
    assert any(sentence in each for each in found), found


def test_off_is_a_day_and_not_false(own: City) -> None:
    path = own.folder / FILE
    path.write_text(path.read_text("utf-8").replace("days: [working]", "days: off", 1), "utf-8")
    assert problems_of(own) == []
    programme = Kept(own).current.programme(own, "default", own.code)
    assert (
        "assessment" in scenes_at(programme, at("2026-11-22T10:00")),
        "assessment" in scenes_at(programme, at("2026-11-24T10:00")),
    ) == (True, False)


def test_check_city_tells_of_the_playlists(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(TONGXIANG, tmp_path / "city"))
    (copy / FILE).write_text("playlists: {}\nscreens: {}\n", "utf-8")
    assert cities.check(copy) == ["playlists.yaml: there is no screen default; a wall that names none shows it."]
    assert cities.load(copy).code == "330483"  # the product still starts, and says so


def test_an_edit_holds_at_the_next_look_and_a_broken_one_is_kept_out(own: City) -> None:
    path, kept = own.folder / FILE, Kept(own)
    good = path.read_text("utf-8")
    assert not kept.refresh()
    path.write_text(good.replace("dwell_seconds: 40", "dwell_seconds: 44"), "utf-8")
    assert kept.refresh() and not kept.refresh()
    assert kept.current.programme(own, "default", own.code).entries[0].dwell == timedelta(seconds=44)
    path.write_text("playlists: [", "utf-8")
    assert not kept.refresh()
    assert "cannot be read" in kept.problems[0]
    assert kept.current.programme(own, "default", own.code).entries[0].dwell == timedelta(seconds=44)
    # An editor that saves by renaming, with the same size and time: another file all the same.
    fresh = own.folder / "fresh"
    fresh.write_text("playlists: (", "utf-8")
    os.utime(fresh, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    fresh.rename(path)
    assert not kept.refresh()
    path.write_text(good, "utf-8")
    assert kept.refresh() and kept.problems == []
    path.unlink()
    assert kept.refresh() and kept.problems == []
    assert [each.scene for each in kept.current.programme(own, "default", own.code).entries] == [
        "overview",
        "flow",
        "analysis",
        "assessment",
        "forces",
    ]


def test_a_city_that_starts_with_a_broken_file_shows_the_documented_playlist_and_says_so(own: City) -> None:
    (own.folder / FILE).write_text("- 1", "utf-8")
    kept = Kept(own)
    assert kept.problems == ["playlists.yaml: it needs playlists and screens."]
    assert kept.current.programme(own, "default", own.code).entries[0].scene in SCENES


def test_a_screen_nobody_described_is_refused(city: City) -> None:
    with pytest.raises(UnknownCode):
        Kept(city).current.screen("south")
