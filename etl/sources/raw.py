"""Raw records: what a source said, in our shapes but in its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class RawStep:
    """One step in the source's words; `organisation` may be empty."""

    source_ref: str
    action: str
    activity: str
    at: datetime
    precision: str
    organisation: str


@dataclass(frozen=True)
class RawReport:
    """One report in the source's words: `words` holds category, channel, organisation, text and address where it has them."""

    source_ref: str
    reported_at: datetime
    precision: str
    point: tuple[float, float] | None
    words: dict[str, str]
    steps: list[RawStep] = field(default_factory=list)
