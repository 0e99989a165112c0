"""A house that is lived in: reports, steps, late and early words, answers and refusals, told as they come, and a look now and then."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Table, select

from data import answers, arrivals, refusals, rewind_cells
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.periods import county_date
from data.recount import Part
from data.schema import answer, incident, refusal, rollup, source_state, step
from data.settings import Settings
from etl import filing
from etl.courier import Courier
from etl.demo.plan import Planner

DAY = date(2026, 9, 24)
UNLIKE = {"incident": {"version", "committed_at"}, "source_state": {"accepted_count", "rejected_count"}}


@dataclass(order=True)
class Event:
    """What happens at an instant."""

    at: datetime
    order: int
    act: Callable[[Connection], Any]


class Life:
    """Some cases of two invented days with all that becomes of them, in a house that files them as they come."""

    def __init__(self, engine: Engine, city: City, seed: int = 1) -> None:
        self.engine, self.city, self.chance = engine, city, random.Random(seed)
        self.now = datetime(2026, 9, 1, tzinfo=UTC)
        clock = Clock()
        clock.now = lambda: self.now  # type: ignore[method-assign]
        self.events: list[Event] = []
        self.courier = Courier(engine, city, Settings(), clock)
        self._plan()

    def _plan(self) -> None:
        chance, planner = self.chance, Planner(self.city, 7)
        for on in (DAY, DAY + timedelta(days=1)):
            for number, each in enumerate(planner.day(on)):
                if number % 14 and not (number < 40 and any(row["action_code"] == "merge" for row in each.steps)):
                    continue
                report = {name: each.report[name] for name in each.report if name in _TOLD}
                if chance.random() < 0.3:
                    report["reporter_key"] = f"citizen-{chance.randrange(12)}"
                known = report["received_at"] + timedelta(minutes=chance.choice((0, 0, 0, 7)))
                self._add(known, self._report(report))
                if chance.random() < 0.2:
                    more = {"report_text": "后来又说：还没有人来", "urgency_code": "urgent", "category_code": "B.01.04"}
                    self._add(known + timedelta(minutes=20), self._report(report | more, is_new=False))
                for row in each.steps:
                    late = timedelta(minutes=chance.choice((0, 0, 0, 0, 95, -2)))
                    self._add(row["at"] + late, self._steps([dict(row) | {"received_at": row["at"] + late}]))
        begin = min(each.at for each in self.events)
        for number in range(4):
            key = {("table", f"bad-{number}"): "unknown_word"}
            self._add(begin + timedelta(hours=5 * number), lambda conn, key=key: refusals.refuse(conn, key, self.now))
        self._add(begin + timedelta(hours=12), lambda conn: refusals.admit(conn, [("table", "bad-1")], self.now))
        for hours in range(1, 400, 29):
            self._add(begin + timedelta(hours=hours), None)
        self.events.sort()

    def _add(self, at: datetime, act: Callable[[Connection], Any] | None) -> None:
        self.events.append(Event(at, len(self.events), act or self._deliver))

    def _report(self, report: dict[str, Any], *, is_new: bool = True) -> Callable[[Connection], Any]:
        def act(conn: Connection) -> None:
            if report["reporter_key"]:
                arrivals.keep_reporter(conn, report["reporter_key"], answers.ADDRESSED, b"sealed")
            filing.file_reports(conn, self.city, [report], self.now)
            if is_new:
                arrivals.touch_source(conn, report["source"], event_at=report["reported_at"], received_at=self.now, accepted=1)

        return act

    def _steps(self, rows: list[dict[str, Any]]) -> Callable[[Connection], Any]:
        def act(conn: Connection) -> None:
            filing.file_steps(conn, self.city, rows, self.now)
            arrivals.touch_source(conn, rows[0]["source"], event_at=rows[0]["at"], received_at=self.now, accepted=1)

        return act

    def _deliver(self, conn: Connection) -> None:
        """Answers that wait are sent or fail, outside the transaction given: the courier has its own."""

    def deliver(self) -> None:
        with engines.reading(self.engine) as conn:
            waiting = [dict(row) for row in conn.execute(select(answer).where(answer.c.state_code == "queued")).mappings()]
        for row in waiting:
            if self.chance.random() < 0.5:
                code = self.chance.choice(("sent", "sent", "failed"))
                self.courier._record(row, state_code=code, sent_at=self.now if code == "sent" else None)

    def run(self, upto: datetime | None, look_every: int, look: Callable[[datetime], None]) -> list[datetime]:
        """Let everything happen, and call `look` at an instant after every so many events; gives those instants."""
        looked: list[datetime] = []
        for number, event in enumerate(self.events):
            if upto is not None and event.at > upto:
                break
            self._wake(event.at)
            self.now = event.at
            if event.act == self._deliver:
                self.deliver()
            else:
                with engines.writing(self.engine) as conn:
                    event.act(conn)
            if number % look_every == look_every - 1 and number + 1 < len(self.events):
                between = event.at + (self.events[number + 1].at - event.at) / 2
                if between > event.at:
                    self._wake(between)
                    look(between)
                    looked.append(between)
        return looked

    def _wake(self, upto: datetime) -> None:
        while True:
            with engines.reading(self.engine) as conn:
                at = filing.next_wake(conn)
            if at is None or at > upto:
                return
            self.now = max(at, self.now)
            with engines.writing(self.engine) as conn:
                filing.wake(conn, self.city, self.now)


_TOLD = {
    "source", "source_ref", "reported_at", "reported_precision", "received_at", "channel_code", "reporter_kind_code", "reporter_key",
    "category_code", "category_certainty", "condition_code", "urgency_code", "is_restricted", "report_text", "address_text", "media_count",
    "lon", "lat", "place_basis_code", "county_code", "township_code", "village_code", "grid_code",
}  # fmt: skip


def standing(engine: Engine) -> dict[str, list[Any]]:
    """Everything the wall reads, as rows in order: what two houses that stand alike have in common."""
    with engines.reading(engine) as conn:
        found = {each.name: _rows(conn, each) for each in (incident, step, rollup, source_state, refusal)}
    found["rollup"] = [row for row in found["rollup"] if row["value"]]
    return found


def asked_for(house: dict[str, list[Any]], city: City, code: str, at: datetime) -> dict[str, list[Any]]:
    """What a wall of an area may ask for on the day of an instant: of the cells only those."""
    part = rewind_cells.part(city, code, county_date(at, city.zone))
    cells = [row for row in house["rollup"] if _is_held(row, part)]
    return house | {"rollup": cells}


def _is_held(row: dict[str, Any], part: Part) -> bool:
    days = part.days_of(row["grouping_code"], row["measure_code"])
    start = row["period_start"] // 24 if row["grouping_code"] == "hour" else row["period_start"]
    return row["area_code"] in part.areas_of(row["grouping_code"]) and (
        row["grouping_code"] == "stock" or days is None or start in days
    )


def _rows(conn: Connection, table: Table) -> list[dict[str, Any]]:
    left_out = UNLIKE.get(table.name, set())
    columns = [each for each in table.c if each.name not in left_out]
    statement = select(*columns).order_by(*table.primary_key.columns)
    return [dict(row) for row in conn.execute(statement).mappings()]
