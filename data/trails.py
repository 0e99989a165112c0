"""The way of a case in two short texts on its own row: which steps it took, and whose hands it went through. Pure.

`path_text` is the report and every step that moves something, in time: a letter for its action and the microseconds
since the one before (`rd360000000a92520000000` is reported, dispatched after six minutes, accepted after 25 h 42 min).
`hands_text` is a JSON list of [organisation code, microseconds]: every hand before the present one, from the report on;
`null` is nobody's while the case was open, "" the rest it had between its close and its being opened again. What a case
adds to the counts of ways (`data.paths`) follows from these two alone, so a change can take back exactly what was added,
whatever the rules have become since.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import orjson

from data.holders import Holding
from data.vocabulary import BESIDE_THE_PATH, ENDED_STATES

Row = Mapping[str, Any]
# Fixed for good: they stand in the rows.
LETTERS: Final = {
    "report": "r", "triage": "t", "forward": "f", "dispatch": "d", "accept": "a", "return": "b", "suspend": "s", "resume": "u",
    "resolve": "e", "check": "k", "rework": "w", "close": "c", "feedback": "q", "reopen": "o", "merge": "m", "void": "v",
}  # fmt: skip
ACTION_OF: Final = {letter: action for action, letter in LETTERS.items()}
LONGEST: Final = 400  # steps of a path; what comes after is left out, and said by a plus at the end of its letters
REST: Final = ""
_MORE: Final = "+"
_STEP: Final = re.compile(r"([a-z])(-?\d*)")
_MICROSECOND: Final = timedelta(microseconds=1)


class Hand(NamedTuple):
    """One hand a case was in, from its first instant to its last (excluded); nobody's when the code is `None`, at rest when
    it is empty.
    """

    organisation_code: str | None
    from_at: datetime
    to_at: datetime

    @property
    def time(self) -> timedelta:
        return self.to_at - self.from_at


def path_text(reported_at: datetime, steps: Iterable[Row]) -> str:
    """The path of a case from its steps, which are in replay order."""
    moved = [(step["at"], LETTERS[step["action_code"]]) for step in steps if step["action_code"] not in BESIDE_THE_PATH]
    place = next((number for number, (at, _) in enumerate(moved) if at >= reported_at), len(moved))
    moved.insert(place, (reported_at, LETTERS["report"]))
    before = moved[0][0]
    parts = []
    for at, letter in moved[:LONGEST]:
        gap = (at - before) // _MICROSECOND
        parts.append(f"{letter}{gap}" if gap else letter)
        before = at
    return "".join(parts) + (_MORE if len(moved) > LONGEST else "")


def letters_of(text: str) -> str:
    """The path without its times: what two cases of one variant have in common."""
    return "".join(character for character in text if character.isalpha() or character == _MORE)


def gaps_of(text: str) -> list[tuple[str, int]]:
    """The steps of a path in order: letter, microseconds since the step before (0 for the first)."""
    return [(letter, int(gap or 0)) for letter, gap in _STEP.findall(text)]


def activities_of(letters: str) -> tuple[str, ...]:
    """The actions that the letters of a path stand for."""
    return tuple(ACTION_OF[letter] for letter in letters if letter in ACTION_OF)


def hands_text(holdings: Sequence[Holding], until: datetime) -> str:
    """The hands of a case up to an instant, from its holdings; holdings of one hand in a row are one."""
    hands: list[list[Any]] = []
    for each in holdings:
        if each.from_at >= until:
            break
        held = (min(each.to_at, until) - each.from_at) // _MICROSECOND
        code = REST if each.state_code in ENDED_STATES else each.holder_code
        if hands and hands[-1][0] == code:
            hands[-1][1] += held
        else:
            hands.append([code, held])
    return orjson.dumps(hands).decode() if hands else ""


def read_hands(text: str) -> list[tuple[str | None, int]]:
    """The hands before the present one: organisation code, microseconds held."""
    return [(code, held) for code, held in orjson.loads(text)] if text else []


def hands_of(case: Row, now: datetime) -> list[Hand]:
    """The chain of hands of a case up to `now`, the present one last; their times sum to what has elapsed.

    `case` has `reported_at`, `hands_text`, `holder_code` and `ended_at`.
    """
    at: datetime = case["reported_at"]
    hands = []
    for code, held in read_hands(case["hands_text"]):
        hands.append(Hand(code, at, at + held * _MICROSECOND))
        at = hands[-1].to_at
    if case["ended_at"] is None and now > at:
        hands.append(Hand(case["holder_code"], at, now))
    return hands
