"""Counts every cell of the ways anew, from the steps and the incidents themselves: what `check` compares with.

It shares nothing with `data.paths` but the names of the cells: paths are put together by column from the step table, hands
from a fresh replay. A row whose own `path_text` or `hands_text` is not what its log says shows as a difference too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, select

from data import store
from data.buckets import bucket_of, buckets_of
from data.city import City
from data.instants import to_microseconds
from data.lifecycle import replay
from data.paths import KEYS, LEVELS, MINUTE, NOBODY, Cell
from data.schema import incident, path_count
from data.trails import LETTERS, LONGEST
from data.vocabulary import ACTION_RANK, ENDED_STATES

AT_ONCE: Final = 20_000  # incidents


def cells(conn: Connection, city: City) -> Counter[Cell]:
    """Every cell with its value, counted from the rows."""
    counted: Counter[Cell] = Counter()
    last = int(conn.execute(select(func.coalesce(func.max(incident.c.id), 0))).scalar_one())
    for first in range(0, last + 1, AT_ONCE):
        ids = (incident.c.id > first, incident.c.id <= first + AT_ONCE)
        rows = {row["id"]: dict(row) for row in conn.execute(select(incident).where(*ids)).mappings()}
        if rows:
            logs = store.steps_of(conn, list(rows))
            for kind, key, bucket, number, value in (*_ways(rows, logs), *_hands(rows, logs, city)):
                for area in (rows[number][f"{level}_code"] for level in LEVELS):
                    if area:
                        counted[kind, area, key, _month(rows[number], city), bucket] += value
    return Counter({cell: value for cell, value in counted.items() if value})


def check(conn: Connection, city: City) -> list[tuple[Cell, int, int]]:
    """Cells that differ from a recount: (cell, stored, recounted). Empty when they are exact."""
    recounted = cells(conn, city)
    stored = {tuple(row[:-1]): row[-1] for row in conn.execute(select(*(path_count.c[name] for name in (*KEYS, "value"))))}
    differing = [cell for cell in recounted.keys() | stored.keys() if recounted.get(cell, 0) != stored.get(cell, 0)]
    return [(cell, stored.get(cell, 0), recounted.get(cell, 0)) for cell in sorted(differing)]


def _month(row: dict[str, Any], city: City) -> int:
    local: Any = row["reported_at"].astimezone(city.zone).date().replace(day=1)
    return int(np.datetime64(local, "D").astype(np.int64))


def _ways(rows: dict[int, dict[str, Any]], logs: dict[int, list[dict[str, Any]]]) -> Iterator[tuple[str, str, int, int, int]]:
    reports = [(number, to_microseconds(row["reported_at"]), 0, "", "r") for number, row in rows.items()]
    steps = [
        (number, to_microseconds(each["at"]), ACTION_RANK[each["action_code"]], each["source_ref"], LETTERS[each["action_code"]])
        for number, log in logs.items()
        for each in log
        if each["action_code"] in LETTERS
    ]
    told: Any = pd.DataFrame(reports + steps, columns=["case", "at", "rank", "ref", "letter"])
    told = told.sort_values(["case", "at", "rank", "ref"], ignore_index=True)
    place = told.groupby("case").cumcount()
    is_cut = told["case"].map(told.groupby("case").size()) > LONGEST
    told = told[place < LONGEST]
    by_case = told.groupby("case", sort=False)
    letters, whole = by_case["letter"].agg("".join), by_case["at"].last() - by_case["at"].first()
    cut = set(told.loc[is_cut[told.index], "case"])
    for number, path, bucket in zip(letters.index, letters, buckets_of(whole.to_numpy() / MINUTE), strict=True):
        key = path + ("+" if number in cut else "")
        yield "variant", key, 0, int(number), 1
        yield "variant_time", key, int(bucket), int(number), 1
    gap, before = by_case["at"].diff(), by_case["letter"].shift()
    follows = gap.notna().to_numpy()
    pairs = (before + told["letter"])[follows]
    for number, pair, bucket in zip(told["case"][follows], pairs, buckets_of(gap[follows].to_numpy() / MINUTE), strict=True):
        yield "pair_time", str(pair), int(bucket), int(number), 1


def _hands(
    rows: dict[int, dict[str, Any]], logs: dict[int, list[dict[str, Any]]], city: City
) -> Iterator[tuple[str, str, int, int, int]]:
    for number, row in rows.items():
        found = replay(row, logs[number], city.rules)
        until = None if found.state_code in ENDED_STATES else found.holder_since_at
        before: Any = None
        held = 0
        for each in [*found.holdings, None]:
            is_over = each is None or (until is not None and each.from_at >= until)
            code = None if is_over or each is None else ("" if each.state_code in ENDED_STATES else each.holder_code or NOBODY)
            if before is not None and code != before:
                if before:
                    yield "hand_time", before, bucket_of(held / MINUTE), number, 1
                    yield "hand_sum", before, 0, number, held
                held = 0
            if is_over or each is None:
                break
            before = code
            held += to_microseconds(each.to_at) - to_microseconds(each.from_at)
