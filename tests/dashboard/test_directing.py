"""The directors over a real feed, on both engines: walls agree, go on after a restart, and take an edited playlist."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from support.directing import asked, directing, report, told, until
from support.house import NOON
from support.streaming import Ear

from dashboard import directing as directing_module
from dashboard import walls as walls_module
from dashboard.directing import Directors
from dashboard.director import Command
from data import engine as engines
from data import feed, store
from data.city import City
from data.clocks import Clock
from data.errors import TooManyWalls, UnknownCode
from data.playlist_files import FILE
from etl import filing

COUNTY, WUZHEN, PUYUAN = ("default", "330483"), ("default", "330483100"), ("default", "330483101")


def run(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


def shown(directors: Directors, key: tuple[str, str]) -> list[int]:
    found = directors.walls.told()[key]["interruption"]
    return [] if found is None else found["group"] or [found["incident"]]


def steady(said: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in said.items() if name != "now"}


def test_a_wall_that_is_asked_for_begins_with_its_first_scene(engine: Engine, city: City) -> None:
    async def scene() -> None:
        async with directing(engine, city) as directors:
            said = await asked(directors, COUNTY)
            assert (said["screen"], said["area"], said["scene"], said["entry"], said["of"], said["next"]) == (
                "default",
                "330483",
                "overview",
                1,
                6,
                "flow",
            )
            assert said["until"] - said["entered"] == said["dwell"] == 40_000
            assert (said["held"], said["pinned"], said["interruption"], said["sound"]) == (False, None, None, False)
            assert (await asked(directors, ("north", "330483")))["seams"] == {"columns": (0.333, 0.667), "rows": (0.5,)}
            for unknown in (("south", "330483"), ("default", "999999")):
                with pytest.raises(UnknownCode):
                    await asked(directors, unknown)

    run(scene())


def test_an_urgent_incident_interrupts_the_walls_it_concerns_with_its_words_and_holder(engine: Engine, city: City) -> None:
    async def scene() -> None:
        async with directing(engine, city) as directors:
            for key in (COUNTY, WUZHEN, PUYUAN):
                await asked(directors, key)
            number = await asyncio.to_thread(told, engine, city, "1")
            await until(lambda: shown(directors, COUNTY) == shown(directors, WUZHEN) == [number])
            assert shown(directors, PUYUAN) == []
            incident = directors.walls.told()[COUNTY]["incidents"][str(number)]
            assert (incident["text"], incident["holder"], incident["township"]) == ("仓库起火", "room-330483100", "330483100")

    run(scene())


@pytest.mark.parametrize(
    "said",
    [{"urgency_code": "normal"}, {"received_at": NOON - timedelta(minutes=6)}, {"county_code": "330499", "township_code": None}],
)
def test_what_is_not_urgent_not_new_or_not_ours_interrupts_nobody(engine: Engine, city: City, said: dict[str, Any]) -> None:
    async def scene() -> None:
        async with directing(engine, city) as directors:
            await asked(directors, COUNTY)
            await asyncio.to_thread(told, engine, city, "1", **said)
            await until(lambda: directors.live.last_id >= 2)
            assert shown(directors, COUNTY) == []

    run(scene())


def test_what_becomes_urgent_by_later_words_interrupts_then_and_once(engine: Engine, city: City) -> None:
    async def scene() -> None:
        async with directing(engine, city) as directors:
            await asked(directors, COUNTY)
            await asyncio.to_thread(told, engine, city, "1", urgency_code="normal", report_text="")
            number = await asyncio.to_thread(told, engine, city, "1")
            await asyncio.to_thread(told, engine, city, "1", report_text="仓库起火，请快来")
            await until(lambda: "请快来" in str(directors.walls.told()[COUNTY]["incidents"]))
            assert shown(directors, COUNTY) == [number]
            assert directors.walls.told()[COUNTY]["interruption"]["queue"] == []

    run(scene())


def test_history_that_is_loaded_in_bulk_interrupts_nobody(engine: Engine, city: City) -> None:
    async def scene() -> None:
        async with directing(engine, city) as directors:
            await asked(directors, COUNTY)

            def load() -> int:
                with engines.writing(engine) as conn:
                    filing.file_many(
                        conn, city, [(store.incident_defaults() | report(str(number), NOON), []) for number in range(30)], NOON
                    )
                    return feed.append(conn, NOON, [feed.Entry("city", {})])

            last = await asyncio.to_thread(load)
            await until(lambda: directors.live.last_id >= last)
            assert shown(directors, COUNTY) == []

    run(scene())


def test_states_are_kept_now_and_then_and_forgotten_when_nobody_asks(engine: Engine, city: City) -> None:
    async def scene() -> None:
        clock = Clock(NOON)
        async with directing(engine, city, clock) as directors:
            await asked(directors, COUNTY)
            await asyncio.to_thread(directors.walls.keep)
            with engines.reading(engine) as conn:
                assert feed.head(conn) == 1  # it has only just been kept
            clock._ahead += walls_module.KEPT_EVERY
            await asyncio.to_thread(directors.walls.keep)
            with engines.reading(engine) as conn:
                assert feed.head(conn) == 2
            await until(lambda: directors.walls.heard_id == 2)
            directors.walls.forget()
            assert COUNTY in directors.walls.told()
            clock._ahead += walls_module.FORGOTTEN_AFTER
            directors.walls.forget()
            assert directors.walls.told() == {}

    run(scene())


def test_more_walls_than_a_server_looks_after_are_refused(engine: Engine, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walls_module, "MOST_WALLS", 1)

    async def scene() -> None:
        async with directing(engine, city) as directors:
            await asked(directors, COUNTY)
            await asked(directors, COUNTY)
            with pytest.raises(TooManyWalls):
                await asked(directors, WUZHEN)

    run(scene())


def test_a_stream_is_told_every_wall_at_once_then_what_changes_and_all_again_now_and_then(
    engine: Engine, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with directing(engine, city) as directors:
            await asked(directors, COUNTY)
            await asked(directors, WUZHEN)
            ear = Ear(directors.live, None)

            def scenes() -> list[dict[str, Any]]:
                return [event.content for event in ear.events if event.name == "scene"]

            await ear.hear_until(lambda _: len(scenes()) >= 2)
            assert [each["area"] for each in scenes()[:2]] == ["330483", "330483100"]
            await asyncio.to_thread(directors.give, WUZHEN, Command("hold", name="Li"))
            await ear.hear_until(lambda _: scenes()[-1]["held"])
            assert scenes()[-1]["area"] == "330483100"
            heard = scenes()
            monkeypatch.setattr(directing_module, "SAID_EVERY", timedelta(seconds=0.3))
            await ear.hear_until(lambda _: len(scenes()) >= len(heard) + 2)
            assert {each["area"]: steady(each) for each in scenes()[len(heard) :]} == {each["area"]: steady(each) for each in heard}
            await ear.leave()

    run(scene())


def test_an_edited_playlist_is_in_force_at_once_and_what_is_shown_stays(engine: Engine, city: City, tmp_path: Path) -> None:
    path = Path(shutil.copy(city.folder / FILE, tmp_path / FILE))
    good = path.read_text("utf-8")

    async def scene() -> None:
        async with directing(engine, replace(city, folder=tmp_path)) as directors:
            before = await asked(directors, COUNTY)
            path.write_text(good.replace("{scene: flow, dwell_seconds: 30}", "{scene: assessment, dwell_seconds: 30}", 1), "utf-8")
            after = await until(lambda: (said := directors.walls.told()[COUNTY])["next"] == "assessment" and said)
            assert (after["scene"], after["until"]) == (before["scene"], before["until"])
            path.write_text("playlists: [", "utf-8")
            assert "cannot be read" in (await until(directors.problems))[0]
            assert directors.walls.told()[COUNTY]["next"] == "assessment"
            path.write_text(good, "utf-8")
            await until(lambda: not directors.problems() and directors.walls.told()[COUNTY]["next"] == "flow")

    run(scene())


def test_the_last_commands_are_told_with_who_and_when(engine: Engine, city: City) -> None:
    async def scene() -> None:
        async with directing(engine, city) as directors:
            await asked(directors, COUNTY)
            directors.give(COUNTY, Command("hold", name="Li"))
            directors.give(("*", "*"), Command("choose", scene="flow", name="<b>"))
            newest, oldest = directors.given()
            assert {name: newest[name] for name in ("screen", "area", "command", "scene", "name")} == {
                "screen": "*", "area": "*", "command": "choose", "scene": "flow", "name": "<b>",
            }  # fmt: skip
            assert (oldest["command"], oldest["name"]) == ("hold", "Li") and oldest["at"] <= newest["at"]

    run(scene())


def test_an_entry_nobody_understands_is_left_out_and_the_rest_goes_on(engine: Engine, city: City) -> None:
    async def scene() -> None:
        async with directing(engine, city) as directors:
            await asked(directors, COUNTY)
            with engines.writing(engine) as conn:
                feed.append(
                    conn,
                    NOON,
                    [
                        feed.Entry("director", {"command": "state", "screen": "default", "area": "330483"}),
                        feed.Entry("director", {}),
                    ],
                )
            directors.give(COUNTY, Command("hold", name="Li"))
            await until(lambda: directors.walls.told()[COUNTY]["held"])

    run(scene())
