"""What is said of a pattern: what and where it is, its evidence, how sure it is, and how often such a warning was right before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Final

KINDS: Final = ("surge", "cluster", "hot_spot", "recurrence", "change_point", "forecast", "rising_word", "duplicate")
FEWEST: Final = 10  # warnings before their share of right ones says anything
FALSE_SHARE: Final = 0.05  # of what is claimed, so much may be chance


@dataclass(frozen=True)
class Track:
    """Of `of` such warnings in the store's own past, `right` came true, as each kind's module says what that means.

    `by_chance` is the share that would have come true without any pattern, where it is known.
    """

    right: int
    of: int
    by_chance: float | None = None

    @property
    def rate(self) -> float | None:
        """From 0 to 1; `None` with fewer than `FEWEST` warnings, which the screen shows as a dash."""
        return self.right / self.of if self.of >= FEWEST else None


UNTRIED: Final = Track(0, 0)


@dataclass(frozen=True)
class Certainty:
    """How sure: `p` (chance alone gives as much), `q` (share of false ones among as sure ones), `probability` (that it is so)
    each in `value` from 0 to 1; or an `interval` that holds with `value`, from `low` to `high`.
    """

    kind_code: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Pattern:
    """One pattern of an area over county days `first_on` to `last_on`, both included; `evidence` are numbers by name.

    Places that are smaller than an area have a point (WGS84) and a radius. `words` is text of the citizens: never HTML.
    `incident_ids` are the reports behind it, where they are few.
    """

    kind_code: str
    level_code: str
    area_code: str
    first_on: date
    last_on: date
    evidence: Mapping[str, float]
    certainty: Certainty
    track: Track = UNTRIED
    category_code: str = ""
    lon: float | None = None
    lat: float | None = None
    radius_metres: float | None = None
    words: str = ""
    incident_ids: tuple[int, ...] = field(default=())


@dataclass(frozen=True)
class Found:
    """The patterns of an area by kind, `as_of` when (`None` before any); a kind that was not looked for yet is not there.

    `share` is how far the search is, from 0 to 1, and `None` when there is none; `failed` are kinds that could not be looked for.
    """

    patterns: dict[str, list[Pattern]] = field(default_factory=dict)
    as_of: datetime | None = None
    version: str = ""
    share: float | None = None
    failed: tuple[str, ...] = ()


def plain(found: Pattern) -> dict[str, Any]:
    """A pattern as JSON takes it."""
    return asdict(found) | {"first_on": found.first_on.isoformat(), "last_on": found.last_on.isoformat()}


def of_plain(told: Mapping[str, Any]) -> Pattern:
    """The pattern that `plain` told of."""
    days = {name: date.fromisoformat(told[name]) for name in ("first_on", "last_on")}
    parts = {
        "certainty": Certainty(**told["certainty"]),
        "track": Track(**told["track"]),
        "incident_ids": tuple(told["incident_ids"]),
        "evidence": {name: value for name, value in told["evidence"].items() if value is not None},  # JSON knows no NaN
    }
    return Pattern(**{**told, **days, **parts})
