"""The live stream on both engines: everything in order, nothing twice, whoever writes and however slowly one listens."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine, delete, text
from support.house import NOON
from support.streaming import Ear, change_ids, following, ids_up_to, tell

from dashboard import live as live_module
from dashboard import live_routes
from data import engine as engines
from data import feed
from data.schema import change


def run(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


def test_a_change_is_heard_in_order_with_its_number_and_its_moment(engine: Engine) -> None:
    async def scene() -> None:
        async with following(engine) as live:
            ear = Ear(live, None)
            await ear.hear_until(bool)
            await asyncio.to_thread(tell, engine, 3)
            events = [event for event in await ear.hear_until(ids_up_to(3)) if event.name == "change"]
            at = int(NOON.timestamp() * 1000)
            assert [event.content for event in events] == [
                {"kind": "progress", "id": number, "at": at, "content": {"done": number - 1}} for number in (1, 2, 3)
            ]
            await ear.leave()
            assert live.subscribers == set()

    run(scene())


def test_several_writers_at_once_skip_nothing_and_double_nothing(engine: Engine) -> None:
    writers, rounds, listeners = 6, 15, 5

    async def scene() -> None:
        async with following(engine) as live:
            ears = [Ear(live, 0) for _ in range(listeners)]

            def write() -> None:
                for each in range(rounds):
                    tell(engine, 1 + each % 3)

            threads = [threading.Thread(target=write) for _ in range(writers)]
            for thread in threads:
                thread.start()
            total = writers * sum(1 + each % 3 for each in range(rounds))
            heard = await asyncio.gather(*(ear.hear_until(ids_up_to(total)) for ear in ears))
            for thread in threads:
                thread.join()
            for events in heard:
                assert change_ids(events) == list(range(1, total + 1))

    run(scene())


def test_one_that_subscribes_amid_the_writing_hears_all_after_its_number(engine: Engine) -> None:
    async def scene() -> None:
        async with following(engine) as live:
            is_done = threading.Event()

            def write() -> None:
                for _ in range(120):
                    tell(engine)
                is_done.set()

            thread = threading.Thread(target=write)
            thread.start()
            ears = []
            while not is_done.is_set():
                ears.append(Ear(live, live.last_id))
                await asyncio.sleep(0.01)
            thread.join()
            firsts = [change_ids(await ear.hear_until(ids_up_to(120))) for ear in ears[:-1]]
            assert firsts and all(ids == list(range(ids[0], 121)) for ids in firsts if ids)

    run(scene())


def test_a_slow_subscriber_is_dropped_and_hears_the_rest_when_it_comes_back(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "LONGEST_QUEUE", 50)

    async def scene() -> None:
        async with following(engine) as live:
            slow, quick = Ear(live, 0), Ear(live, 0)
            await slow.hear_until(bool)
            await quick.hear_until(bool)
            for step in range(8):
                await asyncio.to_thread(tell, engine, 20)
                await quick.hear_until(ids_up_to(20 * (step + 1)))
            await slow.hear_until(lambda _: False)
            assert slow.is_over and live.dropped_count == 1
            heard = change_ids(slow.events)
            again = Ear(live, heard[-1] if heard else 0)
            heard += change_ids(await again.hear_until(ids_up_to(160)))
            assert heard == change_ids(quick.events) == list(range(1, 161))

    run(scene())


def names_of_first(engine: Engine, last: int | None) -> list[tuple[str, int | None]]:
    found: list[tuple[str, int | None]] = []

    async def scene() -> None:
        async with following(engine) as live:
            ear = Ear(live, last)
            await asyncio.to_thread(tell, engine)
            events = await ear.hear_until(lambda events: any(event.name == "change" for event in events))
            assert events[0].name == "heartbeat"
            found.extend((event.name, event.id) for event in events if event.name != "heartbeat")

    run(scene())
    return found


def test_one_too_far_behind_takes_the_whole_state(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_routes, "LONGEST_REPLAY", 10)
    tell(engine, 30)
    assert names_of_first(engine, 19) == [("reset", 30), ("change", 31)]
    assert names_of_first(engine, 21)[0] == ("change", 22)


def test_a_number_older_than_what_is_kept_takes_the_whole_state(engine: Engine) -> None:
    tell(engine, 30)
    with engines.writing(engine) as conn:
        conn.execute(delete(change).where(change.c.id <= 20))
    assert names_of_first(engine, 19) == [("reset", 30), ("change", 31)]
    assert names_of_first(engine, 20)[0] == ("change", 21)
    with engines.writing(engine) as conn:
        feed.prune(conn, NOON + timedelta(days=1))
    assert names_of_first(engine, 25)[0] == ("reset", 32)


def test_a_number_from_another_database_takes_the_whole_state(engine: Engine) -> None:
    tell(engine, 3)
    assert names_of_first(engine, 4) == [("reset", 3), ("change", 4)]


def test_without_a_number_the_stream_starts_at_the_newest(engine: Engine) -> None:
    tell(engine, 3)
    assert names_of_first(engine, None) == [("change", 4)]


def test_a_heartbeat_comes_every_second_with_the_clock_of_the_house(engine: Engine) -> None:
    async def scene() -> None:
        async with following(engine) as live:
            ear = Ear(live, None)
            beats = (await ear.hear_until(lambda events: len(events) >= 4))[:4]
            times = [beat.content["now"] for beat in beats]
            gaps = [after - before for before, after in pairwise(times[1:])]
            assert all(800 <= gap <= 2000 for gap in gaps), gaps
            assert abs(times[0] - NOON.timestamp() * 1000) < 10_000
            assert [beat.content["last"] for beat in beats] == [0, 0, 0, 0]

    run(scene())


@pytest.mark.parametrize("prepared_url", ["postgresql"], indirect=True)
def test_connections_that_the_database_ends_are_made_anew(engine: Engine) -> None:
    async def scene() -> None:
        async with following(engine) as live:
            ear = Ear(live, 0)
            await ear.hear_until(bool)
            with engines.writing(engine) as conn:
                conn.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                                  "AND datname = current_database()"))  # fmt: skip
            await ear.hear_until(lambda _: False)
            assert ear.is_over
            await asyncio.to_thread(tell, engine, 2)
            again = Ear(live, 0)
            await again.hear_until(ids_up_to(2))
            await asyncio.to_thread(tell, engine, 2)
            assert change_ids(await again.hear_until(ids_up_to(4))) == [1, 2, 3, 4]

    run(scene())


def test_when_the_database_goes_away_the_streams_end_and_come_back_with_it(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with following(engine) as live:
            ear = Ear(live, 0)
            await ear.hear_until(bool)
            is_away = threading.Event()
            is_away.set()
            waiting = engines.Wake.wait

            def wait(self: engines.Wake, seconds: float) -> bool:
                if is_away.is_set():
                    raise OSError("gone")
                return waiting(self, seconds)

            monkeypatch.setattr(engines.Wake, "wait", wait)
            await ear.hear_until(lambda _: False)
            assert ear.is_over
            await asyncio.to_thread(tell, engine, 2)
            is_away.clear()
            again = Ear(live, 0)
            await again.hear_until(ids_up_to(2))
            await asyncio.to_thread(tell, engine, 2)
            assert change_ids(await again.hear_until(ids_up_to(4))) == [1, 2, 3, 4]

    run(scene())
