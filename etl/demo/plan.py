"""One day of the invented county: every report of that day with its whole log, into the future. Pure and seeded by (seed, day)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from data import store
from data.city import City
from data.clocks import deadline
from data.errors import CalendarUnpublished
from data.regions import Regions
from etl.demo.rhythm import Generator, Script

SOURCE = "demo"
METRE = 1 / 111_000


@dataclass(frozen=True)
class Planned:
    """A report (the columns of an incident that are not derived) and its steps, in order."""

    report: dict[str, Any]
    steps: list[dict[str, Any]]


class Planner:
    """Plans days of a city."""

    def __init__(self, city: City, seed: int) -> None:
        self.city, self.seed = city, seed
        self.script = Script.of(city)
        self.regions = Regions(city)
        self._incident, self._step = store.incident_defaults(), store.step_defaults()
        self._places: dict[tuple[date, ...], tuple[list[str], dict[str, list[Any]], dict[str, list[Any]]]] = {}

    def day(self, on: date) -> list[Planned]:
        """All reports of a county day with their logs; the same seed and day give the same plan."""
        generator = np.random.default_rng([self.seed, on.toordinal()])
        towns, villages, grids = self._areas(on)
        shares = self.script.town_weights(towns, on)
        codes, weights = self.script.categories(on)
        instants = sorted(
            self.script.instant(self.city, on, generator) for _ in range(self.script.report_count(self.city, on, generator))
        )
        planned: list[Planned] = []
        for number, at in enumerate(instants):
            village = self._one(villages[towns[int(generator.choice(len(towns), p=shares))]], generator)
            category = codes[int(generator.choice(len(codes), p=weights))]
            report = self._report(f"{on:%Y%m%d}-{number:04d}", at, category, village, grids, generator)
            log = Log(self, report, generator, planned[-1].report["source_ref"] if planned else "")
            planned.append(Planned(report, log.steps()))
        return planned

    def _areas(self, on: date) -> tuple[list[str], dict[str, list[Any]], dict[str, list[Any]]]:
        key = tuple(sorted({each.valid_from_on for each in self.city.areas if each.valid_from_on <= on}))
        if key not in self._places:
            towns = [each.area_code for each in self.city.areas_on(on, "township")]
            villages: dict[str, list[Any]] = {}
            grids: dict[str, list[Any]] = {}
            for each in self.city.areas_on(on, "village"):
                villages.setdefault(each.parent_code or "", []).append(each)
            for each in self.city.areas_on(on, "grid"):
                grids.setdefault(each.parent_code or "", []).append(each)
            self._places[key] = towns, villages, grids
        return self._places[key]

    @staticmethod
    def _one(rows: list[Any], generator: Generator) -> Any:
        # A few villages report much more than the others.
        return rows[
            min(int(generator.exponential(len(rows) / 3)), len(rows) - 1)
            if generator.random() < 0.5
            else int(generator.integers(len(rows)))
        ]

    def _report(
        self, reference: str, at: datetime, category_code: str, village: Any, grids: dict[str, list[Any]], generator: Generator
    ) -> dict[str, Any]:
        grid = self._one(grids[village.area_code], generator)
        category = self.city.categories[category_code]
        channel, kind = self.script.channel(generator)
        is_located = generator.random() > 0.08
        lon = round(grid.lon + generator.normal(0, 110) * METRE, 6)
        lat = round(grid.lat + generator.normal(0, 95) * METRE, 6)
        # A point near a border may lie in the next grid: the areas are those that hold the point.
        place = self.regions.place_at(lon=lon, lat=lat, on=at.date()) if is_located else None
        instant = at.astimezone(UTC)
        return self._incident | {
            "source": SOURCE,
            "source_ref": reference,
            "reported_at": instant,
            "reported_precision": "second",
            "received_at": instant + timedelta(seconds=float(generator.exponential(2))),
            "channel_code": channel,
            "reporter_kind_code": kind,
            "category_code": category_code,
            "category_certainty": round(float(generator.beta(6, 2)), 2) if channel == "wechat" else None,
            "condition_code": "missing" if category_code == "B.01.01" and generator.random() < 0.3 else "",
            "urgency_code": category.urgency_code,
            "is_restricted": category.is_restricted,
            "report_text": self.script.words(category_code, village, generator),
            "media_count": int(generator.poisson(0.8)) if channel in ("wechat", "terminal", "patrol") else 0,
            "lon": lon if place else None,
            "lat": lat if place else None,
            "place_basis_code": "point" if place else "area",
            "county_code": self.city.code,
            "township_code": place.township_code if place else village.parent_code,
            "village_code": place.village_code if place else village.area_code,
            "grid_code": place.grid_code if place else None,
        }

    def step(self, report: dict[str, Any], number: int, action: str, at: datetime, **more: Any) -> dict[str, Any]:
        """One step of a report's log."""
        return self._step | {
            "source": SOURCE,
            "source_ref": f"{report['source_ref']}/{number}",
            "incident_source": SOURCE,
            "incident_ref": report["source_ref"],
            "action_code": action,
            "at": at,
            "precision_code": "second",
            "received_at": at,
            **more,
        }


class Log:
    """Draws the log of one report: which way it goes, how long each hand keeps it."""

    def __init__(self, planner: Planner, report: dict[str, Any], generator: Generator, master_ref: str) -> None:
        self.planner, self.report, self.generator, self.master_ref = planner, report, generator, master_ref
        self.at: datetime = report["reported_at"]
        self.is_urgent = report["urgency_code"] == "urgent"
        self.room = planner.city.town_room_of(report["township_code"])
        self.department = planner.city.categories[report["category_code"]].department_code or "petitions"

    def steps(self) -> list[dict[str, Any]]:
        way = self.generator.random()
        route = (
            self._ends_early()
            if way < 0.04
            else self._on_the_spot()
            if way < 0.15
            else self._town()
            if way < 0.45
            else self._city()
        )
        return [self.planner.step(self.report, number, action, self.at, **more) for number, (action, more) in enumerate(route)]

    def _ends_early(self) -> Iterator[tuple[str, dict[str, Any]]]:
        self._after(20)
        yield "triage", {"organisation_code": self.room}
        self._after(30)
        if self.master_ref and self.generator.random() < 0.6:
            yield "merge", {"organisation_code": self.room, "master_ref": self.master_ref}
        else:
            yield "void", {"organisation_code": self.room}

    def _on_the_spot(self) -> Iterator[tuple[str, dict[str, Any]]]:
        self._after(90, works=True)
        yield "resolve", {"organisation_code": self.room}
        yield from self._end(self.room)

    def _town(self) -> Iterator[tuple[str, dict[str, Any]]]:
        self._after(14)
        yield "triage", {"organisation_code": self.room}
        self._after(12)
        # The town handles it itself, on one of its four platforms.
        yield "dispatch", {"organisation_code": self.room, "to_organisation_code": self.room}
        self._after(45, works=True)
        yield "accept", {"organisation_code": self.room}
        self._handle(0.22)
        yield "resolve", {"organisation_code": self.room}
        yield from self._end(self.room)

    def _city(self) -> Iterator[tuple[str, dict[str, Any]]]:
        self._after(7)
        yield "forward", {"organisation_code": self.room, "to_organisation_code": "center"}
        self._after(9)
        if self.generator.random() < 0.08:
            others = [code for code, each in self.planner.city.organisations.items() if each.kind_code == "department"]
            wrong = others[int(self.generator.integers(22))]
            yield "dispatch", {"organisation_code": "center", "to_organisation_code": wrong}
            self._after(240, works=True)
            yield "return", {"organisation_code": wrong, "remark": self._remark("return_reasons")}
            self._after(30, works=True)
        yield "dispatch", {"organisation_code": "center", "to_organisation_code": self.department}
        self._after(25 if self.is_urgent else 150, works=not self.is_urgent)
        yield "accept", {"organisation_code": self.department}
        if self.generator.random() < 0.35:
            self._after(300, works=True)
            yield "note", {"organisation_code": self.department, "remark": self._remark("notes")}
        chance = self.generator.random()
        if chance < 0.05:
            self._after(1400, works=True)
        if chance < 0.035 and not self._is_late():
            yield "extend", {"organisation_code": self.department, "remark": self._remark("extend_reasons")}
        elif 0.035 <= chance < 0.05:
            yield "suspend", {"organisation_code": "center", "remark": self._remark("suspend_reasons")}
            self._after(20 * 1440, works=True)
            yield "resume", {"organisation_code": "center"}
        self._handle(0.33)
        yield "resolve", {"organisation_code": self.department}
        yield from self._end("center")

    def _end(self, checker: str) -> Iterator[tuple[str, dict[str, Any]]]:
        self._after(200, works=True)
        if self.generator.random() < 0.05:
            yield "check", {"organisation_code": checker, "outcome_code": "fail"}
            self._handle(0.2)
            yield "resolve", {"organisation_code": self.department if checker == "center" else checker}
            self._after(200, works=True)
        yield "check", {"organisation_code": checker, "outcome_code": "pass"}
        self._after(15, works=True)
        yield "close", {"organisation_code": checker}
        if self.generator.random() < 0.45:
            self._after(2 * 1440, works=True)
            yield "feedback", {"organisation_code": "center"}
            if self.generator.random() < 0.02:
                self._after(600, works=True)
                yield "reopen", {"organisation_code": "center", "to_organisation_code": self.department}
                self._handle(0.3)
                yield "resolve", {"organisation_code": self.department}
                self._after(200, works=True)
                yield "close", {"organisation_code": "center"}

    def _after(self, median_minutes: float, *, works: bool = False) -> None:
        minutes = min(float(self.generator.lognormal(math.log(median_minutes), 0.75)), median_minutes * 30)
        self.at = self._in_office(self.at + timedelta(minutes=minutes)) if works else self.at + timedelta(minutes=minutes)

    def _remark(self, kind: str) -> str:
        return self.planner.script.remark(kind, self.generator)

    def _is_late(self) -> bool:
        """Whether the limit has run out, so that an extension would not be granted."""
        city = self.planner.city
        limit = city.limit_for("finish", self.report["category_code"], self.report["condition_code"])
        try:
            return limit is None or self.at >= deadline(city.calendar, limit, self.report["reported_at"])
        except CalendarUnpublished:
            return True

    def _handle(self, share: float) -> None:
        """Handling takes a log-normal share of the limit, so that about one in ten is late."""
        city = self.planner.city
        limit = city.limit_for("finish", self.report["category_code"], self.report["condition_code"])
        try:
            whole = (
                (deadline(city.calendar, limit, self.report["reported_at"]) - self.report["reported_at"])
                if limit
                else timedelta(days=7)
            )
        except CalendarUnpublished:
            whole = timedelta(days=10)
        # Some departments are slower than others, always the same ones.
        slow = 0.75 + 0.5 * ((sum(self.department.encode()) * 7919) % 100) / 100
        taken = whole * min(float(self.generator.lognormal(math.log(share * slow), 0.8)), 12)
        self.at = self.at + taken if self.is_urgent else self._in_office(self.at + taken)

    def _in_office(self, at: datetime) -> datetime:
        city = self.planner.city
        local = at.astimezone(city.zone)
        for ahead in range(12):
            on = local.date() + timedelta(days=ahead)
            try:
                intervals = city.calendar.intervals_on(on)
            except CalendarUnpublished:
                return at
            for opens, closes in intervals:
                if at <= closes:
                    return at if at >= opens else opens + timedelta(seconds=float(self.generator.uniform(60, 5400)))
        return at
