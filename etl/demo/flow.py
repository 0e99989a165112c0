"""The way one report of the invented county goes: who takes it, how long each hand keeps it, what goes wrong. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from data import store
from data.city import City
from data.clocks import deadline
from data.errors import CalendarUnpublished
from etl.demo.rhythm import Generator, Script, one_of

SOURCE = "demo"
UNLIMITED = timedelta(days=10)  # what stands for a limit where there is none
LONG = timedelta(days=3)
WAY_ENDS = {"void": 0.018, "spot": 0.13, "town": 0.42}  # shares of all reports, each up to here; the rest goes to the city
Move = tuple[str, dict[str, Any]]
_BLANK = store.step_defaults()


def make_step(reference: str, suffix: str, action: str, at: datetime, **more: Any) -> dict[str, Any]:
    """One step of a report's log."""
    return _BLANK | {
        "source": SOURCE,
        "source_ref": f"{reference}/{suffix}",
        "incident_source": SOURCE,
        "incident_ref": reference,
        "action_code": action,
        "at": at,
        "precision_code": "second",
        "received_at": at,
        **more,
    }


class Log:
    """Draws the log of one report; with a master, somebody has reported it before."""

    def __init__(self, city: City, script: Script, report: dict[str, Any], generator: Generator, master_ref: str | None) -> None:
        self.city, self.script, self.report, self.generator, self.master_ref = city, script, report, generator, master_ref
        self.at: datetime = report["reported_at"]
        self.is_urgent = report["urgency_code"] == "urgent"
        self.room = city.town_room_of(report["township_code"])
        self.center = city.center_code
        self.department = city.categories[report["category_code"]].department_code or self.center
        self.due_at = self._due_at()
        # Some departments are slower than others, always the same ones.
        self.slowness = 0.8 + 0.4 * ((sum(self.department.encode()) * 7919) % 100) / 100
        self.way = generator.random()
        self.ends_early = master_ref is not None or self.way < WAY_ENDS["void"]

    def steps(self) -> list[dict[str, Any]]:
        route = (
            self._ends_early()
            if self.ends_early
            else self._on_the_spot()
            if self.way < WAY_ENDS["spot"]
            else self._town()
            if self.way < WAY_ENDS["town"]
            else self._city()
        )
        reference = self.report["source_ref"]
        return [make_step(reference, str(number), action, self.at, **more) for number, (action, more) in enumerate(route)]

    def _ends_early(self) -> Iterator[Move]:
        self._after(14)
        yield "triage", {"organisation_code": self.room}
        self._after(25)
        if self.master_ref is not None:
            yield "merge", {"organisation_code": self.room, "master_ref": self.master_ref}
        else:
            yield "void", {"organisation_code": self.room}

    def _on_the_spot(self) -> Iterator[Move]:
        self._after(60 if self.is_urgent else 90, works=not self.is_urgent)
        yield "resolve", {"organisation_code": self.room}
        yield from self._end(self.room)

    def _town(self) -> Iterator[Move]:
        self._after(12)
        yield "triage", {"organisation_code": self.room}
        self._after(12)
        # The town handles it itself, on one of its four platforms.
        yield "dispatch", {"organisation_code": self.room, "to_organisation_code": self.room}
        self._after(15 if self.is_urgent else 45, works=not self.is_urgent)
        yield "accept", {"organisation_code": self.room}
        yield from self._notes(self.room, 0.35)
        self._handle(0.4)
        yield "resolve", {"organisation_code": self.room}
        yield from self._end(self.room)

    def _city(self) -> Iterator[Move]:
        self._after(7)
        yield "forward", {"organisation_code": self.room, "to_organisation_code": self.center}
        self._after(9)
        for chance in (0.12, 0.1):
            if self.generator.random() >= chance:
                break
            wrong = self._wrong_department()
            yield "dispatch", {"organisation_code": self.center, "to_organisation_code": wrong}
            self._after(30 if self.is_urgent else 150, works=not self.is_urgent)
            yield "return", {"organisation_code": wrong, "remark": self._remark("return_reasons")}
            self._after(20)
        yield "dispatch", {"organisation_code": self.center, "to_organisation_code": self.department}
        self._after(20 if self.is_urgent else 130, works=not self.is_urgent)
        yield "accept", {"organisation_code": self.department}
        yield from self._notes(self.department, 0.55)
        yield from self._hindrance()
        self._handle(0.46)
        yield "resolve", {"organisation_code": self.department}
        yield from self._end(self.center)

    def _notes(self, who: str, chance: float) -> Iterator[Move]:
        while not self.is_urgent and self.generator.random() < chance:
            before = self.at
            self._after(240, works=True)
            if self.due_at is not None and self.at > self.due_at - (self.due_at - self.report["reported_at"]) / 2:
                self.at = before
                return
            yield "note", {"organisation_code": who, "remark": self._remark("notes")}

    def _hindrance(self) -> Iterator[Move]:
        """One in twenty meets with an obstacle: more time is asked for, or it is put off."""
        chance = self.generator.random()
        if self.is_urgent or chance >= 0.055:
            return
        self._after(500, works=True)
        if chance < 0.04 and not self._is_late():
            yield "extend", {"organisation_code": self.department, "remark": self._remark("extend_reasons")}
            self._after(1400, works=True)
        elif chance >= 0.04:
            until = self.at + timedelta(days=60)
            yield "suspend", {"organisation_code": self.center, "remark": self._remark("suspend_reasons"), "until_at": until}
            self._after(20 * 1440, works=True)
            yield "resume", {"organisation_code": self.center}

    def _end(self, checker: str) -> Iterator[Move]:
        self._after(600, works=True)
        if self.generator.random() < 0.05:
            yield "check", {"organisation_code": checker, "outcome_code": "fail"}
            self._handle_again(0.2)
            yield "resolve", {"organisation_code": self.department if checker == self.center else checker}
            self._after(300, works=True)
        yield "check", {"organisation_code": checker, "outcome_code": "pass"}
        self._after(40, works=True)
        yield "close", {"organisation_code": checker}
        if self.generator.random() < 0.97:
            self._after(2 * 1440, works=True)
            yield "feedback", {"organisation_code": self.center}
            if self.generator.random() < 0.03:
                self._after(600, works=True)
                yield "reopen", {"organisation_code": self.center, "to_organisation_code": self.department}
                self._handle_again(0.3)
                yield "resolve", {"organisation_code": self.department}
                self._after(200, works=True)
                yield "close", {"organisation_code": self.center}

    def _wrong_department(self) -> str:
        others = [
            code for code, each in self.city.organisations.items() if each.kind_code == "department" and code != self.department
        ]
        return str(one_of(others[:22], self.generator))

    def _remark(self, kind: str) -> str:
        return self.script.remark(kind, self.generator)

    def _due_at(self) -> datetime | None:
        limit = self.city.limit_for("finish", self.report["category_code"], self.report["condition_code"])
        try:
            return None if limit is None else deadline(self.city.calendar, limit, self.report["reported_at"])
        except CalendarUnpublished:
            return None

    def _is_late(self) -> bool:
        """Whether the limit has run out, so that an extension would not be granted."""
        return self.due_at is None or self.at >= self.due_at

    def _whole(self) -> timedelta:
        return self.due_at - self.report["reported_at"] if self.due_at else UNLIMITED

    def _handle(self, share: float) -> None:
        """It is done after a log-normal share of the limit, so that about one in eight is late."""
        whole = self._whole()
        # What may take days is tackled when its time comes; what must be done at once is done or forgotten.
        spread = 0.62 if whole > LONG else 0.8
        median = share * self.slowness * (1.0 if whole > LONG else 0.75)
        taken = whole * min(float(self.generator.lognormal(math.log(median), spread)), 12)
        self.at += timedelta(minutes=float(self.generator.lognormal(math.log(25), 0.8)))
        self._finish_at(max(self.at, self.report["reported_at"] + taken))

    def _handle_again(self, share: float) -> None:
        self._finish_at(self.at + self._whole() * min(float(self.generator.lognormal(math.log(share), 0.7)), 6))

    def _finish_at(self, at: datetime) -> None:
        self.at = at if self.is_urgent else self._in_office(at)

    def _after(self, median_minutes: float, *, works: bool = False) -> None:
        minutes = min(float(self.generator.lognormal(math.log(median_minutes), 0.75)), median_minutes * 30)
        self.at = self._in_office(self.at + timedelta(minutes=minutes)) if works else self.at + timedelta(minutes=minutes)

    def _in_office(self, at: datetime) -> datetime:
        """The instant itself in office hours; else soon after the office opens."""
        local_on = at.astimezone(self.city.zone).date()
        for ahead in range(12):
            try:
                intervals = self.city.calendar.intervals_on(local_on + timedelta(days=ahead))
            except CalendarUnpublished:
                return at
            for opens, closes in intervals:
                if at <= closes:
                    return at if at >= opens else opens + (closes - opens) * (0.01 + 0.97 * float(self.generator.random()) ** 1.7)
        return at
