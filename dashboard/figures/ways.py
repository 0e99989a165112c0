"""Pictures of the flow for an analyst: how many keep to the prescribed path, who gives back to whom, how long the stages take by a
dimension, and what would be with other limits. Plain dicts. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from dashboard.figures.durations import LEAST
from dashboard.figures.scale import FEW, Axis, long, share
from dashboard.figures.variants import named
from dashboard.i18n import Look
from data.lateness import JUDGED
from data.mining import Deviation

MOST_DEVIATIONS: Final = 10
MOST_PASSES: Final = 10
MOST_PARTS: Final = 12
MOST_RULES: Final = 8
GROUPS: Final = {"": "fits", "unfinished": "unfinished"}  # of what kind a deviation is; any other deviates
_LOW: Final = 10.0  # minutes
Row = dict[str, Any]


def scope(case_count: int, read_count: int, look: Look, *, is_kept: bool = False) -> str:
    """Of how many cases a picture is, and that only the newest of them were read, or that it is from kept cells."""
    facts = {"count": f"{case_count:,}", "read": f"{read_count:,}"}
    return look.word("ways.kept" if is_kept else "ways.part" if read_count < case_count else "ways.all", **facts)


def conformance(fit: Mapping[tuple[str, str], int], look: Look, opens: Callable[[str, str], str]) -> Row:
    """The three `parts` (keep to the path, on their way or broken off, deviate) and a row for each first deviation."""
    whole = sum(fit.values())
    counts = dict.fromkeys(("fits", "unfinished", "deviates"), 0)
    for (kind, _), count in fit.items():
        counts[GROUPS.get(kind, "deviates")] += count
    others = [(key, count) for key, count in fit.items() if key != ("", "")]
    top = max([1, *(count for _, count in others)])
    rows = [
        {
            "name": named(Deviation(kind, activity, 0), look),
            "kind": GROUPS.get(kind, "deviates"),
            "width": count / top,
            "count": f"{count:,}",
            "share": share(count, whole, look) if whole >= FEW else "",
            "href": opens(kind, activity),
        }
        for (kind, activity), count in others
    ]
    parts = [
        {
            "kind": kind,
            "name": look.word(f"ways.{kind}"),
            "share": share(count, whole, look),
            "width": count / max(whole, 1),
            "count": f"{count:,}",
            "href": opens("", "") if kind == "fits" and count else "",
        }
        for kind, count in counts.items()
    ]
    return {"parts": parts, "rows": rows, "is_empty": not whole}


def passes(found: Sequence[Any], look: Look, name_of: Callable[[str], str], opens: Callable[[str, str], str]) -> list[Row]:
    """Who gave back, to whom it went next: how often, and of how many cases."""
    top = max([1, *(each.times for each in found)])
    return [
        {
            "giver": name_of(each.from_code),
            "receiver": name_of(each.to_code) if each.to_code else look.word("mark.nobody_next"),
            "width": each.times / top,
            "count": look.word("ways.times", count=f"{each.times:,}"),
            "cases": look.word("ways.cases", count=f"{len(each.incident_ids):,}"),
            "href": opens(each.from_code, each.to_code),
        }
        for each in found
    ]


def stage_times(
    found: Sequence[Mapping[str, Any]], look: Look, name_of: Callable[[str], str], filters: Callable[[str], str],
    opens: Callable[[str], str],
) -> Row:  # fmt: skip
    """A row for each part: from its median to the time nine in ten take, on an axis of time in logarithms, and how many kept the
    limit of those that had to; a share of fewer than thirty is said in numbers, and of fewer than ten times only the median.
    """
    drawn = found[:MOST_PARTS]
    times = [row["p90_minutes"] for row in drawn if row["p90_minutes"] is not None and row["count"] >= LEAST]
    times += [row["median_minutes"] for row in drawn if row["median_minutes"] is not None]
    high = max([1_440.0, *times]) * 1.1
    shortest = min((row["median_minutes"] for row in drawn if row["median_minutes"]), default=_LOW)
    axis = Axis(max(1.0, min(shortest / 2, high / 30)), high)
    rows = []
    for row in found:
        median, ninth, bound = row["median_minutes"], row["p90_minutes"], row["in_time"] + row["late"]
        nothing = look.word("figure.none")
        ninth = ninth if row["count"] >= LEAST else None
        rows.append(
            {
                "name": name_of(row["code"]),
                "filter": filters(row["code"]) if row["code"] else "",
                "href": opens(row["code"]),
                "count": f"{row['cases']:,}",
                "done": f"{row['count']:,}",
                "median": nothing if median is None else long(median, look),
                "p90": nothing if ninth is None else long(ninth, look),
                "left": None if median is None else axis.place(median),
                "right": None if ninth is None else axis.place(ninth),
                "kept": share(row["in_time"], bound, look) if bound else nothing,
                "late": f"{row['late']:,}" if bound else nothing,
            }
        )
    return {"rows": rows, "ticks": axis.ticks(look), "is_empty": not found}


def what_if(found: Sequence[Mapping[str, Any]], look: Look, opens: Callable[[Mapping[str, Any], str, str], str]) -> list[Row]:
    """A row for each limit, or all of a kind: how many kept it and missed it, as it was and as it would be.

    `found` has `key`, `name`, `unit`, `value`, `moved` (the value it is moved to, or `None`), `step`, `was` and `would`.
    """
    rows = []
    for each in found:
        was, would = each["was"], each["would"]
        rows.append(
            {
                **each,
                "count": f"{sum(was.get(name, 0) for name in JUDGED):,}",
                "cells": [
                    {
                        "standing": name,
                        "was": f"{was.get(name, 0):,}",
                        "would": f"{would.get(name, 0):,}",
                        "change": _change(would.get(name, 0) - was.get(name, 0)),
                        "was_href": opens(each, "was", name) if was.get(name) else "",
                        "would_href": opens(each, "would", name) if would.get(name) else "",
                    }
                    for name in JUDGED
                ],
            }
        )
    return rows


def _change(more: int) -> str:
    return f"{more:+,}" if more else ""
