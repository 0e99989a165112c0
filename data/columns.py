"""What all tables share: the metadata with its naming rule, and the types of identifiers and codes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData, String

# SQLite only numbers rows by itself for INTEGER; PostgreSQL wants eight bytes.
Id = BigInteger().with_variant(Integer(), "sqlite")
Code = String(64)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
