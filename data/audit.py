"""The whole check of the ledger: all rows against what is counted, against each other and, where they disagree, against
their logs. Names the rows at fault; repairs nothing.

Every minute or so, in one look at the database; a million incidents take one to two seconds. What it found stands in
`ledger_check`, one row as long as it finds the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import Connection, and_, case, exists, func, insert, or_, select, update

from data import feed, ledger, rollups, store, sums
from data.lifecycle import Rules, replay
from data.schema import answer, area, change, incident, ledger_check, message, refusal, rejected_row, rollup
from data.vocabulary import ENDED_STATES, SETTLED_STATES, STATES

EVERY: Final = timedelta(minutes=1)
MOST_FAULTS: Final = 10  # of one kind
MOST_REPLAYED: Final = 20_000
CHUNK: Final = 500


@dataclass(frozen=True)
class Fault:
    """A row at fault: its name (an incident's number, a message, a cell of the rollups), and where it lies if it lies anywhere."""

    name: str
    township: str | None = None
    village: str | None = None


@dataclass(frozen=True)
class Found:
    """What one check found."""

    missing_count: int
    faults: tuple[Fault, ...]
    counts: dict[str, int]

    @property
    def named(self) -> str:
        return orjson.dumps([asdict(each) for each in self.faults]).decode()


def is_due(conn: Connection, at: datetime) -> bool:
    """Whether the last check was long ago."""
    last_at = conn.execute(select(func.max(ledger_check.c.last_at))).scalar()
    return last_at is None or not last_at <= at < last_at + EVERY


def check(conn: Connection, county_code: str, rules: Rules, at: datetime) -> Found:
    """Look at everything, of one moment when the connection is one of `engine.reading`."""
    found = sums.ledger_counts(conn, "county", county_code)
    balanced = ledger.balance(found)
    faults = [*_contradictions(conn), *_unlogged(conn), *_messages(conn), *_answers(conn)]
    if cells := list(_differing_cells(conn, county_code)):
        guilty = [*_misplaced(conn, rules, at), *_gone(conn)]
        faults += guilty or [Fault(each) for each in cells]
    counts = balanced.counts() | {"missing": balanced.missing, "faults": len(faults)}
    return Found(balanced.missing, tuple(dict.fromkeys(faults)), counts)


def record(conn: Connection, found: Found, at: datetime) -> bool:
    """Keep what a check found; gives whether it found something else than the one before, which is then told to the walls."""
    last = conn.execute(select(ledger_check).order_by(ledger_check.c.id.desc()).limit(1)).mappings().first()
    counts = orjson.dumps(found.counts).decode()
    if last is not None and (last["missing_count"], last["named"]) == (found.missing_count, found.named):
        conn.execute(update(ledger_check).where(ledger_check.c.id == last["id"]).values(last_at=at, counts=counts))
        return False
    row = {"first_at": at, "last_at": at, "missing_count": found.missing_count, "named": found.named, "counts": counts}
    conn.execute(insert(ledger_check).values(row))
    if last is not None or found.faults or found.missing_count:
        feed.append(conn, at, [feed.Entry("city", {"ledger": [each.name for each in found.faults]})])
    return True


def _named(rows: Any) -> Iterator[Fault]:
    for row in rows.mappings():
        yield Fault(feed.number(dict(row)), row["township_code"], row["village_code"])


_NAMES: Final = tuple(incident.c[name] for name in ("id", "received_at", "township_code", "village_code"))


def _contradictions(conn: Connection) -> Iterator[Fault]:
    """Incidents whose own columns contradict each other."""
    state, ended_at, closed_at = incident.c.state_code, incident.c.ended_at, incident.c.closed_at
    has_ended, is_settled = state.in_(ENDED_STATES), state.in_(SETTLED_STATES)
    wrong = or_(
        and_(has_ended, ended_at.is_(None)), and_(~has_ended, ended_at.is_not(None)),
        and_(is_settled, closed_at.is_(None)), and_(~is_settled, closed_at.is_not(None)), state.not_in(list(STATES)),
    )  # fmt: skip
    yield from _named(conn.execute(select(*_NAMES).where(wrong).order_by(incident.c.id).limit(MOST_FAULTS)))


def _unlogged(conn: Connection) -> Iterator[Fault]:
    """Reports refused that no row set aside tells of, or that are in, too; and rows set aside that are counted nowhere."""
    same = (rejected_row.c.source == refusal.c.source, rejected_row.c.report_ref == refusal.c.report_ref)
    is_in = exists().where(incident.c.source == refusal.c.source, incident.c.source_ref == refusal.c.report_ref)
    stands = refusal.c.admitted_at.is_(None)
    names = (refusal.c.source, refusal.c.report_ref)
    logged = select(rejected_row.c.source, rejected_row.c.report_ref).where(rejected_row.c.report_ref != "").distinct().subquery()
    doubled = select(*names).where(stands, is_in)
    silent = select(*names).outerjoin(logged, and_(logged.c.source == names[0], logged.c.report_ref == names[1]))
    uncounted = select(rejected_row.c.source, rejected_row.c.report_ref).where(
        rejected_row.c.report_ref != "",
        ~exists().where(*same),
        ~exists().where(incident.c.source == rejected_row.c.source, incident.c.source_ref == rejected_row.c.report_ref),
    )
    for statement in (doubled, silent.where(stands, logged.c.source.is_(None)), uncounted):
        for source, reference in conn.execute(statement.limit(MOST_FAULTS)):
            yield Fault(f"{source} {reference[:24]}")


def _messages(conn: Connection) -> Iterator[Fault]:
    """Messages said to be filed that belong to no incident, and refused ones that were not set aside."""
    kept = exists().where(rejected_row.c.source == message.c.source, rejected_row.c.name == message.c.source_ref)
    lost = or_(
        and_(message.c.state_code == "filed", message.c.incident_id.is_(None)), and_(message.c.state_code == "refused", ~kept)
    )
    for source, each in conn.execute(select(message.c.source, message.c.id).where(lost).order_by(message.c.id).limit(MOST_FAULTS)):
        yield Fault(f"{source} message {each}")


def _answers(conn: Connection) -> Iterator[Fault]:
    """Incidents that say something else of their answer than the answer itself."""
    kind = case((incident.c.state_code == "void", "void"), (incident.c.state_code.in_(SETTLED_STATES), "settled"), else_="")
    own = and_(answer.c.incident_id == incident.c.id, answer.c.reporter_key == incident.c.reporter_key,
               answer.c.round == incident.c.reopen_count, answer.c.kind_code == kind)  # fmt: skip
    said = case((answer.c.state_code.in_(("queued", "unsent", "sending")), "queued"), (answer.c.state_code == "withdrawn", ""),
                else_=answer.c.state_code)  # fmt: skip
    statement = select(*_NAMES).join(answer, own).where(incident.c.answer_code != said)
    yield from _named(conn.execute(statement.order_by(incident.c.id).limit(MOST_FAULTS)))


def _differing_cells(conn: Connection, county_code: str) -> Iterator[str]:
    """Cells of what stands where that the rows do not bear out, of the county and of each town."""
    statement = select(incident.c.township_code, incident.c.state_code, func.count()).group_by("township_code", "state_code")
    counted: dict[tuple[str, str], int] = {}
    for town, state, count in conn.execute(statement):
        code = (rollups.ENDED if state in ENDED_STATES else rollups.STOCK) + state
        for where in filter(None, (county_code, town)):
            counted[where, code] = counted.get((where, code), 0) + count
    standing = [*(rollups.STOCK + state for state in STATES), *(rollups.ENDED + state for state in STATES)]
    cells = select(rollup.c.area_code, rollup.c.measure_code, rollup.c.value).where(
        rollup.c.grouping_code == "stock", rollup.c.measure_code.in_(standing), rollup.c.period_start == 0
    )
    towns = set(conn.execute(select(area.c.area_code).where(area.c.level_code == "township")).scalars())
    stored = {(where, code): value for where, code, value in conn.execute(cells) if where == county_code or where in towns}
    for key in sorted(counted.keys() | stored.keys()):
        if counted.get(key, 0) != stored.get(key, 0):
            yield f"{key[0]} {key[1]} {stored.get(key, 0) - counted.get(key, 0):+d}"


def _misplaced(conn: Connection, rules: Rules, at: datetime) -> list[Fault]:
    """Incidents that do not stand where their log puts them, the newest of so many looked at."""
    found: list[Fault] = []
    last_id = int(conn.execute(select(func.max(incident.c.id))).scalar() or 0) + 1
    for _ in range(MOST_REPLAYED // CHUNK):
        before = select(incident).where(incident.c.id < last_id).order_by(incident.c.id.desc()).limit(CHUNK)
        rows: Sequence[Any] = conn.execute(before).mappings().all()
        if not rows:
            break
        logs = store.steps_of(conn, [row["id"] for row in rows])
        wrong = [row for row in rows if replay(row, logs[row["id"]], rules, at).state_code != row["state_code"]]
        found += [Fault(feed.number(dict(row)), row["township_code"], row["village_code"]) for row in wrong]
        last_id = rows[-1]["id"]
    return found[:MOST_FAULTS]


def _gone(conn: Connection) -> Iterator[Fault]:
    """Incidents that the walls were told of and that are not there any more."""
    lost = change.c.incident_id.is_not(None) & ~exists().where(incident.c.id == change.c.incident_id)
    newest = select(func.max(change.c.id)).where(lost).group_by(change.c.incident_id).limit(MOST_FAULTS)
    for content in conn.execute(select(change.c.content).where(change.c.id.in_(newest))).scalars():
        told = orjson.loads(content)
        yield Fault(told["number"], told["township"], told["village"])
