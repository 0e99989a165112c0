"""The tables of arrival: raw bytes, messages, batches, what was set aside, and who may post. Never a query."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from data.columns import Code, Id, metadata
from data.instants import Instant

snapshot = Table(
    "snapshot",
    metadata,
    Column("checksum", String(64), primary_key=True),  # SHA-256 of the bytes, hexadecimal
    Column("source", Code, nullable=False),
    Column("name", Text, nullable=False),  # the file's name, or the route the bytes came by
    Column("media_type", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "source", "received_at"),
)

batch = Table(
    "batch",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("source", Code, nullable=False),
    Column("name", Text, nullable=False),
    Column("checksum", String(64)),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("read_count", BigInteger, nullable=False, default=0),
    Column("accepted_count", BigInteger, nullable=False, default=0),
    Column("repeated_count", BigInteger, nullable=False, default=0),  # of the accepted: known before
    Column("rejected_count", BigInteger, nullable=False, default=0),
    Column("remark", Text, nullable=False, default=""),
    UniqueConstraint("source", "name", "checksum"),
)

rejected_row = Table(
    "rejected_row",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("batch_id", Id, ForeignKey("batch.id")),
    Column("source", Code, nullable=False),
    Column("name", Text, nullable=False),
    Column("row_number", BigInteger),  # 1 is the first row after the header; empty for a message
    Column("reason", Code, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("content", Text, nullable=False),  # the row as read, scrubbed
    Column("checksum", String(64)),
    Column("rejected_at", Instant, nullable=False),
    Column("report_ref", Text, nullable=False, default=""),  # of the report this is; empty for a step or a notice, which is none
    Index(None, "source", "rejected_at"),
    Index(None, "batch_id"),
)

message = Table(
    "message",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("source", Code, nullable=False),
    Column("source_ref", Text, nullable=False),
    Column("checksum", String(64), ForeignKey("snapshot.checksum"), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("sender_key", String(64)),
    Column("kind_code", Code, nullable=False, default=""),
    Column("content", Text, nullable=False, default="{}"),  # JSON: what harmonising took from it, scrubbed
    Column("state_code", Code, nullable=False, default="kept"),  # kept, filed, ignored, refused
    Column("reason", Text, nullable=False, default=""),
    Column("attempt_count", Integer, nullable=False, default=0),
    Column("incident_id", Id, ForeignKey("incident.id")),
    UniqueConstraint("source", "source_ref"),
    Index(None, "state_code", "id"),
    Index(None, "sender_key", "sent_at"),
    Index(None, "incident_id"),
)

# The photograph of one message: a row once its report is filed, a file once it has been fetched and found to be a picture.
photograph = Table(
    "photograph",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("message_id", Id, ForeignKey("message.id"), nullable=False),  # which tells the incident, also after reports were joined
    Column("state_code", Code, nullable=False),  # waiting, fetching, kept, gone (expired), refused (no picture we keep), failed
    Column("reason", Code, nullable=False, default=""),  # why it is not kept; WeChat's own number where it gave one
    Column("attempt_count", Integer, nullable=False, default=0),
    Column("next_try_at", Instant),
    Column("tried_at", Instant),
    Column("expires_at", Instant, nullable=False),  # from then on WeChat has it no more
    Column("kept_at", Instant),
    Column("checksum", String(64)),  # SHA-256 of the file as it is kept, hexadecimal
    Column("width", Integer),  # pixels
    Column("height", Integer),
    Column("size_bytes", BigInteger),
    UniqueConstraint("message_id"),
    Index(None, "state_code", "next_try_at"),
    Index(None, "checksum"),
)

reporter = Table(
    "reporter",
    metadata,
    Column("reporter_key", String(64), primary_key=True),  # a keyed hash: joins, but tells nobody's name
    Column("source", Code, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the encrypted address, for answering only
)

organisation_token = Table(
    "organisation_token",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("organisation_code", Code, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

source_state = Table(
    "source_state",
    metadata,
    Column("source", Code, primary_key=True),
    Column("last_event_at", Instant),  # when the newest event happened
    Column("last_received_at", Instant),
    Column("accepted_count", BigInteger, nullable=False, default=0),
    Column("rejected_count", BigInteger, nullable=False, default=0),
)

progress = Table(
    "progress",
    metadata,
    Column("key", Code, primary_key=True),
    Column("done_count", BigInteger, nullable=False),
    Column("total_count", BigInteger, nullable=False),
    Column("updated_at", Instant, nullable=False),
)
