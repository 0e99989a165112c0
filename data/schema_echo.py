"""The tables of the echo: reports refused, answers with their delivery, and what the check of the ledger found. Never a query."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from data.columns import Code, Id, metadata
from data.instants import Instant

_STANDING = text("admitted_at IS NULL")

# One report that reached us and did not come in. The same report refused again, in a repeated call or file, is one still.
refusal = Table(
    "refusal",
    metadata,
    Column("source", Code, primary_key=True),
    Column("report_ref", Text, primary_key=True),  # its reference if it names one, else the checksum of what was sent
    Column("reason", Code, nullable=False),
    Column("refused_at", Instant, nullable=False),
    Column("admitted_at", Instant),  # it came in after all, and is counted as an incident
    Index("ix_refusal_standing", "refused_at", postgresql_where=_STANDING, sqlite_where=_STANDING),
)

# What a reporter is to be told: written once with the case; only the delivery changes.
answer = Table(
    "answer",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("incident_id", Id, ForeignKey("incident.id"), nullable=False),  # the master, where reports were merged
    Column("reporter_key", String(64), ForeignKey("reporter.reporter_key"), nullable=False),
    Column("kind_code", Code, nullable=False),  # settled, void, feedback
    Column("round", Integer, nullable=False),  # how often the case was reopened before
    Column("words", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("state_code", Code, nullable=False),  # see `data.vocabulary.ANSWER_STATES`
    Column("reason", Code, nullable=False, default=""),  # why it is not sent; WeChat's own number where it gave one
    Column("attempt_count", Integer, nullable=False, default=0),
    Column("doubtful_count", Integer, nullable=False, default=0),  # attempts of which nobody knows whether they arrived
    Column("next_try_at", Instant),
    Column("tried_at", Instant),
    Column("sent_at", Instant),
    UniqueConstraint("incident_id", "reporter_key", "kind_code", "round"),
    Index(None, "state_code", "next_try_at"),
)

# One row as long as the whole check finds the same; a new one when that changes.
ledger_check = Table(
    "ledger_check",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("missing_count", BigInteger, nullable=False),
    Column("named", Text, nullable=False),  # JSON: the rows at fault, see `data.audit.Fault`
    Column("counts", Text, nullable=False),  # JSON: the ledger of the county when last looked at
)
