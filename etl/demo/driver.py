"""Keeps the invented county alive: fills its history, newest day first, and tells each event when its time has come.

May be killed at any moment and started again: a day is one transaction, every report and step has its own reference,
and what fell due while nobody was there is told on return.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import os
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, Engine, func, select

from data import arrivals, feed, store
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.lifecycle import replay
from data.periods import Period, county_date
from data.schema import batch, incident, step
from data.settings import Settings
from etl import filing
from etl.demo.flow import SOURCE, make_step
from etl.demo.plan import Planned, Planner

PROGRESS: Final = "demo-history"
NOTE_SECONDS: Final = (3.0, 7.0)  # pause between progress notes by day; four times as long at night
log = logging.getLogger("shouwang.demo")
Event = tuple[datetime, int, str, dict[str, Any]]  # when, order, report or step, row


class Driver:
    """Fills and tells one city."""

    def __init__(self, engine: Engine, city: City, settings: Settings, clock: Clock) -> None:
        self.engine, self.city, self.clock = engine, city, clock
        self.planner = Planner(city, settings.demo_seed_number)
        self.day_count = settings.demo_days_count
        self.events: list[Event] = []
        self._order = itertools.count()
        self._handled: dict[str, str] = {}  # reference -> department, of incidents being handled now
        self._next_note_at = clock.now()
        self._planned_to = county_date(clock.now(), city.zone)
        self._generator = np.random.default_rng([settings.demo_seed_number, int(clock.now().timestamp())])

    def run(self, is_ending: Callable[[], bool]) -> None:
        """Fill and tell until told to end."""
        days = [self._planned_to - timedelta(days=number) for number in range(self.day_count)]
        os.nice(5)  # the screen and the intake come first
        for number, on in enumerate(days, start=1):
            if is_ending():
                return
            self.fill(on, number)
            self.tell()
        while not is_ending():
            self._plan_tomorrow()
            self.tell()
            time.sleep(0.25)

    def fill(self, on: date, done: int) -> None:
        """File what a day's plan holds up to now, in one transaction; what is still to come waits its time."""
        with engines.reading(self.engine) as conn:
            remark = self._remark(conn, on)
        if remark != "settled":
            now = self.clock.now()
            planned = self.planner.day(on)
            is_settled = self._await(planned, now)
            self._file(on, planned, now, "settled" if is_settled else "open", known=remark != "")
        if done % 4 == 0 or done in (1, 2, self.day_count):
            with engines.writing(self.engine) as conn:
                now = self.clock.now()
                # After a restart the days filed before count, too.
                filed = conn.execute(select(func.count()).where(batch.c.source == SOURCE)).scalar_one()
                done = min(max(done, int(filed)), self.day_count)
                arrivals.save_progress(conn, PROGRESS, done, self.day_count, now)
                feed.append(conn, now, [feed.Entry("progress", {"key": PROGRESS, "done": done, "total": self.day_count})])

    def _remark(self, conn: Connection, on: date) -> str:
        found = conn.execute(select(batch.c.remark).where(batch.c.source == SOURCE, batch.c.name == on.isoformat())).scalar()
        return found or ""

    def _await(self, planned: list[Planned], now: datetime) -> bool:
        """Put what is still to come on the heap; true when nothing is."""
        is_settled = True
        for each in planned:
            if each.report["reported_at"] > now:
                is_settled = False
                self._push(each.report["reported_at"], "report", each.report)
            for row in each.steps:
                if row["at"] > now:
                    is_settled = False
                    self._push(row["at"], "step", row)
                else:
                    self._follow(row)
        return is_settled

    def _push(self, at: datetime, kind: str, row: dict[str, Any]) -> None:
        heapq.heappush(self.events, (at, next(self._order), kind, row))

    def _file(self, on: date, planned: list[Planned], now: datetime, remark: str, *, known: bool) -> None:
        filed, late_steps = [], []
        for each in planned:
            if each.report["reported_at"] > now:
                continue
            steps = [row for row in each.steps if row["at"] <= now]
            condition = replay(each.report, steps, self.city.rules, now)
            filing.set_marks(condition)
            filed.append((each.report | condition.columns(), steps))
            late_steps += steps
        with engines.writing(self.engine) as conn:
            new = store.bulk_file(conn, filed, zone=self.city.zone, at=now)
            if known:
                # Filed before: steps that fell due while nobody was here are told now.
                told = self._told(conn, on)
                filing.file_steps(conn, self.city, [each for each in late_steps if each["source_ref"] not in told], now)
            row = arrivals.start_batch(conn, source=SOURCE, name=on.isoformat(), checksum="", at=now)
            counts = {"read_count": len(filed), "accepted_count": len(filed), "repeated_count": len(filed) - len(new)}
            arrivals.set_batch(conn, row["id"], finished_at=now, remark=remark, **counts)
            newest = max((report["reported_at"] for report, _ in filed), default=None)
            arrivals.touch_source(conn, SOURCE, event_at=newest, received_at=now, accepted=len(new))

    def _told(self, conn: Connection, on: date) -> set[str]:
        """The references of the steps of a day's incidents that are there already."""
        begin, end = Period("day", on).instants(self.city.zone)
        joined = select(step.c.source_ref).join(incident, incident.c.id == step.c.incident_id)
        of_day = (incident.c.reported_at >= begin, incident.c.reported_at < end, incident.c.source == SOURCE)
        return set(conn.execute(joined.where(*of_day)).scalars())

    def tell(self) -> None:
        """Tell every event whose time has come, each in its own transaction, and a progress note now and then."""
        while self.events and self.events[0][0] <= self.clock.now():
            _, _, kind, row = heapq.heappop(self.events)
            self._tell_one(kind, row)
        now = self.clock.now()
        if now >= self._next_note_at and self._handled:
            self._next_note_at = now + timedelta(seconds=self._pause(now))
            self._tell_one("step", self._note(now))

    def _tell_one(self, kind: str, row: dict[str, Any]) -> None:
        now = self.clock.now()
        with engines.writing(self.engine) as conn:
            if kind == "report":
                names = set(store.incident_defaults()) - {"version", "committed_at"}
                filing.file_reports(conn, self.city, [{name: value for name, value in row.items() if name in names}], now)
            else:
                filing.file_steps(conn, self.city, [row], now)
                self._follow(row)
            at = row["reported_at"] if kind == "report" else row["at"]
            arrivals.touch_source(conn, SOURCE, event_at=at, received_at=now, accepted=1)

    def _follow(self, row: dict[str, Any]) -> None:
        if row["action_code"] == "accept":
            self._handled[row["incident_ref"]] = row["organisation_code"]
        elif row["action_code"] in ("resolve", "return", "suspend", "close"):
            self._handled.pop(row["incident_ref"], None)

    def _note(self, now: datetime) -> dict[str, Any]:
        references = list(self._handled)
        reference = references[int(self._generator.integers(len(references)))]
        return make_step(reference, "0", "note", now) | {
            "source_ref": f"{reference}/note-{now:%Y%m%d%H%M%S}",
            "organisation_code": self._handled[reference],
            "remark": self.planner.script.remark("notes", self._generator),
        }

    def _pause(self, now: datetime) -> float:
        is_day = 7 <= now.astimezone(self.city.zone).hour < 21
        return float(self._generator.uniform(*NOTE_SECONDS)) * (1 if is_day else 4)

    def _plan_tomorrow(self) -> None:
        today = county_date(self.clock.now(), self.city.zone)
        while self._planned_to < today:
            self._planned_to += timedelta(days=1)
            self.fill(self._planned_to, self.day_count)
