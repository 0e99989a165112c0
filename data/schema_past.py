"""The table of what was overwritten: with the step log it tells how the house stood at any instant. Never a query."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from data.columns import Code, Id, metadata
from data.instants import Instant

# What a row said until an instant, where no step tells of the change: words joined to a report later, the state of its answer.
overwritten = Table(
    "overwritten",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("incident_id", Id, ForeignKey("incident.id"), nullable=False),
    Column("until_at", Instant, nullable=False),
    Column("action_code", Code, nullable=False, default=""),  # as the feed told it
    Column("content", Text, nullable=False),  # JSON: the old value of each column that was overwritten; instants in microseconds
    Index(None, "until_at"),
    Index(None, "incident_id"),
)
