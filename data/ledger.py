"""The echo ledger 事事有回音、件件有落实: every report received has its place, and who is still owed an answer.

At every instant: received = open + settled + rejected + merged + void.

What is received is a *report*: the messages of one sender that the city's `join_minutes` join are one, a row of a table is
one, the rows of one case in an event log are one. It is received in the transaction that files it as an incident, or that
refuses it; until then, for about a second, a message is kept and waits (`/healthz` says so when it waits longer). One that
a late message joins to another stays received, as merged. One outside the county comes in, marked, and stands where its
state is. Rejected is what was signed or read as a report and may not come in, broken or hostile or failed: once, however
often it is sent (`data.refusals`). What nobody signed, a notice that somebody subscribed, and a step that is refused are no
reports. The rejected have no place below the county, so they stand in the county's ledger alone.

Of the settled, and of the merged and void whose reporter can be told, each is owed an answer and is exactly one of: answered
(told or asked, or WeChat took the answer), undelivered (WeChat never will), unanswered. A settled one is without evidence
when no step says what was done and no check passed it (`data.transitions.proven`).

What came in and where everything stands are counted apart (by the day of the report, and by state), and the open ones once
more from the rows themselves; so an entry that was lost or doubled anywhere shows as a difference. Every minute
`data.audit` looks at all rows and names those at fault. Pure arithmetic on `data.sums.ledger_counts`.
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
    rejected: int
    merged: int
    void: int
    owed: int  # an answer
    answered: int  # of the owed
    undelivered: int  # of the owed
    unproven: int  # of the settled
    missing: int  # received, but in no place; below zero: in more places than were received
    differing_states: dict[str, int]  # state -> counted minus found among the rows
    contradictory: list[str]  # names of rows that contradict themselves, each other or their log, the first few

    @property
    def unanswered(self) -> int:
        """Owed an answer, but not told or asked yet."""
        return self.owed - self.answered - self.undelivered

    @property
    def is_balanced(self) -> bool:
        return not (self.missing or self.differing_states or self.contradictory)

    def counts(self) -> dict[str, int]:
        """Every count by its name."""
        names = ("received", "open", "settled", "rejected", "merged", "void", "answered", "unanswered", "undelivered", "unproven")
        return {name: int(getattr(self, name)) for name in names}


def balance(found: Mapping[str, Any]) -> Ledger:
    """The ledger from its counts: `received`, `rejected`, `stock` (by state), `owed`, `answered`, `undelivered`, `unproven`,
    `rows` (open, by state), `contradictory`.
    """
    stock: Mapping[str, int] = found["stock"]
    rows: Mapping[str, int] = found["rows"]
    places = {
        "open": sum(stock.get(state, 0) for state in OPEN_STATES),
        "settled": stock.get("closed", 0) + stock.get("followed_up", 0),
        "rejected": found["rejected"],
        "merged": stock.get("merged", 0),
        "void": stock.get("void", 0),
    }
    differing = {state: stock.get(state, 0) - rows.get(state, 0) for state in OPEN_STATES}
    return Ledger(
        received=found["received"],
        **{name: found[name] for name in ("owed", "answered", "undelivered", "unproven")},
        missing=found["received"] - sum(places.values()),
        differing_states={state: count for state, count in differing.items() if count},
        contradictory=list(dict.fromkeys(found["contradictory"]))[:MOST_NAMED],
        **places,
    )
