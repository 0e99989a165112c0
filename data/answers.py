"""Answers to reporters: what is owed to whom, and how far its delivery has come. Never composes, never sends.

An answer is about a case: the master, where reports were merged. One reporter is told once of each kind in each round; a
round begins anew when the case is reopened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, or_, select, tuple_, update

from data import engine
from data.schema import answer, incident, message, reporter
from data.vocabulary import SETTLED_STATES

Row = Mapping[str, Any]
Key = tuple[int, str, str, int]  # incident, reporter, kind, round
KEYS: Final = ("incident_id", "reporter_key", "kind_code", "round")
WAITING: Final = ("queued", "unsent", "sending")
ADDRESSED: Final = "wechat"  # the source whose senders can be answered
DEEPEST: Final = 8  # merged into one that was merged itself, so many times


def kind_of(row: Row) -> str:
    """The kind of answer a case owes in its state; empty while it owes none."""
    return "settled" if row["state_code"] in SETTLED_STATES else "void" if row["state_code"] == "void" else ""


def code_of(state_code: str) -> str:
    """What `incident.answer_code` says of an answer in this state."""
    return "queued" if state_code in WAITING else "" if state_code == "withdrawn" else state_code


def addressed(conn: Connection, reporter_keys: Iterable[str | None]) -> set[str]:
    """Those of these reporters who have an address to answer to."""
    keys = sorted({each for each in reporter_keys if each})
    statement = select(reporter.c.reporter_key).where(reporter.c.reporter_key.in_(keys), reporter.c.source == ADDRESSED)
    return set(conn.execute(statement).scalars()) if keys else set()


def followers(conn: Connection, ids: Sequence[int]) -> dict[int, list[int]]:
    """The incidents that were merged into each of these, also by way of another. Not locked."""
    found: dict[int, list[int]] = {each: [] for each in ids}
    roots = {each: each for each in ids}
    for _ in range(DEEPEST):
        statement = select(incident.c.id, incident.c.master_id).where(incident.c.master_id.in_(sorted(roots)))
        below = {row.id: roots[row.master_id] for row in conn.execute(statement)} if roots else {}
        for each, root in below.items():
            if each not in found[root]:
                found[root].append(each)
        roots = below
    return found


def master_id(conn: Connection, row: Row) -> int | None:
    """The incident that a merged one has come to in the end."""
    found: int | None = row["master_id"]
    for _ in range(DEEPEST):
        above = select(incident.c.master_id).where(incident.c.id == found, incident.c.state_code == "merged")
        higher = conn.execute(above).scalar()
        if higher is None:
            break
        found = higher
    return found


def states(conn: Connection, keys: Iterable[Key]) -> dict[Key, str]:
    """The states of those of these answers that are there."""
    wanted = sorted(set(keys))
    names = tuple(answer.c[name] for name in KEYS)
    found = conn.execute(select(*names, answer.c.state_code).where(tuple_(*names).in_(wanted))) if wanted else ()
    return {(row[0], row[1], row[2], row[3]): row[4] for row in found}


def queue(conn: Connection, rows: Sequence[dict[str, Any]], at: datetime) -> None:
    """Queue answers (`KEYS` and `words`); one that is there stays as it is, but for a withdrawn one, which is owed again."""
    if not rows:
        return
    blank = {"created_at": at, "state_code": "queued", "reason": "", "attempt_count": 0, "doubtful_count": 0, "next_try_at": at}
    engine.insert_ignore(conn, answer, [dict(row) | blank for row in rows], returning=("id",))
    named = tuple_(*(answer.c[name] for name in KEYS)).in_([tuple(row[name] for name in KEYS) for row in rows])
    conn.execute(update(answer).where(named, answer.c.state_code == "withdrawn").values(state_code="queued", next_try_at=at))


def counts(conn: Connection) -> dict[str, int]:
    """How many answers are in each state."""
    statement = select(answer.c.state_code, func.count()).group_by(answer.c.state_code)
    return {row[0]: int(row[1]) for row in conn.execute(statement)}


def due(conn: Connection, at: datetime, lease: timedelta, limit: int) -> list[dict[str, Any]]:
    """Answers to be tried now, oldest first: those whose time has come, and those whose sender was lost in the middle."""
    waits = (answer.c.state_code == "queued") & (answer.c.next_try_at <= at)
    lost = (answer.c.state_code == "sending") & (answer.c.tried_at <= at - lease)
    statement = select(answer).where(or_(waits, lost)).order_by(answer.c.id).limit(limit)
    return [dict(row) for row in conn.execute(statement).mappings()]


def change(conn: Connection, row: Row, **columns: Any) -> bool:
    """Change an answer unless another sender did meanwhile; gives whether it was ours to change."""
    mine = (answer.c.id == row["id"], answer.c.state_code == row["state_code"], answer.c.attempt_count == row["attempt_count"])
    return conn.execute(update(answer).where(*mine).values(**columns)).rowcount == 1


def unconfigure(conn: Connection, limit: int) -> int:
    """Say of queued answers that nobody is there to send them; gives how many."""
    few = select(answer.c.id).where(answer.c.state_code == "queued").limit(limit)
    said = update(answer).where(answer.c.id.in_(few)).values(state_code="unsent", reason="not_configured")
    return conn.execute(said).rowcount


def configured(conn: Connection, limit: int) -> list[dict[str, Any]]:
    """Answers that could not be sent for want of a configuration, each with `heard_at`, when its reporter last wrote."""
    heard_at = select(func.max(message.c.sent_at)).where(message.c.sender_key == answer.c.reporter_key).scalar_subquery()
    statement = select(answer, heard_at.label("heard_at")).where(answer.c.state_code == "unsent").order_by(answer.c.id)
    return [dict(row) for row in conn.execute(statement.limit(limit)).mappings()]


def sealed_address(conn: Connection, reporter_key: str) -> bytes:
    """The encrypted address of a reporter."""
    return bytes(conn.execute(select(reporter.c.sealed).where(reporter.c.reporter_key == reporter_key)).scalar_one())
