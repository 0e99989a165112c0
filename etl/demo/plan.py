"""One day of the invented county: every report of that day with its whole log, into the future. Pure and seeded by (seed, day)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np

from data import store
from data.city import Area, City
from etl import classify
from etl.demo.flow import SOURCE, Log
from etl.demo.ground import METRE, Ground, Grounds, HotSpot
from etl.demo.rhythm import Generator, Script, Spot, one_of

POINTLESS_SHARE = 0.08
DUPLICATES_LOOK_BACK = 40  # somebody else reports what was reported a few hours ago, not last week


@dataclass(frozen=True)
class Planned:
    """A report (the columns of an incident that are not derived) and its steps, in order."""

    report: dict[str, Any]
    steps: list[dict[str, Any]]


@dataclass
class _Sight:
    """What somebody sees, before it is written."""

    at: datetime
    category_code: str
    village: Area
    grid: Area
    spot: Spot
    lon: float = 0.0
    lat: float = 0.0
    master: int | None = None  # the place in the day's list of what it repeats
    is_fixed: bool = False  # stands where it has always stood


class Planner:
    """Plans days of a city."""

    def __init__(self, city: City, seed: int) -> None:
        self.city, self.seed = city, seed
        self.script = Script.of(city, seed)
        self.grounds = Grounds(city, self.script)
        self._incident = store.incident_defaults()

    def day(self, on: date) -> list[Planned]:
        """All reports of a county day with their logs; the same seed and day give the same plan."""
        generator = np.random.default_rng([self.seed, on.toordinal()])
        ground = self.grounds.on(on)
        sights = self._sights(on, ground, generator)
        planned: list[Planned] = []
        ended_early: set[int] = set()
        for number, sight in enumerate(sights):
            report = self._report(f"{on:%Y%m%d}-{number:04d}", sight, generator)
            master = None if sight.master is None or sight.master in ended_early else planned[sight.master].report["source_ref"]
            log = Log(self.city, self.script, report, generator, master)
            planned.append(Planned(report, log.steps()))
            if log.ends_early:
                ended_early.add(number)
        return planned

    def _sights(self, on: date, ground: Ground, generator: Generator) -> list[_Sight]:
        count = self.script.report_count(self.city, on, generator)
        hours = generator.choice(24, count, p=self.script.hour_shares)
        seconds = np.sort(hours * 3600 + generator.integers(0, 3600, count))
        midnight = datetime.combine(on, time(), self.city.zone)
        codes, weights = self.script.categories(on)
        kinds = generator.choice(len(codes), count, p=weights)
        towns = generator.choice(len(ground.towns), count, p=self.script.town_shares(ground.towns, on))
        hot_share = self.script.said["hot_spots"]["share"]
        again_share = self.script.said["duplicate_share"]
        sights: list[_Sight] = []
        for number, drawn in enumerate(generator.random(count)):
            at = (midnight + timedelta(seconds=int(seconds[number]))).astimezone(UTC)
            if drawn < hot_share:
                spots = ground.hot_spots
                hot = spots[min(int(generator.exponential(len(spots) / 4)), len(spots) - 1)]
                sights.append(_at_hot_spot(at, hot, generator))
            elif drawn < hot_share + again_share and sights:
                sights.append(_seen_again(at, sights, generator))
            else:
                code = codes[int(kinds[number])]
                town = self.script.only_town(code) or ground.towns[int(towns[number])]
                village = ground.village(town, generator)
                spot = self.script.spot(town, generator)
                sights.append(_Sight(at, code, village, ground.grid(village, generator), spot))
        self._place(sights, ground, generator)
        return sights

    @staticmethod
    def _place(sights: list[_Sight], ground: Ground, generator: Generator) -> None:
        points = ground.points([each.grid for each in sights], generator)
        for each, (lon, lat) in zip(sights, points, strict=True):
            if not each.is_fixed:
                each.lon, each.lat = float(lon), float(lat)
            if each.master is not None:
                each.lon, each.lat = sights[each.master].lon, sights[each.master].lat
        # Nobody stands at quite the same place twice.
        fixed = [each for each in sights if each.is_fixed or each.master is not None]
        centres = np.array([(each.lon, each.lat) for each in fixed]).reshape(-1, 2)
        kept = ground.kept([each.grid for each in fixed], centres, generator.normal(0, 9 * METRE, centres.shape))
        for each, (lon, lat) in zip(fixed, kept, strict=True):
            each.lon, each.lat = float(lon), float(lat)

    def _report(self, reference: str, sight: _Sight, generator: Generator) -> dict[str, Any]:
        code, village = sight.category_code, sight.village
        category = self.city.categories[code]
        channel, kind = self.script.channel(code, generator)
        words = self.script.words(code, channel, village, sight.spot, generator)
        has_point = generator.random() >= POINTLESS_SHARE
        return self._incident | {
            "source": SOURCE,
            "source_ref": reference,
            "reported_at": sight.at,
            "reported_precision": "second",
            "received_at": sight.at + timedelta(seconds=round(float(generator.exponential(2)), 3)),
            "channel_code": channel,
            "reporter_kind_code": kind,
            "category_code": code,
            "category_certainty": round(float(generator.beta(6, 2)), 2) if channel == "wechat" else None,
            "condition_code": classify.condition_of(self.city, code, words),
            "urgency_code": category.urgency_code,
            "is_restricted": category.is_restricted,
            "report_text": words,
            "media_count": int(generator.poisson(0.8)) if channel in ("wechat", "terminal", "patrol") else 0,
            "lon": sight.lon if has_point else None,
            "lat": sight.lat if has_point else None,
            "place_basis_code": "point" if has_point else "area",
            "county_code": self.city.code,
            "township_code": village.parent_code,
            "village_code": village.area_code,
            "grid_code": sight.grid.area_code if has_point else None,
        }


def _at_hot_spot(at: datetime, hot: HotSpot, generator: Generator) -> _Sight:
    code = one_of(hot.category_codes, generator)
    return _Sight(at, code, hot.village, hot.grid, hot.spot, hot.lon, hot.lat, is_fixed=True)


def _seen_again(at: datetime, sights: list[_Sight], generator: Generator) -> _Sight:
    place = max(0, len(sights) - 1 - int(generator.random() * DUPLICATES_LOOK_BACK))
    place = place if sights[place].master is None else int(sights[place].master or 0)
    seen = sights[place]
    return _Sight(at, seen.category_code, seen.village, seen.grid, seen.spot, master=place)
