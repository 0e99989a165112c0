"""The rhythm of the invented county: how many reports a day brings, when, of what and where, and the words for them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from data import city_yaml
from data.city import Area, City
from data.errors import CalendarUnpublished

Generator = np.random.Generator
ANCHOR = date(2026, 1, 1)  # growth is counted from here, so that a day is the same city whenever it is made
STORM_DAYS = 2


def one_of(rows: Sequence[Any], generator: Generator) -> Any:
    """One of some rows, each as likely as the others."""
    return rows[int(generator.random() * len(rows))]


def shares(weights: Sequence[float]) -> np.ndarray:
    """Weights as probabilities."""
    array = np.array(weights, dtype=float)
    return np.asarray(array / array.sum())


@dataclass(frozen=True)
class Spot:
    """Where a text says that something is: road, number and spot are drawn once and stay together."""

    road: str
    number: int
    spot: str


@dataclass(frozen=True)
class Script:
    """What the city folder's demo.yaml says."""

    said: dict[str, Any]
    seed: int

    @classmethod
    def of(cls, city: City, seed: int) -> Script:
        return cls(city_yaml.read(city.folder / "demo.yaml"), seed)

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
        volume = math.prod(each.get("volume", 1.0) for each in self._times_of(on))
        weather = math.exp(generator.normal(0, 0.09))
        return int(generator.poisson(self.said["daily_mean"] * weekday * season * growth * volume * weather))

    @cached_property
    def hour_shares(self) -> np.ndarray:
        """How the reports of a day spread over its hours."""
        return shares(self.said["hour_weights"])

    def _times_of(self, on: date) -> Iterator[Mapping[str, Any]]:
        """The times of the year a day lies in: of every year (`06-10`) or of one (`2026-02-14`), and a storm."""
        for each in self.said["seasons"]:
            day = on.isoformat() if len(each["first"]) > 5 else f"{on:%m-%d}"
            if each["first"] <= day <= each["last"]:
                yield each
        storms = self.said["storms"]
        if on.month in storms["months"]:
            drawn = np.random.default_rng([self.seed, 2, on.toordinal() // STORM_DAYS]).random()
            if drawn < storms["chance"]:
                yield storms

    def categories(self, on: date) -> tuple[list[str], np.ndarray]:
        """Category codes with their probabilities on a day of the year."""
        quarter = "summer" if on.month in (6, 7, 8, 9) else "winter" if on.month in (12, 1, 2) else ""
        times = [each["categories"] for each in self._times_of(on)]
        weights = []
        for code, entry in self.said["categories"].items():
            factors = (factor for each in times for start, factor in each.items() if code.startswith(start))
            weights.append(entry["weight"] * entry.get(quarter, 1.0) * math.prod(factors))
        return list(self.said["categories"]), shares(weights)

    def only_town(self, category_code: str) -> str | None:
        """The one town in which there is such a thing."""
        town: str | None = self.said["categories"][category_code].get("town")
        return town

    def town_shares(self, towns: list[str], on: date) -> np.ndarray:
        """How reports spread over towns, and where something is on."""
        weights = [float(self.said["town_weights"].get(code, 5)) for code in towns]
        for busy in self.said["busy"]:
            if busy["town"] in towns and on.month == busy["month"] and busy["first_day"] <= on.day <= busy["last_day"]:
                weights[towns.index(busy["town"])] *= busy["factor"]
        return shares(weights)

    def channel(self, category_code: str, generator: Generator) -> tuple[str, str]:
        """A channel by which such a thing is reported and the kind of reporter that uses it."""
        channels = self.said["channels"]
        start = max((each for each in channels if category_code.startswith(each)), key=len)
        code = _weighted(channels[start], generator)
        return code, _weighted(self.said["reporters"][code], generator)

    def spot(self, town_code: str, generator: Generator) -> Spot:
        """Somewhere in a town."""
        roads = self.said["roads"].get(town_code) or self.said["roads"][""]
        return Spot(one_of(roads, generator), 1 + int(generator.random() * 320), one_of(self.said["spots"], generator))

    def words(self, category_code: str, channel_code: str, village: Area, spot: Spot, generator: Generator) -> str:
        """What is written about it: people tell more than staff, a device least."""
        entry = self.said["categories"][category_code]
        template = str(one_of(entry["texts"], generator))
        voice, asks = self.said["voices"][channel_code], entry.get("asks", False)
        drawn = generator.random(4)
        names_time = "{t}" in template
        if not names_time and not asks and drawn[0] < 0.2 and template[:3] in ("{v}", "{s}", "{r}"):
            template, names_time = "{t}" + template, True
        if drawn[1] < 0.25:
            template = one_of(self.said["openings"][channel_code], generator) + template
        details = self.said["details"][voice] + ([] if names_time or voice == "device" else self.said["durations"])
        if details and not asks and drawn[2] < 0.42:
            template += one_of(details, generator)
        if drawn[3] < (0.6 if asks else 0.28):
            template += one_of(self.said["ask_endings"] if asks else self.said["endings"][voice], generator)
        words = {"t": "times", "p": "shops", "k": "few", "k2": "few"}
        drawn_words = {slot: one_of(self.said[name], generator) for slot, name in words.items()}
        return template.format(v=village.name.zh, s=spot.spot, r=spot.road, n=spot.number, **drawn_words)

    def remark(self, kind: str, generator: Generator) -> str:
        """A line of the log: one of the city's `notes`, `return_reasons`, `extend_reasons`, `suspend_reasons`, `urge_remarks`."""
        return str(one_of(self.said[kind], generator))


def _weighted(weights: Mapping[str, float], generator: Generator) -> str:
    left = generator.random() * sum(weights.values())
    for code, weight in weights.items():
        left -= weight
        if left < 0:
            return code
    return code
