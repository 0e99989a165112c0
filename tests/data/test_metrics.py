"""Every metric against a table worked by hand, and what the registry promises of all of them."""

import csv
import random
from pathlib import Path

import pytest

from data.metrics import flow, registry
from data.metrics.counts import COUNTS
from data.metrics.registry import DEFINITIONS, METRICS, compute, total, wilson

EXAMPLES = Path(__file__).parents[1] / "examples/metrics"
WORKED = [(path.stem, row) for path in sorted(EXAMPLES.glob("*.csv")) for row in csv.DictReader(path.open(encoding="utf-8"))]


@pytest.mark.parametrize(("key", "row"), WORKED)
def test_a_metric_is_what_was_worked_by_hand(key: str, row: dict[str, str]) -> None:
    counts = {name: int(row[name]) for name in row if name in COUNTS}
    found = compute(key, counts, row["definition"])
    assert found.number == (pytest.approx(float(row["number"]), abs=5e-5) if row["number"] else None), row["arithmetic"]


def test_every_metric_is_whole_and_has_an_example() -> None:
    assert flow.D1.code in DEFINITIONS and METRICS
    for key, metric in METRICS.items():
        assert metric.key == key and metric.words.zh and metric.words.en and metric.formula and metric.cohort and metric.source
        assert set(metric.needs) <= set(COUNTS)
        assert key in {stem for stem, _ in WORKED}, f"{key} has no example"


def test_a_name_is_never_taken_twice() -> None:
    with pytest.raises(ValueError, match="already"):
        registry.add(METRICS["reported"])
    with pytest.raises(ValueError, match="already"):
        registry.define(flow.D1)


def test_rates_of_parts_are_recomputed_from_sums_never_averaged() -> None:
    small = {"filed": 1, "not_due": 0, "suspended": 0, "handled_on_time": 1}
    large = {"filed": 99, "not_due": 0, "suspended": 0, "handled_on_time": 0}
    assert compute("on_time_rate", total([small, large]), "D1").number == 1.0  # 1 / 100, not (100 + 0) / 2


def test_a_count_that_is_missing_is_an_error_not_a_zero() -> None:
    with pytest.raises(KeyError, match="filed"):
        compute("on_time_rate", {"handled_on_time": 1}, "D1")


# DOMAIN 4.3, computed there: 3/3, 9/10, 48/50, 285/300.
@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"), [(3, 3, 44, 100), (9, 10, 60, 98), (48, 50, 87, 99), (285, 300, 92, 97)]
)
def test_the_interval_is_wilsons(hits: int, trials: int, low: int, high: int) -> None:
    assert [round(100 * each) for each in wilson(hits, trials)] == [low, high]


def test_an_interval_holds_its_share_and_narrows_with_more_cases() -> None:
    chance = random.Random(1)
    for _ in range(300):
        trials = chance.randint(1, 500)
        hits = chance.randint(0, trials)
        low, high = wilson(hits, trials)
        assert 0 <= low <= hits / trials <= high + 1e-12 and high <= 1
        wide, narrow = high - low, wilson(hits * 9, trials * 9)
        assert narrow[1] - narrow[0] < wide


def test_a_small_unit_is_not_ranked() -> None:
    counts = {"filed": 3, "not_due": 0, "suspended": 0, "handled_on_time": 3}
    found = compute("on_time_rate", counts, "D2")
    assert (
        found.number == 100 and not found.is_ranked(METRICS["on_time_rate"].minimum) and found.low == pytest.approx(43.85, abs=0.01)
    )
