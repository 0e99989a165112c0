"""Pictures that compare: periods side by side, days in a row, kinds against their usual, surges. Plain dicts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from dashboard.figures import patterns
from dashboard.i18n import Look
from data.city import City
from data.metrics.registry import Value
from data.patterns.record import Pattern
from data.periods import EPOCH_ON, Period

Row = Mapping[str, Any]
MOST_KINDS: Final = 9
MOST_WARNINGS: Final = 5


def periods(rows: Sequence[Row], look: Look) -> list[dict[str, Any]]:
    """A row for day, week, month and quarter: its days, `reported` and `resolved` with their changes, the on-time rate."""
    return [_period(row, look) for row in rows]


def _period(row: Row, look: Look) -> dict[str, Any]:
    values, stretch = row["values"], row["stretches"]["now"]
    period = Period.holding(row["kind"], stretch.first_on)
    number = stretch.first_on.isocalendar().week
    days = look.word("periods.days", first=f"{stretch.first_on:%m-%d}", last=f"{stretch.last_on:%m-%d}", week=number)
    rate = values["now"]["on_time_rate"] if values["now"] else Value(None, 0, 0)
    return {
        "label": look.word(f"periods.{row['kind']}"),
        "days": f"{stretch.first_on:%m-%d}" if row["kind"] == "day" else days,
        "unfinished": look.word("periods.unfinished", days=(period.last_on - stretch.last_on).days)
        if period.last_on > stretch.last_on
        else "",
        "figures": [
            _figure("reported", row, look),
            _figure("resolved", row, look),
            {
                "label": look.word("periods.on_time"),
                "value": percent(rate.number, look),
                "changes": [
                    interval(rate, look),
                    _points(rate, values["previous"], look),
                ],
            },
        ],
    }


def _figure(key: str, row: Row, look: Look) -> dict[str, Any]:
    numbers = {name: None if values is None else values[key].number for name, values in row["values"].items()}
    value = numbers["now"]
    return {
        "label": look.word(f"today.{key}"),
        "value": "—" if value is None else look.number(value),
        "changes": [look.word(f"change.{name}", change=change(value, numbers[name], look)) for name in ("previous", "year_ago")],
    }


def change(value: float | None, before: float | None, look: Look) -> str:
    """How much more or less than before, in percent; a dash when there is nothing to compare with."""
    if value is None or not before:
        return "—"
    share = 100 * (value - before) / before
    return (
        look.word("change.same")
        if abs(share) < 0.5
        else look.word("change.up" if share > 0 else "change.down", share=f"{abs(share):.0f}")
    )


def _points(rate: Value, before: Mapping[str, Value] | None, look: Look) -> str:
    old = before["on_time_rate"].number if before else None
    if rate.number is None or old is None:
        return look.word("change.previous", change="—")
    return look.word("change.previous", change=points(rate.number - old, look))


def points(difference: float, look: Look) -> str:
    """A difference of two rates, in percentage points."""
    if abs(difference) < 0.05:
        return look.word("change.same")
    return look.word("change.points_up" if difference > 0 else "change.points_down", points=f"{abs(difference):.1f}")


def percent(number: float | None, look: Look) -> str:
    """A rate in percent; a dash without a denominator."""
    return "—" if number is None else look.word("percent", number=f"{number:.1f}")


def interval(rate: Value, look: Look) -> str:
    """The 95 % interval of a rate, or nothing."""
    return "" if rate.low is None or rate.high is None else look.word("interval", low=f"{rate.low:.1f}", high=f"{rate.high:.1f}")


def trend(found: Row, look: Look) -> dict[str, Any]:
    """28 days as bars, tomorrow as a band: shares of the highest, and what stands in words."""
    days, tomorrow = found["days"], found["tomorrow"]
    low, high = (tomorrow.certainty.low, tomorrow.certainty.high) if tomorrow else (0.0, 0.0)
    top = max([1, *(count for _, count in days), high])
    bars = []
    for day, count in days:
        on = EPOCH_ON + timedelta(days=day)
        is_week_end = on.weekday() >= 5
        bars.append(
            {
                "value": count / top,
                "label": f"{on:%m-%d}" if on.weekday() == 0 else "",
                "is_quiet": is_week_end,
                "is_now": day == days[-1][0],
            }
        )
    words = look.word("trend.unknown")
    if tomorrow:
        held = patterns.rate(tomorrow.track, look)
        words = look.word("trend.tomorrow", low=look.number(low), high=look.number(high), rate=held)
    return {"bars": bars, "band": {"low": low / top, "high": high / top} if tomorrow else None, "words": words}


def composition(found: Mapping[str, tuple[int, float | None]], city: City, look: Look) -> list[dict[str, Any]]:
    """A row for each kind, most first: bar of the last seven days, tick of the mean week before, change."""
    ranked = sorted(found.items(), key=lambda each: (-each[1][0], each[0]))[:MOST_KINDS]
    top = max([1, *(count for _, (count, _) in ranked), *(usual or 0 for _, (_, usual) in ranked)])
    return [
        {
            "label": look.name(city.categories[code].name) if code in city.categories else code,
            "bar": count / top,
            "tick": None if usual is None else usual / top,
            "value": look.number(count),
            "note": change(count, usual, look),
        }
        for code, (count, usual) in ranked
    ]


def warnings(found: Sequence[Pattern], city: City, look: Look) -> list[dict[str, Any]]:
    """A row for each surge with its evidence, how sure it is, and how often such a one went on before."""
    return [
        {
            "kind": "risk",
            "label": patterns.category(each, city, look),
            "words": look.word(
                "warnings.evidence", **{name: look.number(each.evidence[name]) for name in ("count", "low", "high")}
            ),
            "note": look.word("warnings.strength", p=patterns.small(each.certainty.value), rate=patterns.rate(each.track, look)),
        }
        for each in found[:MOST_WARNINGS]
    ]
