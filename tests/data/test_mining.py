"""Flow mining by hand, and on the real receipt log against pm4py and a plain recount."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd
import pm4py
import pytest

from data import mining
from data.mining import Deviation, Stage

RECEIPT = Path(__file__).parents[3] / "shared/data/receipt/receipt.csv"
M = mining.MINUTE


def log(*cases: tuple[str, ...]) -> pd.DataFrame:
    rows = [(number, activity, minute * 10 * M) for number, path in enumerate(cases) for minute, activity in enumerate(path)]
    return pd.DataFrame(rows, columns=["case", "activity", "at"])


def test_variants_count_cases_and_their_whole_time() -> None:
    found = mining.variants(log(("a", "b"), ("a", "b"), ("a", "c", "b"), ("a",)))
    assert found["path"].tolist() == [("a", "b"), ("a",), ("a", "c", "b")]
    assert found["case_count"].tolist() == [2, 1, 1] and found["share"].tolist() == [0.5, 0.25, 0.25]
    assert found["median_minutes"].tolist() == [10, 0, 20]


def test_what_follows_what_and_after_how_long() -> None:
    found = mining.directly_follows(log(("a", "b", "a", "b"), ("a", "c")))
    rows = {(row.activity, row.next_activity): (row.count, row.case_count, row.median_minutes) for row in found.itertuples()}
    assert len(rows) == 3 and found["count"].tolist() == [2, 1, 1]
    assert found[["activity", "next_activity"]].iloc[0].tolist() == ["a", "b"] and found["case_count"].tolist() == [1, 1, 1]


def test_rework_is_what_a_case_goes_through_again() -> None:
    found = mining.rework(log(("a", "b", "a", "a"), ("a", "b", "b"), ("a",)))
    assert found.to_dict("records") == [
        {"activity": "a", "case_count": 1, "repeat_count": 2},
        {"activity": "b", "case_count": 1, "repeat_count": 1},
    ]


def test_an_empty_log_has_no_path() -> None:
    for table in (mining.variants(log()), mining.directly_follows(log()), mining.rework(log())):
        assert len(table) == 0


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("report forward dispatch accept note resolve check close feedback", None),
        ("report dispatch accept resolve close", None),
        ("report forward dispatch accept return dispatch accept resolve close", Deviation("unforeseen", "return", 4)),
        ("report dispatch resolve close", Deviation("skipped", "accept", 2)),
        ("report dispatch accept resolve accept", Deviation("again", "accept", 4)),
        ("report dispatch accept", Deviation("unfinished", "resolve", 3)),
        ("", Deviation("unfinished", "dispatch", 0)),
    ],
)
def test_the_first_deviation_is_named(path: str, expected: Deviation | None) -> None:
    assert mining.first_deviation(path.split()) == expected


@pytest.fixture(scope="module")
def given() -> Any:
    found = pd.read_csv(RECEIPT)
    found["time:timestamp"] = pd.to_datetime(found["time:timestamp"], utc=True, format="ISO8601")
    return found.sort_values(["case:concept:name", "time:timestamp"], kind="stable", ignore_index=True)


@pytest.fixture(scope="module")
def steps(given: Any) -> Any:
    at = given["time:timestamp"].astype("datetime64[us, UTC]").astype("int64")
    return pd.DataFrame({"case": given["case:concept:name"], "activity": given["concept:name"], "at": at})


def test_variants_of_the_real_log_are_those_of_pm4py(given: Any, steps: Any) -> None:
    wanted = pm4py.get_variants(given)
    found = mining.variants(steps)
    assert {path: int(count) for path, count in zip(found["path"], found["case_count"], strict=True)} == dict(wanted)
    assert found["case_count"].sum() == 1_434
    whole = defaultdict(list)
    for _, case in steps.groupby("case"):
        whole[tuple(case["activity"])].append((case["at"].iloc[-1] - case["at"].iloc[0]) / M)
    for row in found.itertuples():
        assert row.median_minutes == pytest.approx(median(whole[row.path]), abs=1e-9)


def test_the_directly_follows_map_of_the_real_log_is_that_of_pm4py(given: Any, steps: Any) -> None:
    counts, _, _ = pm4py.discover_dfg(given)
    times, _, _ = pm4py.discover_performance_dfg(given)
    found = mining.directly_follows(steps)
    assert {(row.activity, row.next_activity): found["count"].iloc[row.Index] for row in found.itertuples()} == dict(counts)
    for row in found.itertuples():
        assert row.median_minutes * 60 == pytest.approx(times[row.activity, row.next_activity]["median"], abs=1.0)


def test_rework_of_the_real_log_is_that_of_pm4py(given: Any, steps: Any) -> None:
    found = mining.rework(steps)
    assert dict(zip(found["activity"], found["case_count"], strict=True)) == pm4py.get_rework_cases_per_activity(given)


def test_conformance_of_the_real_log_equals_a_recount_by_pattern(steps: Any) -> None:
    """The prescribed path as a regular expression over letters: an oracle that shares nothing with the walk."""
    found = mining.variants(steps)
    usual = found["path"].iloc[0]
    prescribed = [Stage((activity,), is_optional=place >= 4) for place, activity in enumerate(usual)]
    counted = mining.conformance(found, prescribed, beside=())
    letters = {activity: chr(65 + place) for place, activity in enumerate(sorted(set(steps["activity"])))}
    pattern = re.compile("".join(letters[stage.activities[0]] + ("?" if stage.is_optional else "") for stage in prescribed))
    by_case = Counter(
        bool(pattern.fullmatch("".join(map(letters.__getitem__, case)))) for _, case in steps.groupby("case")["activity"]
    )
    assert counted[("", "")] == by_case[True] > 0
    assert sum(counted.values()) == 1_434 == by_case.total()


def test_the_map_over_some_steps_draws_a_return_back_to_where_it_went_on() -> None:
    steps = log(
        ("report", "dispatch", "return", "forward", "return", "dispatch", "close"),
        ("report", "dispatch", "close"),
        ("return", "report"),
    )
    edges = mining.map_edges(steps, ("report", "dispatch", "close"))
    assert edges.to_dict("list") == {
        "activity": ["dispatch", "report", "dispatch"],
        "next_activity": ["close", "dispatch", "dispatch"],
        "via": ["", "", "return"],
        "count": [2, 2, 1],
        "median_minutes": [10.0, 10.0, 40.0],
    }


def test_the_map_over_all_steps_is_the_directly_follows_map() -> None:
    steps = log(("a", "b", "a", "c"), ("a", "c"), ("c",))
    edges, whole = mining.map_edges(steps, ("a", "b", "c")), mining.directly_follows(steps)
    shared = ["activity", "next_activity", "count", "median_minutes"]
    assert edges[shared].values.tolist() == whole[shared].values.tolist() and set(edges["via"]) == {""}
