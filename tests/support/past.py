"""A past of whole days in which things are planted: a surge, a cluster, a recurrence, a change of level, a word, duplicates."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Engine
from support.cases import incident

from data import engine as engines
from data import recount, store
from data.city import City

NOON = datetime(2026, 11, 24, 12, 0)
LAST = date(2026, 11, 23)
SURGE, CLUSTER, AGAIN, RISING = "D.02.01", "G.01.01", "B.01.02", "毛毛虫"
SPOT = (120.5431, 30.6512)
BEFORE, AFTER = "330483103", 40  # the town whose level doubled, and so many days ago
PLAIN = ("A.01.01", "A.02.03", "B.01.02", "B.01.03", "D.01.04", "D.02.01", "E.01.02", "G.01.01", "G.01.03", "H.01.01")
TOLD = (
    "路灯坏了，晚上一片漆黑",
    "垃圾桶满了没人清",
    "有人乱停车，公交开不过去",
    "邻居争吵，请来调解",
    "河面漂浮物很多",
    "楼道里飞线充电",
)


class Past:
    """Rows of incidents, until they are kept."""

    def __init__(self, city: City, days: int, a_day: int, seed: int = 1) -> None:
        self.city, self.generator, self.rows = city, np.random.default_rng(seed), list[dict[str, Any]]()
        self.grids = [each for each in city.areas_on(LAST, "grid") if each.lon is not None]
        self.days = days
        for back in range(days):
            on = LAST - timedelta(days=back)
            weekday = 0.7 if on.weekday() >= 5 else 1.0
            for _ in range(int(self.generator.poisson(a_day * weekday))):
                self.add(back, PLAIN[int(self.generator.integers(len(PLAIN)))])

    def add(self, back: int, category: str, grid: Any = None, **columns: Any) -> dict[str, Any]:
        """A report of so many days before the last, somewhere in a grid or anywhere, in the hours of the day."""
        chance = self.generator
        grid = grid or self.grids[int(chance.integers(len(self.grids)))]
        at = datetime.combine(LAST - timedelta(days=back), time(), self.city.zone) + timedelta(hours=float(chance.uniform(7, 21)))
        number = len(self.rows) + 1
        lon, lat = grid.lon + chance.normal(0, 0.002), grid.lat + chance.normal(0, 0.002)
        text = f"{TOLD[int(chance.integers(len(TOLD)))]}{int(chance.integers(300))}号"
        row = incident(
            f"past-{number}", reported_at=at, category_code=category, lon=lon, lat=lat, township_code=grid.area_code[:9],
            village_code=grid.area_code[:12], grid_code=grid.area_code, report_text=text, place_basis_code="point",
        )  # fmt: skip
        row |= {"id": number, "version": 1, "committed_at": at, "state_since_at": at, **columns}
        self.rows.append(row)
        return row

    def keep(self, engine: Engine) -> None:
        """File them, and count the cells anew."""
        with engines.writing(engine) as conn:
            ids = engines.reserve_ids(conn, store.incident, len(self.rows))
            fresh = [
                row | {"id": ids[row["id"] - 1], "master_id": row["master_id"] and ids[row["master_id"] - 1]} for row in self.rows
            ]
            listed = [[row[name] for name in store.INCIDENT_COLUMNS] for row in fresh]
            engines.bulk_insert(conn, store.incident, store.INCIDENT_COLUMNS, listed)
            recount.rebuild(conn, self.city.zone)


def planted(city: City, days: int = 130, a_day: int = 70) -> Past:
    """A past in which one of each pattern is planted, all of them of the last days."""
    past = Past(city, days, a_day)
    chance = past.generator
    for _ in range(60):
        past.add(int(chance.integers(3)), SURGE)
    centre = past.grids[400]
    near = sorted(past.grids, key=lambda each: (each.lon - centre.lon) ** 2 + (each.lat - centre.lat) ** 2)[:3]
    for number in range(18):
        past.add(int(chance.integers(4)), CLUSTER, near[number % 3])
    for number in range(14):
        lon, lat = SPOT[0] + chance.normal(0, 0.0001), SPOT[1] + chance.normal(0, 0.0001)
        past.add(6 * number, AGAIN, past.grids[0], lon=lon, lat=lat)
    town = [each for each in past.grids if each.area_code.startswith(BEFORE)]
    for back in range(AFTER):
        for _ in range(int(chance.poisson(12))):
            past.add(back, PLAIN[int(chance.integers(len(PLAIN)))], town[int(chance.integers(len(town)))])
    for _ in range(25):
        past.add(int(chance.integers(7)), "C.01.04", report_text=f"行道树上全是{RISING}")
    for number in range(80):  # seen by two: those before yesterday were merged
        row = past.rows[int(chance.integers(len(past.rows)))] if number < 70 else past.add(0, "B.01.03")
        again = past.add(0, row["category_code"], report_text=f"反映，{row['report_text']}")
        at = row["reported_at"] + timedelta(minutes=float(chance.exponential(60)))
        again |= {name: row[name] for name in ("township_code", "village_code", "grid_code")}
        again |= {"reported_at": at, "lon": row["lon"] + chance.normal(0, 0.0002), "lat": row["lat"] + chance.normal(0, 0.0002)}
        if number < 70 and row["master_id"] is None:
            again |= {"master_id": row["id"], "state_code": "merged", "ended_at": at}
    return past
