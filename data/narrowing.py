"""Conditions on incidents beside those of a filter, for a table that people sort and narrow. Never reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_

from data.filters import has_text
from data.schema import incident


def text(written: str) -> Any:
    """That a report holds this text (`data.filters.has_text`)."""
    return has_text(written)


def one_of(column: str, codes: Sequence[str]) -> Any:
    """That a column has one of these codes."""
    return incident.c[column].in_(list(codes))


def between(column: str, begin: datetime | None, end: datetime | None) -> Any:
    """That an instant is not before `begin` and before `end`; either may be open, an empty one is in neither."""
    at = incident.c[column]
    return and_(at.is_not(None), *([at >= begin] if begin else []), *([at < end] if end else []))
