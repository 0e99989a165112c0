"""The flow as one table: from which state which action leads where, who may do it, what it must say, and why it is so.

The table is all there is: `data.lifecycle` walks it, `etl.steps` asks it what a posted step needs, the README prints it.
Sources of the rules: DOMAIN section 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from data.vocabulary import ACTIONS, OPEN_STATES, STATES


@dataclass(frozen=True)
class Transition:
    """One edge. `who` are kinds of organisation (empty: anyone); `needs` are columns of `schema.step` that must be said."""

    state_code: str
    action_code: str
    after_code: str
    who: tuple[str, ...]
    needs: tuple[str, ...]
    why: str


_CENTER: Final = ("center",)
_ROOM: Final = ("center", "town_room", "zone")
_HANDLER: Final = ("center", "town_room", "zone", "department", "village")
_NEEDS: Final = {
    "dispatch": ("to_organisation_code",),
    "return": ("remark",),  # a return always needs its reason and keeps all data
    "suspend": ("until_at",),  # the day it wakes by itself
    "merge": ("master_ref",),
}


def _edge(state: str, action: str, after: str, who: tuple[str, ...], why: str) -> Transition:
    return Transition(state, action, after, who, _NEEDS.get(action, ()), why)


def _everywhere() -> Iterator[Transition]:
    for state in OPEN_STATES:
        yield _edge(state, "close", "closed", (), "A case may close at any level.")
        yield _edge(state, "void", "void", _ROOM, "Not a case: the room or the centre says so, and the report stays counted.")
        yield _edge(state, "merge", "merged", _ROOM, "Told before: its master goes on, and both reporters get the answer.")
        yield _edge(state, "note", state, (), "Progress told; nothing moves.")
        yield _edge(state, "urge", state, (), "Someone asks again; nothing moves.")
        yield _edge(state, "extend", state, (), "More time: one original limit, at most twice, never once overdue.")
        yield _edge(state, "supervise", state, _ROOM, "A leader watches: a flag with a level, not a state.")


_TABLE: Final = (
    _edge("reported", "triage", "town", _ROOM, "The town room takes it on."),
    _edge("reported", "forward", "city", _ROOM, "The town room passes it straight up."),
    _edge("reported", "dispatch", "dispatched", _ROOM, "A centre that skips triage, as in the seed case."),
    _edge("reported", "resolve", "checking", _HANDLER, "Settled on the spot by the reporter's own grid."),
    _edge("town", "forward", "city", _ROOM, "Not within the town's power: three-level handling."),
    _edge("town", "dispatch", "dispatched", _ROOM, "To one of the town's four platforms."),
    _edge("town", "resolve", "checking", _HANDLER, "Two-level handling: the town does it itself."),
    _edge("town", "return", "reported", _ROOM, "Back to the reporter's village for facts."),
    _edge("city", "dispatch", "dispatched", _CENTER, "The city centre hands it to the department whose duty it is."),
    _edge("city", "return", "town", _CENTER, "The town can do this one."),
    _edge("city", "resolve", "checking", _CENTER, "The centre answers an enquiry itself."),
    _edge("dispatched", "accept", "handling", _HANDLER, "The department signs for it."),
    _edge("dispatched", "return", "city", _HANDLER, "Not ours: a reason is required, the handling clock stands."),
    _edge("dispatched", "dispatch", "dispatched", _ROOM, "Corrected by the dispatcher."),
    _edge("dispatched", "resolve", "checking", _HANDLER, "Done without signing for it first: seen in the field."),
    _edge("handling", "return", "city", _HANDLER, "Found not to be ours: a reason is required, the handling clock stands."),
    _edge("handling", "dispatch", "dispatched", _ROOM, "Handed on by the dispatcher."),
    _edge("handling", "suspend", "suspended", _HANDLER, "An obstacle of season or engineering: both clocks stand until its day."),
    _edge("handling", "resume", "handling", _HANDLER, "It woke by itself already; saying so again changes nothing."),
    _edge("handling", "resolve", "checking", _HANDLER, "Done, says the department."),
    _edge("suspended", "resume", "handling", _HANDLER, "Sooner than the day named."),
    _edge("suspended", "resolve", "checking", _HANDLER, "Done while it stood."),
    _edge("checking", "check", "checking", _ROOM, "The check passed; a failed one is a rework."),
    _edge("checking", "rework", "handling", _ROOM, "The check failed: back to whoever did it."),
    _edge("closed", "feedback", "followed_up", (), "The reporter was asked."),
    _edge("closed", "reopen", "handling", (), "It was not settled after all; the case's clock never began anew."),
    _edge("followed_up", "feedback", "followed_up", (), "Asked again."),
    _edge("followed_up", "reopen", "handling", (), "The reporter is not content."),
    *_everywhere(),
)  # fmt: skip

TRANSITIONS: Final = {(each.state_code, each.action_code): each for each in _TABLE}


def proven(action_code: str, step: Mapping[str, Any], *, before: bool) -> bool:
    """Whether there is evidence of what was done, after a step: words told when it was resolved or closed, or a passed check.

    A rework or a reopening takes it back. A step carries no media yet; the reporter's own show what was wrong, not what was done.
    """
    if action_code in ("rework", "reopen"):
        return False
    return before or action_code == "check" or (action_code in ("resolve", "close") and bool(step.get("remark")))


def needs_of(action_code: str) -> tuple[str, ...]:
    """The columns of `schema.step` that a step of this action must say, whatever the state."""
    return _NEEDS.get(action_code, ())


def table() -> list[tuple[str, ...]]:
    """The table for the README: states, action, state after, who may, what is required, why. Edges alike share a row."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for each in TRANSITIONS.values():
        after = "the same" if each.after_code == each.state_code else STATES[each.after_code].en
        key = (ACTIONS[each.action_code].en, after, ", ".join(each.who) or "anyone", ", ".join(each.needs) or "—", each.why)
        rows.setdefault(key, []).append(STATES[each.state_code].en)
    every = [STATES[code].en for code in OPEN_STATES]
    return [("any open" if states == every else ", ".join(states), *key) for key, states in rows.items()]
