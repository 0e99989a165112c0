"""The tables of what happened (those of arrival are in `data.schema_intake`). Never a query, never a dialect: see `data.engine`.

Columns follow the house's suffixes: `_at` an instant in UTC, `_on` a county date, `_code` from a list, `_ref` the
source's own reference, `_count` a whole number. An instant is stored as whole microseconds since 1970 in UTC, alike
on every engine; how exactly it is known stands beside it in `_precision` (a minute-precise time is not `:00`).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from data.columns import Code, Id, metadata
from data.instants import EPOCH, Instant, from_microseconds, to_microseconds
from data.schema_echo import answer, ledger_check, refusal
from data.schema_flow import path_count
from data.schema_intake import batch, message, organisation_token, progress, rejected_row, reporter, snapshot, source_state
from data.schema_past import overwritten

__all__ = [
    "EPOCH",
    "Instant",
    "answer",
    "batch",
    "from_microseconds",
    "ledger_check",
    "message",
    "metadata",
    "organisation_token",
    "overwritten",
    "path_count",
    "progress",
    "refusal",
    "rejected_row",
    "reporter",
    "snapshot",
    "source_state",
    "to_microseconds",
]

area = Table(
    "area",
    metadata,
    Column("area_code", Code, primary_key=True),
    Column("valid_from_on", Date, primary_key=True),
    Column("valid_to_on", Date),  # the last day, included; empty while in force
    Column("level_code", Code, nullable=False),
    Column("kind_code", Code, nullable=False),  # town, street, village, community, zone, grid, ...
    Column("parent_code", Code),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("lon", Float),
    Column("lat", Float),
)

organisation = Table(
    "organisation",
    metadata,
    Column("organisation_code", Code, primary_key=True),
    Column("kind_code", Code, nullable=False),  # center, town_room, department, village, zone
    Column("area_code", Code, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
)

category = Table(
    "category",
    metadata,
    Column("category_code", Code, primary_key=True),
    Column("parent_code", Code),
    Column("level", SmallInteger, nullable=False),  # 1, 2 or 3
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
)


def _open_index(level: str) -> Index:
    """All that the pipeline and the late lists ask of the open incidents of an area, without looking at a row."""
    asked = (f"{level}_code", "urgency_code", "due_at", "state_code", "state_since_at", "at_risk_at")
    is_open = text("ended_at IS NULL")
    return Index(f"ix_incident_open_{level}", *asked, postgresql_where=is_open, sqlite_where=is_open)


def _open_by(name: str, level: str, column: str, *more: str) -> Index:
    """The few open incidents of an area for which an instant is known, by it; with what else is asked of them."""
    is_known = text(f"ended_at IS NULL AND {column} IS NOT NULL")
    return Index(name, f"{level}_code", column, *more, postgresql_where=is_known, sqlite_where=is_known)


def _known(table: str, column: str) -> Index:
    """The few rows in which a column is not empty."""
    is_known = text(f"{column} IS NOT NULL")
    return Index(f"ix_{table}_{column}", column, postgresql_where=is_known, sqlite_where=is_known)


_LEVELS = ("county", "township", "village")
# What an analyst crosses: counted from the index alone where no rollup serves.
_CROSSED = (
    "category_code",
    "channel_code",
    "handler_code",
    "state_code",
    "urgency_code",
    "reporter_kind_code",
    "village_code",
    "grid_code",
)
# How grave its signs are, and which it is.
_GRAVE = ("urgency_code", "supervise_level", "bounced_at", "unaccepted_at", "unheard_at", "unowned_at", "id")

incident = Table(
    "incident",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("source", Code, nullable=False),
    Column("source_ref", Text, nullable=False),
    Column("reported_at", Instant, nullable=False),
    Column("reported_precision", Code, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("known_at", Instant),  # when it was first committed; empty where that is when it was received
    Column("committed_at", Instant, nullable=False),  # of the last change
    Column("version", Integer, nullable=False, default=1),  # grows with every change of this row
    Column("channel_code", Code, nullable=False),
    Column("reporter_kind_code", Code, nullable=False),
    Column("reporter_key", String(64)),
    Column("category_code", Code, nullable=False),
    Column("category_certainty", Float),  # 0 to 1; empty when the source names the category itself
    Column("condition_code", Code, nullable=False, default=""),  # the filing condition that picks the limit
    Column("urgency_code", Code, nullable=False),
    Column("report_text", Text, nullable=False),  # scrubbed of telephone and identity numbers
    Column("address_text", Text, nullable=False, default=""),
    Column("media_count", Integer, nullable=False, default=0),
    Column("is_restricted", Boolean, nullable=False, default=False),  # shows its kind only, at the grid's centre
    Column("lon", Float),  # WGS84
    Column("lat", Float),
    Column("place_basis_code", Code, nullable=False),
    Column("county_code", Code, nullable=False),
    Column("township_code", Code),
    Column("village_code", Code),
    Column("grid_code", Code),
    # From here on: derived from the step log by `data.lifecycle.replay`, never written otherwise.
    Column("state_code", Code, nullable=False),
    Column("state_since_at", Instant, nullable=False),
    Column("holder_code", Code),
    Column("holder_since_at", Instant),  # while it is open
    Column("holder_due_at", Instant),  # the holder's clock; the case's is `due_at`
    Column("triaged_at", Instant),
    Column("dispatched_at", Instant),  # the first dispatch
    Column("accepted_at", Instant),  # the first acceptance
    Column("resolved_at", Instant),  # the last resolution
    Column("closed_at", Instant),
    Column("feedback_at", Instant),
    Column("ended_at", Instant),  # closed, merged or void
    Column("accept_due_at", Instant),
    Column("due_at", Instant),
    Column("due_basis_code", Code, nullable=False, default="none"),  # limit, extended, none, calendar_unpublished
    Column("at_risk_at", Instant),  # from here on little of the limit is left
    Column("badly_late_at", Instant),  # from here on it is late by a whole limit more
    Column("wakes_at", Instant),  # a suspended case goes on by itself
    # Signs that it is nobody's in earnest, each with the instant from which it is true: see `data.alarms`.
    Column("bounced_at", Instant),
    Column("unaccepted_at", Instant),
    Column("unheard_at", Instant),
    Column("unowned_at", Instant),
    Column("sign_at", Instant),  # the first of them
    Column("alarm_at", Instant),  # the next of them to come: the worker tells of it then
    Column("supervise_level", SmallInteger, nullable=False, default=0),
    Column("return_count", Integer, nullable=False, default=0),
    Column("rework_count", Integer, nullable=False, default=0),
    Column("extend_count", Integer, nullable=False, default=0),
    Column("suspend_count", Integer, nullable=False, default=0),
    Column("urge_count", Integer, nullable=False, default=0),
    Column("reopen_count", Integer, nullable=False, default=0),
    Column("step_count", Integer, nullable=False, default=0),
    Column("impossible_count", Integer, nullable=False, default=0),
    Column("filed_at", Instant),  # from here on: see `data.duties`
    Column("handler_code", Code),  # the last department it was dispatched to
    Column("supervise_count", Integer, nullable=False, default=0),
    Column("triage_due_at", Instant),
    Column("dispatch_due_at", Instant),
    Column("first_accept_due_at", Instant),
    Column("check_due_at", Instant),
    Column("checked_at", Instant),
    Column("path_text", Text, nullable=False, default=""),  # the way it took, and through whose hands: see `data.trails`
    Column("hands_text", Text, nullable=False, default=""),
    Column("has_evidence", Boolean, nullable=False, default=False),  # of what was done: see `data.transitions.proven`
    # Not derived from the log:
    Column("master_id", Id),  # the incident this one was merged into
    Column(
        "answer_code", Code, nullable=False, default=""
    ),  # of its reporter's answer: queued, sent, failed; empty when none is owed
    UniqueConstraint("source", "source_ref"),
    # The id, so that the newest are known without a look at the rows; on SQLite an index has it anyway.
    Index("ix_incident_crossed", "reported_at", "county_code", "township_code", *_CROSSED, postgresql_include=["id"]),
    Index("ix_incident_crossed_township", "township_code", "reported_at", *_CROSSED, postgresql_include=["id"]),
    Index(None, "county_code", "reported_at"),
    Index(None, "village_code", "reported_at"),
    Index(None, "reporter_key", "reported_at"),
    *(Index(None, name) for name in ("due_at", "resolved_at", "closed_at", "filed_at")),  # cohorts no rollup serves
    *(_open_index(level) for level in (*_LEVELS, "grid")),
    *(_open_by(f"ix_incident_sign_{level}", level, "sign_at", *_GRAVE) for level in _LEVELS),
    *(_open_by(f"ix_incident_badly_{level}", level, "badly_late_at", "state_code", "due_at", "resolved_at") for level in _LEVELS),
    _known("incident", "wakes_at"),
    _known("incident", "alarm_at"),
    _known("incident", "master_id"),
)

step = Table(
    "step",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("source", Code, nullable=False),
    Column("source_ref", Text, nullable=False),
    Column("incident_source", Code, nullable=False),
    Column("incident_ref", Text, nullable=False),
    Column("incident_id", Id, ForeignKey("incident.id")),  # empty while its incident has not arrived
    Column("action_code", Code, nullable=False),
    Column("activity_name", Text, nullable=False, default=""),  # the source's own word for the action
    Column("at", Instant, nullable=False),
    Column("precision_code", Code, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("known_at", Instant),  # when it was first committed; empty where that is when it was received
    Column("organisation_code", Code),  # who did it
    Column("to_organisation_code", Code),  # to whom it goes
    Column("actor_key", String(64)),
    Column("outcome_code", Code, nullable=False, default=""),
    Column("remark", Text, nullable=False, default=""),
    Column("until_at", Instant),  # extend: the new deadline; suspend: the day it wakes
    Column("master_ref", Text, nullable=False, default=""),  # merge: the reference of the incident it goes into
    # Derived by the replay:
    Column("is_possible", Boolean, nullable=False, default=True),
    Column("problem_code", Code, nullable=False, default=""),  # why it was not: see `data.vocabulary.PROBLEMS`
    Column("state_after_code", Code, nullable=False, default=""),
    UniqueConstraint("source", "source_ref"),
    Index(None, "incident_id", "at"),
    Index(
        "ix_step_waiting",
        "incident_source",
        "incident_ref",
        postgresql_where=text("incident_id IS NULL"),
        sqlite_where=text("incident_id IS NULL"),
    ),
    Index(
        "ix_step_master",
        "incident_source",
        "master_ref",
        postgresql_where=text("master_ref <> ''"),
        sqlite_where=text("master_ref <> ''"),
    ),
)

change = Table(
    "change",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # in commit order, without gaps that fill later
    Column("at", Instant, nullable=False),
    Column("kind_code", Code, nullable=False),  # incident, progress, city
    Column("incident_id", Id),
    Column("content", Text, nullable=False),  # JSON, ready for the wall
    Index(None, "at"),
    Index(None, "incident_id"),
)

change_head = Table(
    "change_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("last_id", BigInteger, nullable=False),
)

rollup = Table(
    "rollup",
    metadata,
    # In this order: every read knows grouping and measure, then seeks its periods and areas.
    Column("grouping_code", String(16), primary_key=True),
    Column("measure_code", String(32), primary_key=True),
    Column("period_start", Integer, primary_key=True),  # county days since 1970-01-01; hours since then in `hour` groupings
    Column("area_code", String(32), primary_key=True),
    Column("category_code", String(32), primary_key=True),
    Column("channel_code", String(16), primary_key=True),  # or a state, an urgency, a kind of reporter: as the grouping says
    Column("organisation_code", String(64), primary_key=True),
    Column("bucket", SmallInteger, primary_key=True),  # log-bucket of a duration; 0 for a count
    Column("value", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
