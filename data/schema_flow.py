"""The table of the ways cases take: additive counts, kept by `data.paths`. Never a query."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, SmallInteger, String, Table

from data.columns import metadata

path_count = Table(
    "path_count",
    metadata,
    # In this order: a read knows kind and area, and asks for one key over months or for all of them.
    Column("kind_code", String(16), primary_key=True),  # variant, variant_time, pair_time, hand_time, hand_sum
    Column("area_code", String(32), primary_key=True),
    Column("key", String(512), primary_key=True),  # letters of a path, two letters, or an organisation: see `data.trails`
    Column("period_start", Integer, primary_key=True),  # the month of the report: county days since 1970-01-01
    Column("bucket", SmallInteger, primary_key=True),  # log-bucket of a duration; 0 for a count or a sum
    Column("value", BigInteger, nullable=False),  # how many; in `hand_sum` microseconds
    sqlite_with_rowid=False,
)
