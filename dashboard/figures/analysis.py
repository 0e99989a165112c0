"""Pictures of the analysis page: tiles, bars of parts, the columns of a trend, the values of areas. Plain dicts. Pure.

A mark carries where it leads (`href`: the page with that part as its filter; `open`: the incidents behind its figure), its
words, and its place between 0 and 1; a table of the same marks is made of their `cells`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from dashboard.figures.comparisons import change, points
from dashboard.figures.durations import ENDS
from dashboard.figures.scale import long
from dashboard.i18n import Look
from data.buckets import quantile
from data.metrics.registry import METRICS, Value
from data.vocabulary import STAGES

Pair = tuple[Value, Value | None]
Go = Callable[..., str]
MOST_BARS: Final = 12
STEPS: Final = 5
LATE: Final = ("late_open",)  # abnormal by itself: it is doubled by a shape


def exact(key: str, value: Value | None, look: Look) -> str:
    """A figure to the last case: an analyst counts them. A dash without a denominator."""
    if value is None or value.number is None:
        return look.word("figure.none")
    metric = METRICS[key]
    return look.word("percent", number=f"{value.number:.{metric.decimals}f}") if metric.is_rate else f"{value.number:,.0f}"


def changed(key: str, pair: Pair, look: Look) -> str:
    """How much more or less than before: in percent, of rates in points."""
    value, before = pair
    if before is None:
        return ""
    if not METRICS[key].is_rate:
        return change(value.number, before.number, look)
    if value.number is None or before.number is None:
        return look.word("figure.none")
    return points(value.number - before.number, look)


def tiles(figures: Mapping[str, Pair], look: Look, go: Go, chosen: str) -> list[dict[str, Any]]:
    """The figures at the top: each opens, and each can be what the pictures show."""
    found = []
    for key, pair in figures.items():
        metric, value = METRICS[key], pair[0]
        label = look.name(metric.words)
        parts = look.word("analysis.parts", hit=f"{value.numerator:,}", whole=f"{value.denominator:,}") if value.denominator else ""
        found.append(
            {
                "key": key,
                "label": label,
                "value": exact(key, value, look),
                "unit": "" if metric.is_rate else look.name(metric.unit),
                "change": changed(key, pair, look),
                "before": exact(key, pair[1], look) if pair[1] else "",
                "parts": parts,
                "late": key in LATE and bool(value.numerator),
                "chosen": key == chosen,
                "href": go(metric=key),
                "open": go(opened=key),
            }
        )
    return found


def bars(
    pairs: Mapping[str, Pair],
    key: str,
    look: Look,
    name_of: Callable[[str], str],
    href: Callable[[str], str],
    opens: Callable[[str], str],
    chosen: str = "",
    leads: Callable[[str], bool] = lambda code: True,
) -> dict[str, Any]:
    """A bar for each part, the most first: its value, the one before as a tick, of a rate its interval."""
    metric = METRICS[key]
    ranked = sorted(pairs.items(), key=lambda each: (-(each[1][0].number or 0), -(each[1][0].denominator or 0), each[0]))
    shown = [
        each
        for each in ranked
        if each[1][0].numerator or each[1][0].denominator or (each[1][1] and each[1][1].numerator) or each[0] == chosen
    ]
    top = 100.0 if metric.is_rate else max([1.0, *(value.number or 0 for pair in pairs.values() for value in pair if value)])
    marks = []
    nothing = look.word("figure.none")
    for code, pair in shown:
        value, before = pair
        words, note, label = exact(key, value, look), changed(key, pair, look), name_of(code)
        few = metric.is_rate and not value.is_ranked(metric.minimum)
        whole = f"{value.numerator:,}/{value.denominator or 0:,}" if metric.is_rate else ""
        marks.append(
            {
                "key": code,
                "label": label,
                "value": (value.number or 0) / top,
                "words": words,
                "note": note,
                "whole": whole,
                "few": few,
                "tick": None if before is None or before.number is None else before.number / top,
                "low": None if value.low is None else value.low / top,
                "high": None if value.high is None else value.high / top,
                "href": href(code) if leads(code) else None,
                "open": opens(code),
                "chosen": code == chosen,
                "cells": [
                    label,
                    words,
                    *([whole] if metric.is_rate else []),
                    exact(key, before, look) if before else nothing,
                    note,
                ],
            }
        )
    return {
        "kind": "bars",
        "marks": marks,
        "most": MOST_BARS,
        "columns": columns(key, look),
        "empty": look.word("analysis.nothing"),
    }


def columns(key: str, look: Look) -> list[str]:
    """The head of a picture's table."""
    whole = [look.word("analysis.of_whole")] if METRICS[key].is_rate else []
    return [
        look.word("analysis.name"),
        look.name(METRICS[key].words),
        *whole,
        look.word("analysis.before"),
        look.word("analysis.change"),
    ]


def stepped(drawn: dict[str, Any], level: str, on: str, area_code: str) -> dict[str, Any]:
    """Bars of areas with a map beside them: each in one of five steps between nothing and the most."""
    values = [mark["value"] for mark in drawn["marks"]] or [0.0]
    # Rates lie close together: their steps lie between the least and the most of them.
    low = min(values) if any(mark["whole"] for mark in drawn["marks"]) else 0.0
    for mark in drawn["marks"]:
        mark["step"] = min(STEPS, 1 + int((mark["value"] - low) / (max(values) - low or 1) * STEPS))
    return drawn | {"kind": "areas", "borders": f"/geo/{area_code}/{level}.geojson?on={on}"}


def trend(
    marks: Sequence[Any],
    key: str,
    look: Look,
    *,
    name_of: Callable[[str], dict[str, Any]],
    href: Callable[[str], str],
    opens: Callable[[str], str],
    groups: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """A column for each period; `name_of` gives `label`, `long`, `is_off`, `holiday` and `is_unfinished` of one.

    `groups` are the periods above them: `label`, `first`, `last` (places) and `href`.
    """
    metric = METRICS[key]
    numbers = [
        number
        for mark in marks
        for number in (*(each.number or 0 for each in (mark.value, mark.before) if each), *(mark.usual or ()))
    ]
    top = 100.0 if metric.is_rate else max([1.0, *numbers])
    drawn: list[dict[str, Any]] = []
    nothing = look.word("figure.none")
    for mark in marks:
        said = name_of(mark.name)
        pair = (mark.value, mark.before) if mark.value is not None else None
        words = exact(key, mark.value, look) if mark.value is not None else look.word("analysis.to_come")
        usual = look.word("analysis.usual", low=f"{mark.usual[0]:.0f}", high=f"{mark.usual[1]:.0f}") if mark.usual else ""
        note = changed(key, pair, look) if pair else ""
        drawn.append(
            {
                "key": mark.name,
                "label": said["label"],
                "long": said["long"],
                "words": words,
                "note": note,
                "usual": usual,
                "value": None if mark.value is None else (mark.value.number or 0) / top,
                "low": mark.usual[0] / top if mark.usual else None,
                "high": mark.usual[1] / top if mark.usual else None,
                "standing": "" if said["is_unfinished"] else _standing(mark),
                "tick": mark.before.number / top if mark.before and mark.before.number is not None else None,
                "off": said["is_off"],
                "holiday": said["holiday"],
                "unfinished": said["is_unfinished"],
                "href": href(mark.name),
                "open": opens(mark.name) if mark.value is not None else None,
                "cells": [said["long"], words, usual or nothing, exact(key, mark.before, look) if mark.before else nothing, note],
            }
        )
    head = [
        look.word("analysis.name"),
        look.name(metric.words),
        look.word("analysis.usual_head"),
        look.word("analysis.before"),
        look.word("analysis.change"),
    ]
    axis = {"top": f"{top:,.0f}" + (" %" if metric.is_rate else ""), "groups": list(groups)}
    return {"kind": "columns", "marks": drawn, "columns": head, "empty": look.word("analysis.no_days"), **axis}


def stages(found: Mapping[str, Mapping[str, Mapping[int, int]]] | None, look: Look) -> dict[str, Any]:
    """A row a stage: its median, the time nine in ten take, how many, and the median before; each off by less than 15 %."""
    head = [look.word(f"analysis.stages.{name}") for name in ("stage", "median", "p90", "count", "before")]
    if found is None:
        return {"kind": "table", "columns": head, "rows": [], "empty": look.word("analysis.stages.not_crossed")}
    rows = []
    for stage, (start, end) in ENDS.items():
        now, before = found["now"].get(stage, {}), found.get("before", {}).get(stage, {})
        words = [_long(now, 0.5, look), _long(now, 0.9, look), f"{sum(now.values()):,}", _long(before, 0.5, look)]
        name = look.word("durations.stage", start=look.name(STAGES[start]), end=look.name(STAGES[end]))
        rows.append([{"text": name}, *({"text": each, "strong": place == 0} for place, each in enumerate(words))])
    return {"kind": "table", "columns": head, "rows": rows}


def _long(buckets: Mapping[int, int], share: float, look: Look) -> str:
    minutes = quantile(buckets, share)
    return look.word("figure.none") if minutes is None else long(minutes, look)


def _standing(mark: Any) -> str:
    """`above` where a count is far above what is usual: beyond Tukey's fence (1977) and twice the spread of a Poisson count.

    A quarter of all days lies above the band by its making: that alone is nothing to point at.
    """
    if mark.usual is None or mark.value is None or mark.value.number is None:
        return ""
    low, high = mark.usual
    return "above" if mark.value.number > high + max(1.5 * (high - low), 2 * max(high, 1) ** 0.5) else ""
