"""Instants as every engine stores them: whole microseconds since 1970 in UTC, so that none can shift a zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970 of an aware instant. Raises `ValueError` for a naive one."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs its zone: {instant!r}")
    return (instant - EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """The UTC instant of whole microseconds since 1970."""
    return EPOCH + timedelta(microseconds=value)


def minute_of(instant: datetime) -> int:
    """Whole minutes since 1970 of an aware instant: what a picture that is told by the minute is of."""
    return int(instant.timestamp()) // 60


class Instant(TypeDecorator[datetime]):
    """An aware instant in Python, whole microseconds since 1970 in the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else from_microseconds(value)
