"""Raw records: what a source said, in our shapes but in its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class RawStep:
    """One step in the source's words; the organisations may be empty. `row_number` is there when the step has a row of its own."""

    source_ref: str
    action: str
    activity: str
    at: datetime
    precision: str
    organisation: str = ""
    to_organisation: str = ""
    row_number: int | None = None


@dataclass(frozen=True)
class RawReport:
    """One report in the source's words: `words` holds category, channel, text and address where it has them."""

    source_ref: str
    reported_at: datetime
    precision: str
    point: tuple[float, float] | None
    words: dict[str, str]
    steps: list[RawStep] = field(default_factory=list)
