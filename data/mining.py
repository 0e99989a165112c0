"""Which paths cases really take: variants, the directly-follows map, rework, and where a path leaves the prescribed one. Pure.

`steps` is a frame with a row for each step: `case` (any key), `activity` (text) and `at` (whole microseconds since 1970,
int64). Steps of one instant keep the order they are given in. Durations are minutes, exact to the microsecond.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from data.vocabulary import BESIDE_THE_PATH

MINUTE: Final = 60_000_000  # microseconds
ARROW: Final = "\x1f"  # between the activities of a path, where no source writes


@dataclass(frozen=True)
class Stage:
    """A place on the prescribed path: any one of its activities passes it; an optional one may be left out."""

    activities: tuple[str, ...]
    is_optional: bool = False


# The path of a case as DOMAIN section 3 prescribes it, three-level handling with its short cuts.
PRESCRIBED: Final = (
    Stage(("triage",), is_optional=True),
    Stage(("forward",), is_optional=True),
    Stage(("dispatch",)),
    Stage(("accept",)),
    Stage(("resolve",)),
    Stage(("check",), is_optional=True),
    Stage(("close",)),
    Stage(("feedback",), is_optional=True),
)
NODES: Final = ("report", *(stage.activities[0] for stage in PRESCRIBED))  # of the directly-follows map, in their order
_BESIDE: Final = ("report", *BESIDE_THE_PATH)  # no place of their own on the prescribed path


@dataclass(frozen=True)
class Deviation:
    """The first place where a path leaves the prescribed one: `kind` is again, skipped, unforeseen or unfinished."""

    kind: str
    activity: str
    position: int


def in_order(steps: Any) -> Any:
    """The steps case by case, in time."""
    return steps.sort_values(["case", "at"], kind="stable", ignore_index=True)


def variants(steps: Any) -> Any:
    """A row for each path, most frequent first: `path` (tuple), `case_count`, `share`, `median_minutes`, `p90_minutes` (first
    step to last).
    """
    ordered = in_order(steps)
    by_case = ordered.groupby("case", sort=False)
    whole = pd.DataFrame({
        "path": _paths(ordered),
        "minutes": ((by_case["at"].last() - by_case["at"].first()) / MINUTE).to_numpy(dtype=float),
    })  # fmt: skip
    grouped = whole.groupby("path", sort=True)["minutes"]
    table = pd.DataFrame({
        "case_count": grouped.size(), "median_minutes": grouped.median(), "p90_minutes": grouped.quantile(0.9),
    }).reset_index()  # fmt: skip
    table["share"] = table["case_count"] / max(len(whole), 1)
    table["path"] = [tuple(path.split(ARROW)) for path in table["path"]]
    return table.sort_values("case_count", ascending=False, kind="stable", ignore_index=True)


def directly_follows(steps: Any) -> Any:
    """A row for each activity and the one that came next: `activity`, `next_activity`, `count`, `case_count`, `median_minutes`,
    `p90_minutes`; most frequent first.
    """
    ordered = in_order(steps)
    follows = (ordered["case"] == ordered["case"].shift(-1)).to_numpy()
    pairs = pd.DataFrame({
        "activity": ordered["activity"][follows].to_numpy(),
        "next_activity": ordered["activity"].shift(-1)[follows].to_numpy(),
        "minutes": ((ordered["at"].shift(-1) - ordered["at"]) / MINUTE)[follows].to_numpy(dtype=float),
        "case": ordered["case"][follows].to_numpy(),
    })  # fmt: skip
    grouped = pairs.groupby(["activity", "next_activity"], observed=True)
    table = pd.DataFrame({
        "count": grouped.size(), "case_count": grouped["case"].nunique(),
        "median_minutes": grouped["minutes"].median(), "p90_minutes": grouped["minutes"].quantile(0.9),
    }).reset_index()  # fmt: skip
    return table.sort_values(["count", "activity", "next_activity"], ascending=[False, True, True], ignore_index=True)


def map_edges(steps: Any, nodes: Sequence[str]) -> Any:
    """The directly-follows map over some activities: a row for each pair of `nodes` that came one after the other and what lay
    between them first (`via`, empty for nothing): `activity`, `next_activity`, `via`, `count`, `median_minutes`; most frequent
    first. A return is thus drawn back to where the case went on.
    """
    ordered = in_order(steps)
    is_node = ordered["activity"].isin(list(nodes))
    block = is_node.cumsum()  # each node with what follows it
    between = ordered[~is_node].groupby([ordered["case"], block])["activity"].first()
    kept = ordered[is_node].assign(block=block[is_node])
    follows = (kept["case"] == kept["case"].shift(-1)).to_numpy()
    pairs = pd.DataFrame({
        "activity": kept["activity"][follows].to_numpy(),
        "next_activity": kept["activity"].shift(-1)[follows].to_numpy(),
        "via": between.reindex(pd.MultiIndex.from_frame(kept[["case", "block"]][follows])).fillna("").to_numpy(dtype=object),
        "minutes": ((kept["at"].shift(-1) - kept["at"]) / MINUTE)[follows].to_numpy(dtype=float),
    })  # fmt: skip
    keys = ["activity", "next_activity", "via"]
    grouped = pairs.groupby(keys, observed=True)["minutes"]
    table = pd.DataFrame({"count": grouped.size(), "median_minutes": grouped.median()}).reset_index()
    return table.sort_values(["count", *keys], ascending=[False, True, True, True], ignore_index=True)


def rework(steps: Any) -> Any:
    """A row for each activity that some case went through more than once: `activity`, `case_count`, `repeat_count` (times beyond
    the first); most cases first.
    """
    times = steps.groupby(["case", "activity"], observed=True).size()
    again = times[times > 1].reset_index(name="times")
    grouped = again.groupby("activity", observed=True)["times"]
    table = pd.DataFrame({"case_count": grouped.size(), "repeat_count": grouped.sum() - grouped.size()}).reset_index()
    return table.sort_values(["case_count", "activity"], ascending=[False, True], ignore_index=True)


def first_deviation(
    path: Sequence[str], prescribed: Sequence[Stage] = PRESCRIBED, beside: Sequence[str] = _BESIDE
) -> Deviation | None:
    """Where a path leaves the prescribed one first; `None` for one that follows it to its end."""
    reached = 0
    for position, activity in enumerate(path):
        if activity in beside:
            continue
        places = [place for place, stage in enumerate(prescribed) if activity in stage.activities]
        if not places:
            return Deviation("unforeseen", activity, position)
        ahead = [place for place in places if place >= reached]
        if not ahead:
            return Deviation("again", activity, position)
        missed = [stage for stage in prescribed[reached : ahead[0]] if not stage.is_optional]
        if missed:
            return Deviation("skipped", missed[0].activities[0], position)
        reached = ahead[0] + 1
    left = [stage for stage in prescribed[reached:] if not stage.is_optional]
    return Deviation("unfinished", left[0].activities[0], len(path)) if left else None


def fit_of(path: Sequence[str], prescribed: Sequence[Stage] = PRESCRIBED, beside: Sequence[str] = _BESIDE) -> tuple[str, str]:
    """The first deviation of a path as (kind, activity); ("", "") of one that follows the prescribed path."""
    deviation = first_deviation(path, prescribed, beside)
    return ("", "") if deviation is None else (deviation.kind, deviation.activity)


def conformance(
    found: Any, prescribed: Sequence[Stage] = PRESCRIBED, beside: Sequence[str] = _BESIDE
) -> dict[tuple[str, str], int]:
    """Cases by their first deviation (kind, activity), from `variants`; those that follow the path stand under ("", "")."""
    counts: dict[tuple[str, str], int] = {}
    for path, case_count in zip(found["path"], found["case_count"], strict=True):
        key = fit_of(path, prescribed, beside)
        counts[key] = counts.get(key, 0) + int(case_count)
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def _paths(ordered: Any) -> list[str]:
    cases, activities = ordered["case"].to_numpy(), ordered["activity"].astype(str).to_numpy()
    if not len(cases):
        return []
    starts = np.flatnonzero(np.r_[True, cases[1:] != cases[:-1]])
    ends = np.r_[starts[1:], len(cases)]
    return [ARROW.join(activities[start:end]) for start, end in zip(starts, ends, strict=True)]
