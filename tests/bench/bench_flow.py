"""How fast the flow is: deadlines of a million cases by column, and logs replayed to a state at an instant.

`make bench`, or `python tests/bench/bench_flow.py --cases 1000000`. Ratios count, not figures: machines are noisy.
"""

from __future__ import annotations

import argparse
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from data import city as cities
from data.clocks import LIMIT_TYPES, Limit, deadline
from data.deadlines import Deadlines
from data.instants import to_microseconds
from data.lifecycle import replay
from data.periods import EPOCH_ON

ROOT = Path(__file__).parents[2]
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
DAYS = 700
CHUNK = 50_000  # logs in memory at once


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=1_000_000)
    cases = parser.parse_args().cases
    city = cities.load(ROOT / "data/cities/tongxiang")
    print(f"\n{cases:,} cases\n\n| What | Seconds of the processor | A second |\n| --- | --- | --- |")
    whole = _deadlines(city, cases)
    one = _deadlines_one_by_one(city, cases // 50) * 50
    print(f"| Deadlines, by column | {whole:.2f} | {cases / whole:,.0f} |")
    print(f"| Deadlines, one by one (a fiftieth, times fifty) | {one:.1f} | {cases / one:,.0f} |")
    replayed = sum(_replay(city, min(CHUNK, cases - first), seed) for seed, first in enumerate(range(0, cases, CHUNK)))
    print(f"| Logs of seven steps replayed to an instant | {replayed:.0f} | {cases / replayed:,.0f} |")
    print(f"\nGoal (deadlines of a million cases in at most 5 s): {'met' if whole <= 5 else 'not met'}")


def _limits(count: int) -> tuple[Any, Any, Any]:
    generator = np.random.default_rng(1)
    starts = to_microseconds(FIRST) + generator.integers(0, DAYS * 86_400_000_000, count)
    return starts, generator.integers(1, 10, count).astype(float), np.array(LIMIT_TYPES)[generator.integers(0, 4, count)]


def _deadlines(city: Any, count: int) -> float:
    starts, values, types = _limits(count)
    begun = time.process_time()
    first = (FIRST.date() - EPOCH_ON).days
    Deadlines(city.calendar, first, first + DAYS + 1).of(starts, values, types)
    return time.process_time() - begun


def _deadlines_one_by_one(city: Any, count: int) -> float:
    starts, values, types = _limits(count)
    given = [(FIRST + timedelta(microseconds=int(start) - to_microseconds(FIRST)), Limit(value, str(kind)))
             for start, value, kind in zip(starts, values, types, strict=True)]  # fmt: skip
    begun = time.process_time()
    for start, limit in given:
        deadline(city.calendar, limit, start)
    return time.process_time() - begun


def _replay(city: Any, count: int, seed: int) -> float:
    chance = random.Random(seed)
    codes = sorted(city.categories)
    logs = []
    for place in range(count):
        at = FIRST + timedelta(minutes=chance.uniform(0, DAYS * 1440))
        report = {"reported_at": at, "category_code": codes[place % len(codes)], "condition_code": "", "township_code": "330483100"}
        steps = []
        for number, action in enumerate(("forward", "dispatch", "accept", "note", "resolve", "check", "close")):
            at += timedelta(minutes=chance.expovariate(1 / 600))
            who = "transport" if action in ("accept", "note", "resolve") else "center"
            steps.append({"action_code": action, "at": at, "source_ref": str(number), "organisation_code": who, "outcome_code": "",
                          "to_organisation_code": "transport" if action == "dispatch" else None, "until_at": None})  # fmt: skip
        logs.append((report, steps))
    instant = FIRST + timedelta(days=DAYS / 2)
    begun = time.process_time()
    for report, steps in logs:
        replay(report, steps, city.rules, instant)
    return time.process_time() - begun


if __name__ == "__main__":
    main()
