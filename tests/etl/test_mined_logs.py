"""Two real logs through the whole intake: what is mined from the database equals pm4py and pandas on the files, to the second.

The oracle reads the files itself: what each row means is the city's reading, order, counting and time are pm4py's and pandas'.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product
from typing import Any

import pandas as pd
import pm4py
import pytest
from sqlalchemy import Engine
from support.serving import ROOT

from data import arrivals, flows, mining, path_recount
from data import city as cities
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.mining import Stage
from data.regions import Regions
from data.vocabulary import BESIDE_THE_PATH
from etl import ingest

SHARED = ROOT.parent / "shared/data"
ALWAYS = (0, 30_000)  # months
RANK = {action: rank for rank, action in enumerate(("report", "dispatch", "accept", "resolve", "close", "void"))}
SECOND = 1 / 60  # of a minute


@dataclass(frozen=True)
class Case:
    """A city, its file, and the prescribed path of its log; a stage that ends with a question mark may be left out."""

    name: str
    source: str
    file: str
    code: str
    prescribed: tuple[str, ...]


CASES = (
    Case("receipt", "log", "receipt/receipt.csv", "0001", ("dispatch", "accept", "resolve", "close?")),
    Case("los_angeles", "requests", "la311/la_2020_requests_full.csv", "0637", ("dispatch", "resolve", "close")),
)


def receipt(city: City) -> pd.DataFrame:
    told = pd.read_csv(SHARED / "receipt/receipt.csv", dtype=str)
    steps = pd.DataFrame({
        "case": told["case:concept:name"], "activity": told["concept:name"].map(lambda word: city.spelling("log", "action", word)),
        "at": pd.to_datetime(told["time:timestamp"], utc=True, format="ISO8601"), "ref": told["concept:instance"],
    })  # fmt: skip
    begun = pd.to_datetime(told["case:startdate"], utc=True, format="ISO8601").groupby(told["case:concept:name"]).first()
    reports = pd.DataFrame({"case": begun.index, "activity": "report", "at": begun.to_numpy(), "ref": ""})
    return pd.concat([reports, steps[steps["activity"].ne("note")]])


def los_angeles(city: City) -> pd.DataFrame:
    told = pd.read_csv(SHARED / "la311/la_2020_requests_full.csv", dtype=str, keep_default_na=False)

    def at(written: Any) -> Any:
        return pd.to_datetime(written).dt.tz_localize(city.zone).dt.tz_convert("UTC")

    created, ended = at(told["createddate"]), at(told["closeddate"].where(told["closeddate"].ne(""), told["updateddate"]))
    ends = {"resolve": "Closed", "close": "Closed", "void": "Cancelled"}
    parts = [pd.DataFrame({"case": told["srnumber"], "activity": action, "at": created}) for action in ("report", "dispatch")]
    for action, status in ends.items():
        parts.append(pd.DataFrame({"case": told["srnumber"], "activity": action, "at": ended})[told["status"].eq(status)])
    return pd.concat(parts).assign(ref="")


READERS = {"receipt": receipt, "los_angeles": los_angeles}


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture
def city(case: Case) -> City:
    return cities.load(ROOT / "tests/examples/cities" / case.name)


@pytest.fixture
def engine(database_url: str, city: City, case: Case) -> Iterator[Engine]:
    fresh = engines.create(database_url)
    engines.upgrade(fresh)
    with engines.writing(fresh) as conn:
        arrivals.save_city(conn, city)
    ingest.ingest_file(fresh, city, Regions(city), case.source, SHARED / case.file, Clock())
    yield fresh
    fresh.dispose()


@pytest.fixture
def given(case: Case, city: City) -> pd.DataFrame:
    """The log as pm4py wants it, from the file itself."""
    told = READERS[case.name](city)
    told = told.assign(rank=told["activity"].map(RANK)).sort_values(["case", "at", "rank", "ref"], kind="stable", ignore_index=True)
    return told.rename(columns={"case": "case:concept:name", "activity": "concept:name", "at": "time:timestamp"})


def test_what_is_mined_from_the_database_is_what_pm4py_and_pandas_find_in_the_file(
    engine: Engine, city: City, case: Case, given: pd.DataFrame
) -> None:
    """One reading of the file for all, on each database."""
    with engines.reading(engine) as conn:
        log = flows.log(conn, "county", case.code, ALWAYS, city.zone)
        counted = flows.variants(conn, case.code, ALWAYS, 10_000)
        follows = flows.directly_follows(conn, case.code, ALWAYS)
        deviating = flows.conformance(conn, case.code, ALWAYS)
        words = flows.log(conn, "county", case.code, ALWAYS, city.zone, in_own_words=True)
        assert path_recount.check(conn, city) == []
    assert len(log) == len(given)
    exact = mining.variants(log)
    same_variants(exact, counted["rows"], given)
    same_follows(mining.directly_follows(log), follows, given)
    same_conformance(exact, case, given)
    same_deviations(exact, deviating, case, given)
    same_stages(log, given)
    if case.name == "receipt":
        told = pd.read_csv(SHARED / case.file, dtype=str)
        assert words["activity"].value_counts().to_dict() == told["concept:name"].value_counts().to_dict()
    assert len(words) == (8_577 if case.name == "receipt" else (given["concept:name"] != "report").sum())


def same_variants(exact: pd.DataFrame, counted: list[dict[str, Any]], given: pd.DataFrame) -> None:
    wanted = {tuple(path): int(count) for path, count in pm4py.get_variants(given).items()}
    assert {path: int(count) for path, count in zip(exact["path"], exact["case_count"], strict=True)} == wanted
    assert {row["path"]: row["case_count"] for row in counted} == wanted and len(wanted) >= 3


def same_follows(pairs: pd.DataFrame, counted: list[dict[str, Any]], given: pd.DataFrame) -> None:
    counts, _, _ = pm4py.discover_dfg(given)
    times, _, _ = pm4py.discover_performance_dfg(given)
    found = {
        (row.activity, row.next_activity): (int(pairs["count"].iloc[row.Index]), row.median_minutes) for row in pairs.itertuples()
    }
    assert {pair: count for pair, (count, _) in found.items()} == dict(counts)
    assert {(row["activity"], row["next_activity"]): row["count"] for row in counted} == dict(counts)
    gaps = given.groupby("case:concept:name")["time:timestamp"].diff()
    before = given.groupby("case:concept:name")["concept:name"].shift()
    medians = (gaps.dt.total_seconds() / 60).groupby([before, given["concept:name"]]).median()
    for pair, (_, minutes) in found.items():
        assert minutes == pytest.approx(medians[pair], abs=SECOND / 1000)
        assert minutes == pytest.approx(times[pair]["median"] / 60, abs=SECOND)


def same_conformance(exact: pd.DataFrame, case: Case, given: pd.DataFrame) -> None:
    """pm4py replays tokens on the net of the prescribed path."""
    stages = [Stage((name.rstrip("?"),), is_optional=name.endswith("?")) for name in case.prescribed]
    tree = ", ".join(f"X('{stage.activities[0]}', tau)" if stage.is_optional else f"'{stage.activities[0]}'" for stage in stages)
    net = pm4py.convert_to_petri_net(pm4py.objects.process_tree.utils.generic.parse(f"->({tree})"))
    replayed = pm4py.conformance_diagnostics_token_based_replay(given[given["concept:name"].ne("report")], *net)
    fit = Counter(bool(each["trace_is_fit"]) for each in replayed)
    deviating = mining.conformance(exact, stages)
    unseen = sum(exact["case_count"][exact["path"] == ("report",)])  # no step at all: pm4py does not see the case
    assert deviating[("", "")] == fit[True] > 0 and sum(deviating.values()) == fit.total() + unseen
    assert fit[False] > 0


def words_of(stages: Sequence[Stage]) -> set[tuple[str, ...]]:
    """Every way that follows a prescribed path, one by one."""
    choices = [[(), *((each,) for each in stage.activities)] if stage.is_optional else [(each,) for each in stage.activities]
               for stage in stages]  # fmt: skip
    return {tuple(chain.from_iterable(chosen)) for chosen in product(*choices)}


def left_at(way: tuple[str, ...], words: set[tuple[str, ...]]) -> tuple[str, str]:
    """Where a way leaves all that follow the path, by looking only at these: the first step after which none of them begins so."""
    open_words = words
    for place, activity in enumerate(way):
        going_on = {word for word in open_words if word[place : place + 1] == (activity,)}
        if not going_on:
            if not any(activity in word for word in words):
                return "unforeseen", activity
            later = {word for word in open_words if activity in word[place:]}
            return ("skipped", min(later, key=len)[place]) if later else ("again", activity)
        open_words = going_on
    return ("", "") if way in words else ("unfinished", min(open_words, key=len)[len(way)])


def same_deviations(exact: pd.DataFrame, counted: dict[tuple[str, str], int], case: Case, given: pd.DataFrame) -> None:
    """The first deviation of every case of the file, from the list of all ways that follow: the log's own path, and the wall's."""
    own = [Stage((name.rstrip("?"),), is_optional=name.endswith("?")) for name in case.prescribed]
    for stages, found in ((own, mining.conformance(exact, own)), (mining.PRESCRIBED, counted)):
        words = words_of(stages)
        steps = given[~given["concept:name"].isin(("report", *BESIDE_THE_PATH))]
        ways = steps.groupby("case:concept:name")["concept:name"].agg(tuple).reindex(given["case:concept:name"].unique())
        wanted = Counter(left_at(way if isinstance(way, tuple) else (), words) for way in ways)
        assert found == dict(wanted) and len(wanted) >= 2


def same_stages(log: pd.DataFrame, given: pd.DataFrame) -> None:
    """The median from stage to stage, to the second."""
    first = given.groupby(["concept:name", "case:concept:name"])["time:timestamp"].first()
    ours = log.groupby(["activity", "case"])["at"].first()
    known = set(given["concept:name"])
    stages = [(start, end) for start, end in combinations(RANK, 2) if {start, end} <= known and "void" not in (start, end)]
    assert len(stages) >= 6
    for start, end in stages:
        expected = (first[end] - first[start]).dropna().median()
        found = pd.Timedelta((ours[end] - ours[start]).dropna().median(), "us")
        assert found.floor("s") == expected.floor("s"), (start, end)
