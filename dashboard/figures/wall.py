"""Pictures of the wall's small panels as plain dicts: today's figures, hours, pipeline, what is late or about to be. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from dashboard.figures import flow
from dashboard.i18n import Look
from data.city import City
from data.ledger import Ledger
from data.metrics.registry import Value
from data.trails import REST, Hand
from data.vocabulary import SIGNS, STAGES, STATES

Row = Mapping[str, Any]
MOST_WRONG = 3  # things of a ledger that does not add up: what the header has room for beside the time
MOST_HANDS = 4  # the last ones: what a row has room for


def ledger(found: Ledger, look: Look) -> dict[str, str]:
    """The echo ledger in one line: how many cases still owe an answer; red, with what is wrong, when it does not add up.
    `whole` is all of it, for whoever points at it.
    """
    whole = look.word("ledger.whole", **{name: look.number(count) for name, count in found.counts().items()})
    if found.is_balanced:
        words = look.word("ledger.balanced", unanswered=look.number(found.unanswered))
        return {"kind": "on-time", "words": words, "whole": whole}
    wrong = [look.word("ledger.missing", count=found.missing)] if found.missing else []
    wrong += [f"{look.name(STATES[state])} {count:+d}" for state, count in found.differing_states.items()]
    wrong += found.contradictory
    what = look.word("comma").join(wrong[:MOST_WRONG])
    if len(wrong) > MOST_WRONG:
        what = look.word("ledger.more", what=what, count=look.number(len(wrong) - MOST_WRONG))
    return {"kind": "late", "words": look.word("ledger.broken", what=what), "whole": whole}


TILES: Final = {"resolved": "", "open_now": "", "late_open": "late", "due_today": "risk"}  # metric -> how it looks above zero


def today(figures: Mapping[str, Value], hours: Row, look: Look) -> dict[str, Any]:
    """Today's figures: `reported` with its usual band so far, and four more tiles."""
    reported, low, high = figures["reported"].numerator, hours["usual_low"], hours["usual_high"]
    if low is None:
        band, standing = look.word("usual.unknown"), "unknown"
    else:
        standing = "above" if reported > high else "below" if reported < low else "within"
        band = look.word("usual", low=look.number(low), high=look.number(high))
    top = max(reported, high or 0, 1) * 1.15
    return {
        "reported": look.figure("reported", figures["reported"]),
        "band": band,
        "standing": standing,
        "standing_words": look.word(f"usual.{standing}"),
        "scale": None if low is None else {"low": low / top, "high": high / top, "value": reported / top},
        "tiles": [
            {
                "label": look.word(f"today.{key}"),
                "value": look.figure(key, figures[key]),
                "kind": kind if figures[key].number else "",
            }
            for key, kind in TILES.items()
        ],
    }


def hours(found: Row) -> list[dict[str, Any]]:
    """24 bars with their usual band, as shares of the highest: `value`, `low`, `high`, `is_now`."""
    counts: Sequence[int | None] = found["today"]
    low, high = found["low"] or [0] * 24, found["high"] or [0] * 24
    top = max([1, *(count or 0 for count in counts), *high])
    last = max((hour for hour, count in enumerate(counts) if count is not None), default=0)
    return [
        {"hour": hour, "value": None if count is None else count / top, "count": count, "low": low[hour] / top,
         "high": high[hour] / top, "is_now": hour == last}
        for hour, count in enumerate(counts)
    ]  # fmt: skip


def pipeline(waits: Mapping[str, Row], look: Look, now: datetime) -> list[dict[str, Any]]:
    """One bar a stage: how many wait for it, how long, and how many of them are late."""
    top = max([1, *(each["open_count"] for each in waits.values())])
    bars = []
    for stage, each in waits.items():
        is_waiting = each["oldest_at"] is not None
        median = look.duration(_minutes(each["median_minutes"])) if is_waiting else ""
        bars.append(
            {
                "label": look.word("pipeline.waiting", stage=look.name(STAGES[stage])),
                "count": look.number(each["open_count"]),
                "share": each["open_count"] / top,
                "late_share": each["late_count"] / top,
                "median": look.word("pipeline.median", duration=median) if is_waiting else look.word("pipeline.none"),
                "oldest": look.word("pipeline.oldest", duration=look.duration(now - each["oldest_at"])) if is_waiting else "",
                "late": look.word("pipeline.late", count=look.number(each["late_count"])) if each["late_count"] else "",
            }
        )
    return bars


def _minutes(value: float) -> Any:

    return timedelta(minutes=value)


def due(late: Sequence[Row], soon: Sequence[Row], city: City, look: Look, now: datetime, most: int) -> list[dict[str, str]]:
    """Rows of what is about to be late (nearest first) and of what is late, urgent ones first; at most `most`."""
    soon_rows = [
        _due_row(each, "risk", look.word("due.left", duration=look.duration(each["due_at"] - now)), city, look) for each in soon
    ]
    late_rows = [
        _due_row(each, "late", look.word("due.late", duration=look.duration(now - each["due_at"])), city, look) for each in late
    ]
    half = most // 2
    return late_rows[: max(half, most - len(soon_rows))] + soon_rows[: max(most - half, most - len(late_rows))]


def sign(case: Row, city: City, look: Look, now: datetime) -> dict[str, str]:
    """The row of a case that is nobody's in earnest (`data.chains.signs`): its signs, and the hands it went through, each with
    the time it was there.
    """
    told = [
        look.word("due.bounced", count=case["return_count"])
        if kind == "bounced"
        else look.word("due.sign", sign=look.name(SIGNS[kind]), duration=look.duration(now - since))
        for kind, since in case["signs"]
    ]
    hands = [hand for hand in case["chain"] if hand.organisation_code != REST][-MOST_HANDS:]
    chain = " → ".join(look.word("due.hand", holder=_hand(hand, city, look), duration=look.duration(hand.time)) for hand in hands)
    return _due_row(case, "late", look.word("comma").join(told), city, look) | {"place": "", "holder": chain}


def _hand(hand: Hand, city: City, look: Look) -> str:
    known = city.organisations.get(hand.organisation_code or "")
    return look.name(known.name if known else SIGNS["unowned"])


def _due_row(case: Row, kind: str, words: str, city: City, look: Look) -> dict[str, str]:
    return {
        "kind": kind,
        "category": look.name(city.categories[case["category_code"]].name),
        "place": flow.place(case, city, look),
        "holder": flow.holder(case, city, look),
        "words": words,
    }
