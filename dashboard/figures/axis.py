"""The flow of one case on one axis of time, as a plain dict: its steps, and two clocks as two tracks. Pure.

Six minutes and four months stand on one axis: each gap between two steps has an equal share and one by the logarithm of its
length; what lies within a gap (a deadline, a pause) divides it in the same way. Every gap says its length in words.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any, Final

from dashboard.figures import chain, flow
from dashboard.figures.scale import brief
from dashboard.i18n import Look
from data.city import City
from data.holders import Holding
from data.lateness import late_from
from data.lifecycle import in_order, replay
from data.periods import county_date
from data.vocabulary import ACTIONS, PROBLEMS, STATES

Row = Mapping[str, Any]
MOST_STEPS: Final = 9
MOST_FACTS: Final = 2  # of stages: from report to dispatch, from dispatch to acceptance
EQUAL: Final = 0.6  # of the axis is shared alike, the rest by logarithms
NOT_ASKED: Final = ("merged", "void")  # a deadline that lay ahead of these is none
_TICK: Final = timedelta(microseconds=1)
_QUIET: Final = ("note", "urge", "supervise")  # they move neither the case nor a deadline


class Scale:
    """Instants as 0 to 1: gaps between `stops`, each divided at the `knots` within it. Two stops of one instant stand apart."""

    def __init__(self, stops: Sequence[datetime], knots: Sequence[datetime]) -> None:
        self.stops = [0.0]
        self._places: dict[datetime, float] = {stops[0]: 0.0}
        for (start, end), width in zip(pairwise(stops), _widths(stops), strict=True):
            at = self.stops[-1]
            inner = [start, *sorted({knot for knot in knots if start < knot < end}), end]
            for knot, part in zip(inner[1:], _widths(inner), strict=True):
                at += width * part
                self._places[knot] = at
            self.stops.append(at)
        self._known = sorted(self._places)

    def place(self, at: datetime) -> float:
        """Between two known instants evenly, beyond the ends at the ends."""
        later = next((each for each in self._known if each >= at), self._known[-1])
        earlier = next((each for each in reversed(self._known) if each <= at), self._known[0])
        if later <= earlier:
            return self._places[later]
        part = (at - earlier) / (later - earlier)
        return self._places[earlier] + part * (self._places[later] - self._places[earlier])

    def piece(self, start: datetime, end: datetime, **facts: Any) -> dict[str, Any]:
        left = self.place(start)
        return {"left": round(left, 4), "width": round(self.place(end) - left, 4), **facts}


def _widths(stops: Sequence[datetime]) -> list[float]:
    """Shares of the gaps between stops, which sum to 1."""
    logs = [math.log10(1 + max((end - start).total_seconds(), 0) / 60) for start, end in pairwise(stops)]
    if not sum(logs):
        return [1 / len(logs)] * len(logs)
    return [EQUAL / len(logs) + (1 - EQUAL) * each / sum(logs) for each in logs]


def timeline_axis(case: Row, steps: Sequence[Row], city: City, look: Look, now: datetime) -> dict[str, Any]:
    """One case on one axis: `steps` with their times as exactly as known, the `waits` between them, the `case_clock` in pieces
    (`run`, `late`, `pause`, `ahead`), the `holder_clock` hand by hand, the `deadline` as a tick and the `breaches` of a holder's
    time, all as shares of the axis; and what is said of it in words.
    """
    end = case["ended_at"] or now
    condition = replay(case, steps, city.rules, end)
    due = case["due_at"] if case["state_code"] not in NOT_ASKED or case["due_at"] is None or case["due_at"] <= end else None
    marks, left_out = _marks(case, steps, look, now)
    breaches = [*_breaches(case, steps, city, condition.holdings)]
    pauses = [each for each in condition.holdings if each.state_code == "suspended"]
    hands = chain.links(condition.holdings)
    stops = list(accumulate((each["at"] for each in marks), max))
    if due is not None and due > stops[-1]:
        stops.append(due)
    knots = [due, *(at for each in pauses for at in (each.from_at, each.to_at)), *(each[1] for each in hands),
             *(each.from_at for each in breaches)]  # fmt: skip
    scale = Scale(stops, [each for each in knots if each is not None])
    return {
        "number": flow.number(case),
        "category": look.name(city.categories[case["category_code"]].name),
        "state": look.name(STATES[case["state_code"]]),
        "text": look.word("restricted") if case["is_restricted"] else case["report_text"],
        "place": flow.place(case, city, look),
        "steps": [_step(mark, before, left, case, look, now)
                  for mark, before, left in zip(marks, [None, *marks], scale.stops, strict=False)],
        "waits": _waits(marks, scale.stops, left_out, case, look),
        "case_clock": _case_clock(case, pauses, scale, city, look, end, max(end, due or end)),
        "holder_clock": [_hand(each, place, scale, city, look) for place, each in enumerate(hands)],
        "deadline": None if due is None else
        {"left": round(scale.place(due), 4), "label": look.word("axis.due", due=flow.due_on(due, look)),
         "is_late": end > due and late_from(due, case["resolved_at"]) is not None},
        "breaches": [scale.piece(each.from_at, each.to_at, words=_breach(each, city, look)) for each in breaches],
        "facts": flow.facts(case, look)[:MOST_FACTS],
        "elapsed": look.word("axis.elapsed", duration=look.duration(end - case["reported_at"])),
        "verdict": flow.verdict(case, city, look, now),
    }  # fmt: skip


def _marks(case: Row, steps: Sequence[Row], look: Look, now: datetime) -> tuple[list[dict[str, Any]], int]:
    """What stands on the axis, the report first; of a long log its beginning and its end, and how many were left out between."""
    first = {"action_code": "report", "at": case["reported_at"], "precision_code": case["reported_precision"], "problem_code": ""}
    known: list[Row] = [first, *(step for step in in_order(steps) if step["action_code"] not in _QUIET and step["at"] <= now)]
    marks = [{"action": look.name(ACTIONS[each["action_code"]]), "at": each["at"], "precision": each["precision_code"],
              "problem": each["problem_code"]} for each in known]  # fmt: skip
    if case["ended_at"] is None:
        marks.append({"action": look.word("timeline.now"), "at": now, "precision": "now", "problem": ""})
    left_out = max(len(marks) - MOST_STEPS, 0)
    return [marks[0], *marks[1 + left_out :]], left_out


def _step(mark: Row, before: Row | None, left: float, case: Row, look: Look, now: datetime) -> dict[str, Any]:
    at, precision = mark["at"], mark["precision"]
    year, this_year = at.astimezone(look.zone).year, now.astimezone(look.zone).year
    # The day is said once: labels of steps that follow each other closely would touch.
    is_said = (
        before is not None and before["precision"] != "day" and county_date(before["at"], look.zone) == county_date(at, look.zone)
    )
    is_clock_enough = is_said and precision in ("minute", "second")
    moment = "" if precision == "now" else look.clock(at) if is_clock_enough else look.moment(at, precision)
    is_first_of_another_year = at == case["reported_at"] and year != this_year
    return {
        "left": round(left, 4),
        "action": mark["action"],
        "time": f"{year}-{moment}" if is_first_of_another_year else moment,
        "mark": look.word("timeline.impossible", reason=look.name(PROBLEMS[mark["problem"]])) if mark["problem"] else "",
        "state": "impossible" if mark["problem"] else "waiting" if precision == "now" else "done",
    }


def _waits(marks: Sequence[Row], stops: Sequence[float], left_out: int, case: Row, look: Look) -> list[dict[str, Any]]:
    waits, late = [], late_from(case["due_at"], case["resolved_at"])
    for place, (earlier, later) in enumerate(pairwise(marks)):
        elapsed = max(later["at"] - earlier["at"], timedelta())
        # Where only the day is known, hours would be invented.
        is_vague = "day" in (earlier["precision"], later["precision"])
        words = look.word("axis.about_days", days=round(elapsed / timedelta(days=1))) if is_vague else look.duration(elapsed)
        if place == 0 and left_out:
            words = look.word("axis.more", count=left_out, duration=brief(elapsed.total_seconds() / 60, look))
        waits.append({"left": round(stops[place], 4), "width": round(stops[place + 1] - stops[place], 4), "words": words,
                      "is_late": late is not None and later["at"] > late})  # fmt: skip
    if len(stops) > len(marks):
        end = case["ended_at"] or marks[-1]["at"]
        key = "due.left" if case["ended_at"] is None else "axis.early"
        words = look.word(key, duration=look.duration(case["due_at"] - (case["resolved_at"] or end)))
        waits.append({"left": round(stops[-2], 4), "width": round(stops[-1] - stops[-2], 4), "words": words, "is_late": False})
    return waits


def _case_clock(
    case: Row, pauses: Sequence[Holding], scale: Scale, city: City, look: Look, end: datetime, last: datetime
) -> list[dict[str, Any]]:
    start, due = case["reported_at"], late_from(case["due_at"], case["resolved_at"])
    turns = {start, end, *(at for each in pauses for at in (each.from_at, each.to_at))} | ({due} if due is not None else set())
    words = {"run": flow.limit_words(case, city, look), "late": flow.verdict(case, city, look, end)["words"],
             "pause": look.name(STATES["suspended"])}  # fmt: skip
    pieces = []
    for begin, stop in pairwise(sorted(each for each in turns if start <= each <= end)):
        is_paused = any(each.from_at <= begin < each.to_at for each in pauses)
        kind = "pause" if is_paused else "late" if due is not None and begin >= due else "run"
        pieces.append(scale.piece(begin, stop, kind=kind, words=words[kind]))
        words |= {kind: ""}  # said once
    return [*pieces, scale.piece(end, last, kind="ahead", words="")] if last > end else pieces


def _hand(link: chain.Link, place: int, scale: Scale, city: City, look: Look) -> dict[str, Any]:
    code, from_at, to_at = link
    return scale.piece(from_at, to_at, name=chain.name(code, city, look), time=look.duration(to_at - from_at), shade=place % 2)


def _breaches(case: Row, steps: Sequence[Row], city: City, holdings: Sequence[Holding]) -> Iterator[Holding]:
    """The parts of holdings beyond the holder's own deadline, as it stood just before the case left that hand."""
    for each in holdings:
        due = replay(case, steps, city.rules, each.to_at - _TICK).holder_due_at
        if due is not None and due < each.to_at:
            yield Holding(each.holder_code, each.state_code, max(due, each.from_at), each.to_at)


def _breach(each: Holding, city: City, look: Look) -> str:
    facts = {"holder": chain.name(each.holder_code, city, look), "state": look.name(STATES[each.state_code])}
    return look.word("axis.breach", **facts, duration=look.duration(each.time))
