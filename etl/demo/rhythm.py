"""The rhythm of the invented county: how many reports a day brings, when, of what and where."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import yaml

from data.city import Area, City
from data.errors import CalendarUnpublished

Generator = np.random.Generator
ANCHOR = date(2026, 1, 1)  # growth is counted from here, so that a day is the same city whenever it is made


@dataclass(frozen=True)
class Script:
    """What the city folder's demo.yaml says."""

    said: dict[str, Any]

    @classmethod
    def of(cls, city: City) -> Script:
        return cls(yaml.safe_load((city.folder / "demo.yaml").read_text(encoding="utf-8")))

    def report_count(self, city: City, on: date, generator: Generator) -> int:
        """How many reports a day brings: weekday, season, holidays, growth and chance."""
        weekday = self.said["weekday_weights"][on.weekday()]
        try:
            is_working = city.calendar.is_working_day(on)
        except CalendarUnpublished:
            is_working = on.weekday() < 5
        if is_working and on.weekday() >= 5:
            weekday = 1.0  # a make-up Saturday is a working day
        if not is_working and on.weekday() < 5:
            weekday = 0.62
        season = 1 + 0.12 * math.sin((on.timetuple().tm_yday - 105) / 365 * 2 * math.pi)
        growth = (1 + self.said["growth_per_year"]) ** ((on - ANCHOR).days / 365)
        weather = math.exp(generator.normal(0, 0.09))
        return int(generator.poisson(self.said["daily_mean"] * weekday * season * growth * weather))

    def instant(self, city: City, on: date, generator: Generator) -> datetime:
        """When in the day a report comes."""
        weights = np.array(self.said["hour_weights"], dtype=float)
        hour = int(generator.choice(24, p=weights / weights.sum()))
        second = int(generator.integers(0, 3600))
        return datetime.combine(on, time(hour), city.zone) + timedelta(seconds=second)

    def categories(self, on: date) -> tuple[list[str], np.ndarray]:
        """Category codes with their probabilities on a day of the year."""
        season = "summer" if on.month in (6, 7, 8, 9) else "winter" if on.month in (12, 1, 2) else ""
        said = self.said["categories"]
        weights = np.array([entry["weight"] * entry.get(season, 1.0) for entry in said.values()], dtype=float)
        return list(said), weights / weights.sum()

    def town_weights(self, towns: list[str], on: date) -> np.ndarray:
        """How reports spread over towns, and where something is on."""
        weights = np.array([float(self.said["town_weights"].get(code, 5)) for code in towns])
        for busy in self.said["busy"]:
            if on.month == busy["month"] and busy["first_day"] <= on.day <= busy["last_day"]:
                weights[[place for place, code in enumerate(towns) if code == busy["town"]]] *= busy["factor"]
        return weights / weights.sum()

    def words(self, category_code: str, village: Area, generator: Generator) -> str:
        """What a person writes about it."""

        def one_of(name: str) -> str:
            return str(self.said[name][int(generator.integers(len(self.said[name])))])

        texts = self.said["categories"][category_code]["texts"]
        template = texts[int(generator.integers(len(texts)))]
        words = template.format(
            v=village.name.zh, s=one_of("spots"), r=one_of("roads"), n=int(generator.integers(1, 320)), t=one_of("times")
        )
        ending = generator.random()
        if ending < 0.18:
            words = one_of("times") + words if "{t}" not in template else words
        elif ending < 0.38:
            words += one_of("endings")
        return words

    def remark(self, kind: str, generator: Generator) -> str:
        """A line of the log: one of the city's `notes`, `return_reasons`, `extend_reasons`, `suspend_reasons`."""
        lines = self.said[kind]
        return str(lines[int(generator.integers(len(lines)))])

    def channel(self, generator: Generator) -> tuple[str, str]:
        """A channel and the kind of reporter that uses it."""
        channels = self.said["channels"]
        weights = np.array(list(channels.values()), dtype=float)
        code = list(channels)[int(generator.choice(len(channels), p=weights / weights.sum()))]
        return code, str(self.said["reporters"][code])
