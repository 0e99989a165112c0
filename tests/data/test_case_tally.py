"""Counting in one pass gives what counting row by row gives."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from data import case_table, case_tally
from data.case_columns import day_of

SIZE, PATTERNS, ROWS = 40, 7, 5_000


@pytest.fixture
def drawn() -> tuple[Any, Any, Any]:
    """Keys, patterns and a mask."""
    chance = np.random.default_rng(3)
    return chance.integers(0, SIZE, ROWS), chance.integers(0, PATTERNS, ROWS), chance.random(ROWS) < 0.3


def counted(keys: Any, patterns: Any, rows: Any, first: int) -> list[int]:
    found = Counter((max(int(keys[row]) - first, 0), int(patterns[row])) for row in rows)
    return [found[key, pattern] for key in range(SIZE) for pattern in range(PATTERNS)]


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int32])
@pytest.mark.parametrize("first", [0, 5])
def test_each_row_that_is_marked_counts_once(drawn: tuple[Any, Any, Any], kind: Any, first: int) -> None:
    keys, patterns, mask = drawn
    keys, patterns = keys.astype(kind), patterns.astype(np.uint16)
    keys.setflags(write=False)  # as a mapped file is
    marked = np.flatnonzero(mask)
    expected = counted(keys, patterns, marked, first)
    assert case_tally.of_stretch(keys, first, SIZE, patterns, PATTERNS, mask).tolist() == expected
    assert case_tally.of_places(keys, first, SIZE, patterns, PATTERNS, marked).tolist() == expected
    assert case_tally.of_stretch(keys, first, SIZE, patterns, PATTERNS).sum() == ROWS
    part = case_tally.of_stretch(keys[100:900], first, SIZE, patterns[100:900], PATTERNS, mask[100:900])
    assert part.tolist() == counted(keys, patterns, marked[(marked >= 100) & (marked < 900)], first)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 1.0])
def test_what_a_mask_marks_is_listed_however_much_it_is(share: float) -> None:
    mask = np.random.default_rng(4).random(ROWS) < share
    assert case_tally.listed(mask, 70).tolist() == [70 + place for place, is_marked in enumerate(mask) if is_marked]
    assert case_tally.listed(mask[:0]).tolist() == []


def test_nothing_broken_down_is_one_key(drawn: tuple[Any, Any, Any]) -> None:
    _, patterns, mask = drawn
    one = np.broadcast_to(np.uint8(0), ROWS)
    assert case_tally.of_stretch(one, 0, 1, patterns, PATTERNS, mask).tolist() == np.bincount(patterns[mask]).tolist()


def test_no_rows_are_no_counts() -> None:
    none = np.zeros(0, dtype=np.uint8)
    case_tally.prepare({"pattern": np.zeros(0, dtype=np.int32), "channel_code": none, "day": none.astype(np.uint16)})
    assert case_tally.of_stretch(none, 0, 3, none, 2).tolist() == [0] * 6
    assert case_tally.of_places(none, 0, 3, none, 2, np.zeros(0, dtype=np.int64)).tolist() == [0] * 6


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int32])
def test_numbers_between_two_are_marked_and_narrowed(drawn: tuple[Any, Any, Any], kind: Any) -> None:
    keys, _, mask = drawn
    column = keys.astype(kind)
    assert case_tally.within(column, 5, 9).tolist() == [5 <= key <= 9 for key in keys.tolist()]
    narrowed = case_tally.within(column, 7, 7, mask.copy())
    assert narrowed.tolist() == [bool(marked) and key == 7 for key, marked in zip(keys.tolist(), mask, strict=True)]
    top = int(np.iinfo(kind).max)
    assert case_tally.within(np.array([0, top], dtype=kind), 1, top).tolist() == [False, True]


@pytest.mark.parametrize("share", [500, 1_250, 10_000])
def test_shared_out_among_processors_it_is_the_same(
    drawn: tuple[Any, Any, Any], monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    keys, patterns, mask = drawn
    marked = np.flatnonzero(mask)
    expected = counted(keys, patterns, marked, 0)
    monkeypatch.setattr(case_tally, "SHARE", share)
    monkeypatch.setattr(case_tally.os, "cpu_count", lambda: 3)
    assert case_tally.of_stretch(keys, 0, SIZE, patterns, PATTERNS, mask).tolist() == expected
    assert case_tally.of_places(keys, 0, SIZE, patterns, PATTERNS, marked).tolist() == expected
    narrowed = case_tally.within(keys, 5, 9, mask.copy())
    assert narrowed.tolist() == [bool(is_met) and 5 <= key <= 9 for key, is_met in zip(keys.tolist(), mask.tolist(), strict=True)]


@pytest.mark.parametrize("numbers", [((3, 4, 5), (2,)), ((1, 4, 30), tuple(range(7))), ((39,), (1, 300)), ((300,), (1,))])
def test_conditions_met_block_by_block_are_those_met_at_once(
    drawn: tuple[Any, Any, Any], monkeypatch: pytest.MonkeyPatch, numbers: tuple[tuple[int, ...], ...]
) -> None:
    keys, patterns, _ = drawn
    monkeypatch.setattr(case_table, "BLOCK", 700)
    monkeypatch.setattr(case_tally, "SHARE", 1_500)
    monkeypatch.setattr(case_tally.os, "cpu_count", lambda: 3)
    one = np.zeros(ROWS, dtype=np.uint8)
    table = case_table.Table({"a": keys.astype(np.uint8), "pattern": patterns.astype(np.uint16), "one": one}, is_settled=True)
    asked = (("a", numbers[0]), ("one", (0,)), ("pattern", numbers[1]))
    found = table.rows(asked)
    is_met = np.isin(keys, numbers[0]) & np.isin(patterns, numbers[1])
    assert table.places(asked).tolist() == np.flatnonzero(is_met).tolist()
    assert isinstance(found, case_table.Stretch) == (np.count_nonzero(is_met) * case_table.FEW > ROWS)


@pytest.mark.parametrize("numbers", [((3, 4, 5), tuple(range(7))), (tuple(range(0, 40, 2)), (1, 2, 3, 4, 6))])
@pytest.mark.parametrize("at", ["reported_at", "resolved_at"])
def test_what_is_met_within_some_days_is_the_same_in_whatever_order_it_is_asked(
    drawn: tuple[Any, Any, Any], monkeypatch: pytest.MonkeyPatch, numbers: tuple[tuple[int, ...], ...], at: str
) -> None:
    keys, patterns, _ = drawn
    chance = np.random.default_rng(7)
    monkeypatch.setattr(case_table, "BLOCK", 700)
    monkeypatch.setattr(case_table, "CHUNK", 500)
    monkeypatch.setattr(case_tally, "SHARE", 900)
    reported = np.sort(chance.integers(1, 60, ROWS)).astype(np.uint16)
    resolved = np.where(chance.random(ROWS) < 0.2, 0, reported + chance.integers(0, 9, ROWS)).astype(np.uint16)
    of_day = {"reported_at": reported, "resolved_at": resolved}
    columns = {
        "a": keys.astype(np.uint8),
        "pattern": patterns.astype(np.uint16),
        **{day_of(name): days for name, days in of_day.items()},
    }
    table = case_table.Table(columns, is_settled=True)
    asked = (("a", numbers[0]), ("pattern", numbers[1]))
    is_met = np.isin(keys, numbers[0]) & np.isin(patterns, numbers[1])
    for number in range(40):
        if number == 10:  # from here on those are known for all days where they are few
            assert table.by_day(asked, case_table.Days(at, 1, 80))[1].sum() == np.count_nonzero(is_met & (of_day[at] > 0))
        if number == 20:  # from here on the rows of all days are known
            assert table.places(asked).tolist() == np.flatnonzero(is_met).tolist()
        first, length = chance.integers(1, 66), chance.integers(0, 30)
        days = case_table.Days(at, int(first), int(first + length))
        expected = np.flatnonzero(is_met & (of_day[at] >= days.first) & (of_day[at] <= days.last))
        assert table.places(asked, days).tolist() == expected.tolist()
    assert table.places(asked).tolist() == np.flatnonzero(is_met).tolist()
