"""Pictures of the flow as plain dicts: the timeline of one case. Pure: same case, same dict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from dashboard.i18n import Look
from data.city import City
from data.holders import time_per_holder
from data.lateness import late_from
from data.lifecycle import in_order, replay
from data.periods import county_date
from data.vocabulary import ACTIONS, PROBLEMS, STAGES, STATES

Row = Mapping[str, Any]
QUIET: Final = ("note", "urge")  # they move nothing
MOST_NODES: Final = 8
_TICK: Final = timedelta(microseconds=1)


def timeline(
    case: Row, steps: Sequence[Row], city: City, look: Look, now: datetime, master: Row | None = None, merged: Sequence[Row] = ()
) -> dict[str, Any]:
    """The flow timeline of one incident: `nodes` at equal gaps with the wait before each in words, so that six minutes and
    four months are both legible; `facts` between stages, and on what it was merged with (`data.links.Family`); the `verdict`
    on its deadline, with the reason.
    """
    return {
        "number": number(case),
        "category": look.name(city.categories[case["category_code"]].name),
        "state": look.name(STATES[case["state_code"]]),
        "text": look.word("restricted") if case["is_restricted"] else case["report_text"],
        "place": place(case, city, look),
        "holder": holder(case, city, look),
        "nodes": _nodes(case, steps, city, look, now),
        "facts": [*_linked(master, merged, look), *facts(case, look), *_held(case, steps, city, look, now)],
        "verdict": verdict(case, city, look, now),
    }


def number(case: Row) -> str:
    """The number people quote: the UTC date of receipt and the running number, as in the feed."""
    return f"{case['received_at']:%Y%m%d}-{case['id']:06d}"


def _linked(master: Row | None, merged: Sequence[Row], look: Look) -> list[str]:
    facts = [] if master is None else [look.word("timeline.master", number=number(master))]
    return [*facts, look.word("timeline.merged", count=len(merged))] if merged else facts


def place(case: Row, city: City, look: Look) -> str:
    """Township and village of an incident, as far as known."""
    codes = [case["township_code"], case["village_code"]]
    return " · ".join(look.name(city.area(code).name) for code in codes if code)


def holder(case: Row, city: City, look: Look) -> str:
    """Who holds it now, or nothing."""
    code = case["holder_code"]
    return look.name(city.organisations[code].name) if code in city.organisations else ""


def _nodes(case: Row, steps: Sequence[Row], city: City, look: Look, now: datetime) -> list[dict[str, Any]]:
    nodes = [{"action": look.name(ACTIONS["report"]), "at": case["reported_at"], "precision": case["reported_precision"],
              "who": "", "problem": ""}]  # fmt: skip
    for step in in_order(steps):
        if step["action_code"] not in QUIET:
            who = city.organisations.get(step["organisation_code"])
            nodes.append({"action": look.name(ACTIONS[step["action_code"]]), "at": step["at"], "precision": step["precision_code"],
                          "who": look.name(who.name) if who else "", "problem": step["problem_code"]})  # fmt: skip
    left_out = max(len(nodes) - MOST_NODES, 0)
    waits = [None] + [later["at"] - earlier["at"] for earlier, later in pairwise(nodes)]
    shown = [(nodes[0], None), *[(nodes[place], waits[place]) for place in range(1 + left_out, len(nodes))]]
    drawn = [_node(node, wait, case, look) for node, wait in shown]
    if left_out:
        drawn[1]["wait"] = look.word("timeline.more", count=left_out)
    if case["ended_at"] is None:
        drawn.append({"action": look.word("timeline.now"), "time": "", "who": holder(case, city, look), "mark": "",
                      "wait": look.word("timeline.waiting", duration=look.duration(now - nodes[-1]["at"])),
                      "state": "waiting", "is_late": _is_past(case, now)})  # fmt: skip
    return drawn


def _node(node: Row, wait: timedelta | None, case: Row, look: Look) -> dict[str, Any]:
    return {
        "action": node["action"],
        "time": look.moment(node["at"], node["precision"]),
        "who": node["who"],
        "mark": look.word("timeline.impossible", reason=look.name(PROBLEMS[node["problem"]])) if node["problem"] else "",
        "wait": "" if wait is None else look.duration(max(wait, timedelta())),
        "state": "impossible" if node["problem"] else "done",
        "is_late": _is_past(case, node["at"]),
    }


def _is_past(case: Row, at: datetime) -> bool:
    late = late_from(case["due_at"], case["resolved_at"])
    return late is not None and at > late


_FACTS: Final = (("report", "dispatch", "reported_at", "dispatched_at"), ("dispatch", "accept", "dispatched_at", "accepted_at"),
                 ("accept", "resolve", "accepted_at", "resolved_at"))  # fmt: skip


def facts(case: Row, look: Look) -> list[str]:
    """How long each stage took that is over, and the whole once it has ended."""
    said = []
    for start, end, from_name, to_name in _FACTS:
        if case[from_name] is not None and case[to_name] is not None:
            duration = look.duration(case[to_name] - case[from_name])
            said.append(look.word("timeline.fact", start=look.name(STAGES[start]), end=look.name(STAGES[end]), duration=duration))
    if case["ended_at"] is not None:
        said.append(look.word("timeline.whole", duration=look.duration(case["ended_at"] - case["reported_at"])))
    return said


def _held(case: Row, steps: Sequence[Row], city: City, look: Look, now: datetime) -> list[str]:
    """The holder's clock while it is open; once it has ended, who had it longest."""
    if case["ended_at"] is None:
        who = holder(case, city, look)
        if not who or case["holder_since_at"] is None:
            return []
        facts = [look.word("timeline.held", holder=who, duration=look.duration(max(now - case["holder_since_at"], timedelta())))]
        due = case["holder_due_at"]
        return facts if due is None else [*facts, look.word("timeline.held_due", due=due_on(due, look))]
    charged = time_per_holder(replay(case, steps, city.rules).holdings)
    known = {code: time for code, time in charged.items() if code in city.organisations}
    if len(known) < 2:
        return []
    longest = max(known, key=lambda code: known[code])
    name = look.name(city.organisations[str(longest)].name)
    return [look.word("timeline.longest", holder=name, duration=look.duration(known[longest]))]


def verdict(case: Row, city: City, look: Look, now: datetime) -> dict[str, str]:
    """Is it late, by how much and why: `kind` (late, risk, on-time, none), `words` and the `reason`."""
    due = case["due_at"]
    if due is None:
        key = "verdict.unpublished" if case["due_basis_code"] == "calendar_unpublished" else "verdict.none"
        return {"kind": "none", "words": look.word(key), "reason": ""}
    end = case["resolved_at"] or case["ended_at"] or now
    if end > due:
        return {"kind": "late", "words": _lateness(due, end, look), "reason": _reason(case, city, look)}
    if case["resolved_at"] is None and case["ended_at"] is None:
        words = look.word("verdict.due", due=due_on(due, look), duration=look.duration(due - now))
        is_near = case["at_risk_at"] is not None and case["at_risk_at"] <= now
        return {"kind": "risk" if is_near else "on-time", "words": words, "reason": limit_words(case, city, look)}
    return {"kind": "on-time", "words": look.word("verdict.in_time"), "reason": _reason(case, city, look)}


def _lateness(due: datetime, end: datetime, look: Look) -> str:
    days = (county_date(end, look.zone) - county_date(due - _TICK, look.zone)).days
    return look.word("verdict.late_days", days=days) if days >= 2 else look.word("verdict.late", duration=look.duration(end - due))


def due_on(due: datetime, look: Look) -> str:
    """A deadline in words: its day, and its minute where it does not end with its day."""
    local = (due - _TICK).astimezone(look.zone)
    # A limit in days ends with its day; one in hours has its minute.
    return look.day(local.date()) if due.astimezone(look.zone).time().isoformat() == "00:00:00" else f"{local:%Y-%m-%d %H:%M}"


def limit_words(case: Row, city: City, look: Look) -> str:
    """How much time the case was given, or nothing."""
    if case["due_basis_code"] == "extended":
        return look.word("limit.extended")
    rule = city.limit_rule("finish", case["category_code"], case["condition_code"])
    return look.word(f"limit.{rule.limit.type_code}", value=f"{rule.limit.value:g}") if rule else ""


def _reason(case: Row, city: City, look: Look) -> str:
    facts = {"limit": limit_words(case, city, look), "due": due_on(case["due_at"], look)}
    end = case["closed_at"] or case["resolved_at"] or case["ended_at"]
    if end is None:
        parts = [look.word("verdict.open", **facts)]
    else:
        action = STATES["closed"] if case["closed_at"] else ACTIONS["resolve"]
        parts = [look.word("verdict.ended", **facts, end=look.day(county_date(end, look.zone)), action=look.name(action))]
    if case["extend_count"] or case["suspend_count"]:
        parts.append(look.word("verdict.exceptions", extend=case["extend_count"], suspend=case["suspend_count"]))
    else:
        parts.append(look.word("verdict.no_exception"))
    if case["return_count"]:
        parts.append(look.word("verdict.returned", count=case["return_count"]))
    return look.word("comma").join(parts)
