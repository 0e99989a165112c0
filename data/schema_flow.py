"""The table of the ways cases take: additive counts, kept by `data.paths`. Never a query."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, String, Table, text

from data.columns import metadata

path_count = Table(
    "path_count",
    metadata,
    # In this order: a read knows kind and area, and asks for one key over months or for all of them.
    Column("kind_code", String(16), primary_key=True),  # see `data.paths`
    Column("area_code", String(32), primary_key=True),
    Column("key", String(512), primary_key=True),
    Column("period_start", Integer, primary_key=True),  # the month of the report: county days since 1970-01-01
    Column("bucket", SmallInteger, primary_key=True),  # log-bucket of a duration; 0 for a count or a sum
    Column("value", BigInteger, nullable=False),  # how many; in `hand_sum` microseconds
    # The commonest ways of a month, without looking at the thousands that hardly anybody takes.
    Index(
        "ix_path_count_commonest",
        "area_code",
        "period_start",
        "value",
        postgresql_where=text("kind_code = 'variant'"),
        sqlite_where=text("kind_code = 'variant'"),
    ),
    sqlite_with_rowid=False,
)
