"""The echo ledger 事事有回音、件件有落实: every report received has its place, and who is still owed an answer.

At every instant: received = open + settled + merged + void. What came in and where everything stands are counted apart
(by the day of the report, and by state), and the open ones once more from the rows themselves; so an entry that was
lost or doubled anywhere shows as a difference, and a row that contradicts itself is named. Pure arithmetic on
`data.sums.ledger_counts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data.vocabulary import OPEN_STATES

MOST_NAMED = 5


@dataclass(frozen=True)
class Ledger:
    """The ledger of an area: counts of reports, and what does not add up, if anything."""

    received: int
    open: int
    settled: int
    merged: int
    void: int
    answered: int  # of the settled
    missing: int  # received, but in no place; below zero: in more places than were received
    differing_states: dict[str, int]  # state -> counted minus found among the rows
    contradictory: list[str]  # numbers of incidents whose columns contradict each other, the first few

    @property
    def unanswered(self) -> int:
        """Settled, but the reporter has not been told or asked yet."""
        return self.settled - self.answered

    @property
    def is_balanced(self) -> bool:
        return not (self.missing or self.differing_states or self.contradictory)


def balance(found: Mapping[str, Any]) -> Ledger:
    """The ledger from its counts: `received`, `stock` (by state), `answered`, `rows` (open, by state), `contradictory`."""
    stock: Mapping[str, int] = found["stock"]
    rows: Mapping[str, int] = found["rows"]
    places = {
        "open": sum(stock.get(state, 0) for state in OPEN_STATES),
        "settled": stock.get("closed", 0) + stock.get("followed_up", 0),
        "merged": stock.get("merged", 0),
        "void": stock.get("void", 0),
    }
    differing = {state: stock.get(state, 0) - rows.get(state, 0) for state in OPEN_STATES}
    return Ledger(
        received=found["received"],
        answered=found["answered"],
        missing=found["received"] - sum(places.values()),
        differing_states={state: count for state, count in differing.items() if count},
        contradictory=list(found["contradictory"])[:MOST_NAMED],
        **places,
    )
