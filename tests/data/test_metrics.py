"""Every metric against a table worked by hand, and what the registry promises of all of them."""

import csv
import random
from pathlib import Path

import pytest

from data.metrics import definitions, registry, table
from data.metrics.counts import COUNTS
from data.metrics.registry import DEFINITIONS, METRICS, UNAVAILABLE, compute, needs, total, wilson

EXAMPLES = Path(__file__).parents[1] / "examples/metrics"
WORKED = [(path.stem, row) for path in sorted(EXAMPLES.glob("*.csv")) for row in csv.DictReader(path.open(encoding="utf-8"))]


@pytest.mark.parametrize(("key", "row"), WORKED)
def test_a_metric_is_what_was_worked_by_hand(key: str, row: dict[str, str]) -> None:
    counts = {name: int(row[name]) for name in row if name in COUNTS}
    found = compute(key, counts, row["definition"])
    assert found.number == (pytest.approx(float(row["number"]), abs=5e-5) if row["number"] else None), row["arithmetic"]
    for name in ("low", "high"):
        if row.get(name):
            assert getattr(found, name) == pytest.approx(float(row[name]), abs=0.01), row["arithmetic"]


def test_every_metric_is_whole_and_has_an_example_by_each_of_its_definitions() -> None:
    assert len(METRICS) > 40
    for key, metric in METRICS.items():
        assert metric.key == key and metric.words.zh and metric.words.en and metric.formula and metric.cohort and metric.source
        worked = {row["definition"] for stem, row in WORKED if stem == key}
        accepted = {code for code, each in DEFINITIONS.items() if metric.subject in each.subjects} or {""}
        assert worked == accepted, f"{key} is worked by {worked}, not by {accepted}"
        assert all(set(needs(key, code)) <= set(COUNTS) for code in accepted)
        has_none = any(not row["number"] for stem, row in WORKED if stem == key)
        assert has_none == metric.is_rate, f"{key}: without a denominator there is no number"
    assert {stem for stem, _ in WORKED} == set(METRICS)


def test_every_count_serves_a_metric() -> None:
    used = {name for key in METRICS for code in (*DEFINITIONS, "") if _fits(key, code) for name in needs(key, code)}
    assert used == set(COUNTS)


def _fits(key: str, code: str) -> bool:
    return (code == "") if not METRICS[key].subject else code != "" and METRICS[key].subject in DEFINITIONS[code].subjects


# DOMAIN 1.5, in its order.
FIELD = ("上报数", "受理数", "立案数", "派遣数", "应处置数", "处置数", "按期处置数", "超期处置数", "超期未处置数", "应结案数", "结案数", "按期结案数",
         "返工数（次）", "返工数（件）", "延期数", "挂账数", "回退数（件）", "作废数", "督办数", "回访数", "满意数", "处置率", "按期处置率", "结案率",
         "按期结案率", "超期结案率", "返工率", "延期率", "超期待处置率", "有效上报率", "按时立案率", "准确立案率", "按期派遣率", "准确派遣率",
         "按期核实率", "按期核查率", "准确受理率", "按期受理率")  # fmt: skip


@pytest.mark.parametrize("name", FIELD)
def test_every_indicator_of_the_field_is_computed_or_says_why_not(name: str) -> None:
    assert name in {each.words.zh for each in (*METRICS.values(), *UNAVAILABLE.values())}
    shown = {row[1].split()[0]: row for row in table.rows()}[name]
    assert shown[3] != "**not available**" or len(shown[8]) > 20


def test_a_name_is_never_taken_twice() -> None:
    words = [each.words for each in (*METRICS.values(), *UNAVAILABLE.values())]
    assert len({word.zh for word in words}) == len({word.en for word in words}) == len(words)
    with pytest.raises(ValueError, match="already"):
        registry.add(METRICS["reported"])
    with pytest.raises(ValueError, match="already"):
        registry.miss(UNAVAILABLE["satisfied"])
    with pytest.raises(ValueError, match="already"):
        registry.define(definitions.D1)


def test_rates_of_parts_are_recomputed_from_sums_never_averaged() -> None:
    small = {"due": 1, "not_due": 0, "suspended": 0, "due_on_time": 1}
    large = {"due": 99, "not_due": 0, "suspended": 0, "due_on_time": 0}
    assert compute("on_time_rate", total([small, large]), "D1").number == 1.0  # 1 / 100, not (100 + 0) / 2


def test_a_count_that_is_missing_is_an_error_not_a_zero() -> None:
    with pytest.raises(KeyError, match="due"):
        compute("on_time_rate", {"due_on_time": 1}, "D1")


def test_a_definition_of_another_subject_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be counted by R"):
        compute("on_time_rate", {"due": 1, "due_on_time": 1, "filed": 1}, "R")


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
    counts = {"due": 3, "not_due": 0, "suspended": 0, "due_on_time": 3}
    found = compute("on_time_rate", counts, "D2")
    assert (
        found.number == 100 and not found.is_ranked(METRICS["on_time_rate"].minimum) and found.low == pytest.approx(43.85, abs=0.01)
    )
