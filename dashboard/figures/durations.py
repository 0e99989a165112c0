"""How long the stages take, this week against the four before, as a plain dict of bands on an axis of time in logarithms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dashboard.figures.scale import FEW, Axis, long
from dashboard.i18n import Look
from data.buckets import bounds, quantile
from data.vocabulary import STAGES

ENDS: Final = {
    "report_to_dispatch": ("report", "dispatch"), "dispatch_to_accept": ("dispatch", "accept"),
    "accept_to_resolve": ("accept", "resolve"), "report_to_resolve": ("report", "resolve"),
}  # fmt: skip
SHARES: Final = {"p10": 0.1, "first": 0.25, "median": 0.5, "third": 0.75, "p90": 0.9}
LEAST: Final = 10  # of fewer only the median is said and drawn
ALIKE: Final = 0.15  # a bucket's width: closer than this, buckets cannot tell two medians apart
_LOW: Final = 1.0
_LEAST_HIGH: Final = 10_080.0  # a week
Buckets = Mapping[int, int]


def durations(now: Mapping[str, Buckets], before: Mapping[str, Buckets], basis: str, look: Look) -> dict[str, Any]:
    """A row a stage, with `now` and `before`: a band (`p10`, `first`, `median`, `third`, `p90` as places on the axis), their words
    and counts; `change` says which way the median went, and nothing more than the counts allow.
    """
    highest = [bounds(max(each))[1] for stages in (now, before) for each in stages.values() if each]
    axis = Axis(_LOW, max([_LEAST_HIGH, *highest]))
    return {
        "rows": [
            {
                "name": look.word("durations.stage", start=look.name(STAGES[start]), end=look.name(STAGES[end])),
                "now": _band(now.get(stage, {}), axis, look),
                "before": _band(before.get(stage, {}), axis, look),
                "change": _change(now.get(stage, {}), before.get(stage, {}), look),
            }
            for stage, (start, end) in ENDS.items()
        ],
        "ticks": axis.ticks(look),
        "basis": look.word(f"durations.{basis}"),
        "is_empty": not highest,
    }


def _band(counts: Buckets, axis: Axis, look: Look) -> dict[str, Any] | None:
    known = {name: quantile(counts, share) for name, share in SHARES.items()}
    count, median, ninth = sum(counts.values()), known["median"], known["p90"]
    if median is None or ninth is None:
        return None
    shown = known if count >= LEAST else {"median": median}
    return {
        "places": {name: axis.place(minutes) for name, minutes in shown.items() if minutes is not None},
        "median": look.word("durations.median", duration=long(median, look)),
        "p90": look.word("durations.p90", duration=long(ninth, look)) if count >= LEAST else "",
        "count": look.word("durations.count", count=look.number(count)),
    }


def _change(now: Buckets, before: Buckets, look: Look) -> str:
    later, earlier = quantile(now, 0.5), quantile(before, 0.5)
    if later is None or earlier is None:
        return look.word("durations.none")
    if min(sum(now.values()), sum(before.values())) < FEW:
        return look.word("durations.few")
    ratio = later / earlier if earlier else 1.0
    if abs(ratio - 1) < ALIKE:
        return look.word("durations.alike")
    key = "durations.slower" if ratio > 1 else "durations.faster"
    return look.word(key, percent=f"{100 * abs(ratio - 1):.0f}")
