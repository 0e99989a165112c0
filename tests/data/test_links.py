"""并案 can be read both ways: three of one matter, one after the other or in a chain, whatever comes first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import Engine
from support import filed
from support.filed import a_step

from data import engine as engines
from data import links, recount, store
from data.city import City
from etl import filing

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


def merge(reference: str, into: str) -> dict[str, Any]:
    return a_step(reference, "merge", LATER, "center", master_ref=into)


def family(engine: Engine, reference: str) -> tuple[str | None, list[str]]:
    known = filed.rows(engine)
    with engines.reading(engine) as conn:
        found = links.family(conn, known[reference]["id"])
    return found.master and found.master["source_ref"], [each["source_ref"] for each in found.merged]


@pytest.mark.parametrize("order", list(permutations("123")))
def test_a_merge_of_three_is_read_from_each_of_them_whatever_came_first(engine: Engine, city: City, order: tuple[str, ...]) -> None:
    filed.steps(engine, city, [merge("2", "1"), merge("3", "1")], LATER)  # before any of the reports is here
    for reference in order:
        filed.report(engine, city, reference, AT, reporter_key=f"key {reference}", now=LATER)
    assert family(engine, "1") == (None, sorted("23", key=order.index))
    assert family(engine, "2") == family(engine, "3") == ("1", [])
    rows = filed.rows(engine)
    assert [rows[each]["state_code"] for each in "123"] == ["reported", "merged", "merged"]
    with engines.reading(engine) as conn:
        # Whoever reported one of them is known to the one that goes on.
        assert {each["reporter_key"] for each in links.family(conn, rows["1"]["id"]).merged} == {"key 2", "key 3"}
        assert recount.check(conn, city.zone) == []


def test_the_master_of_a_master_is_the_one_that_goes_on(engine: Engine, city: City) -> None:
    for reference in "123":
        filed.report(engine, city, reference, AT)
    filed.steps(engine, city, [merge("3", "2")], LATER)
    assert family(engine, "3") == ("2", []) and family(engine, "2") == (None, ["3"])
    filed.steps(engine, city, [merge("2", "1")], LATER)
    assert [family(engine, each) for each in "123"] == [(None, ["2", "3"]), ("1", ["3"]), ("1", [])]


def test_two_merged_into_each_other_end_the_search(engine: Engine, city: City) -> None:
    for reference in "12":
        filed.report(engine, city, reference, AT)
    filed.steps(engine, city, [merge("1", "2"), merge("2", "1")], LATER)
    assert family(engine, "1") == ("2", ["2"]) and family(engine, "2") == ("1", ["1"])


def test_a_bulk_load_links_as_single_reports_do(engine: Engine, city: City) -> None:
    given = [
        (store.incident_defaults() | filed.given(reference, AT), log)
        for reference, log in (("3", [merge("3", "1")]), ("1", []), ("2", [merge("2", "1")]))
    ]  # fmt: skip
    with engines.writing(engine) as conn:
        filing.file_many(conn, city, given[:1], LATER)
        filing.file_many(conn, city, given[1:], LATER)
    assert family(engine, "1") == (None, ["3", "2"]) and family(engine, "3") == ("1", [])
