"""What is being asked about: days, area, organisation, category and more; as a condition and as a sentence. Never reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, literal, or_, true

from data.city_records import City
from data.engine_words import Begins, HasWords, Unsought
from data.grams import words_of
from data.periods import Period, Span
from data.schema import incident
from data.vocabulary import CHANNELS, REPORTER_KINDS, SCOPE_WORDS, STATES, URGENCIES, Word

BETWEEN: Final = " · "
LONGEST: Final = 2000  # characters of what is looked for; no word is longer than the longest report
# What is asked of a case beside days and area: the field of a filter, and the words that name its codes.
NAMED: Final = {
    "state": STATES,
    "urgency": URGENCIES,
    "reporter_kind": REPORTER_KINDS,
}


@dataclass(frozen=True)
class Filter:
    """Which cases are asked for, and of which county days. Empty: all of them.

    `organisation_code` is the department that handles a case: the last one it was dispatched to (`incident.handler_code`),
    also after it gave the case back. `category_code` holds what its code begins, `A.01` all of `A.01.*`. `text` is
    looked for as `has_text` says; a restricted report is never found by it. `hour` (0 to 23) is one hour of
    the county's clock, for a span of one day.
    """

    span: Span
    level_code: str
    area_code: str
    organisation_code: str = ""
    category_code: str = ""
    channel_code: str = ""
    state_code: str = ""
    urgency_code: str = ""
    reporter_kind_code: str = ""
    text: str = ""
    hour: int | None = None

    def __post_init__(self) -> None:
        if self.hour is not None and (self.span.day_count != 1 or not 0 <= self.hour < 24):
            raise ValueError(f"an hour is one of a day's 24, and of one day: {self.hour} of {self.span.name}")

    def of(self, **changed: Any) -> Filter:
        """The same with other fields."""
        return replace(self, **changed)

    @property
    def dimensions(self) -> frozenset[str]:
        """Which things are asked for beside days and area."""
        asked = {"organisation": self.organisation_code, "category": self.category_code, "channel": self.channel_code,
                 "state": self.state_code, "urgency": self.urgency_code, "reporter_kind": self.reporter_kind_code,
                 "text": self.text, "hour": self.hour is not None}  # fmt: skip
        return frozenset(name for name, code in asked.items() if code)

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Half-open UTC bounds of the days, or of the hour."""
        if self.hour is None:
            return self.span.instants(zone)
        # By the county's clock: a day may have 23 or 25 hours.
        begun = datetime.combine(self.span.first_on, time(self.hour))
        return begun.replace(tzinfo=zone).astimezone(UTC), (begun + timedelta(hours=1)).replace(tzinfo=zone).astimezone(UTC)

    def condition(self) -> ColumnElement[bool]:
        """On `incident`, all but the days: those hang on what is counted, and choose the index."""
        area: Any = incident.c[f"{self.level_code}_code"]
        area = Unsought(area) if self.level_code == "county" else area
        return and_(area == self.area_code, *self.more_conditions())

    def more_conditions(self) -> list[ColumnElement[bool]]:
        """On `incident`, all but the days and the area."""
        conditions: list[ColumnElement[bool]] = []
        if self.organisation_code:
            conditions.append(incident.c.handler_code == self.organisation_code)
        if self.category_code:
            conditions.append(under(incident.c.category_code, self.category_code))
        if self.channel_code:
            conditions.append(incident.c.channel_code == self.channel_code)
        for name in NAMED:
            code = getattr(self, f"{name}_code")
            if code:
                conditions.append(incident.c[f"{name}_code"] == code)
        if self.text:
            conditions.append(has_text(self.text))
        return conditions

    def sentence(self, city: City, language: str) -> str:
        """What is asked, in Chinese (`zh`, `zh-CN`) or English. Raises `UnknownCode` for codes the city does not have."""
        parts = [period_sentence(self.span, language), _said(city.area(self.area_code).name, language)]
        if self.organisation_code:
            parts.append(_filled("organisation", language, city.organisation(self.organisation_code).name))
        if self.category_code:
            parts.append(_filled("category", language, city.category(self.category_code).name))
        if self.channel_code:
            parts.append(_filled("channel", language, CHANNELS[self.channel_code]))
        for name, words in NAMED.items():
            code = getattr(self, f"{name}_code")
            if code:
                parts.append(_filled(name, language, words[code]))
        if self.text:
            parts.append(_said(SCOPE_WORDS["text"], language).format(text=self.text))
        if self.hour is not None:
            parts.append(_said(SCOPE_WORDS["hour"], language).format(first=self.hour, last=self.hour + 1))
        return BETWEEN.join(parts)


def has_text(text: str) -> ColumnElement[bool]:
    """On `incident`: its words, or those of its address, hold each part between spaces of this text; all do when it is empty.
    Width and case make no difference; what is restricted shows its kind only, and is found by no word (`data.search`).
    """
    words = words_of(text)
    if not words:
        return true()
    return false() if len(text) > LONGEST else HasWords(incident.c.id, words)


def under(column: Any, code: str) -> ColumnElement[bool]:
    """The condition that a category code is this one or one below it."""
    return or_(column == code, Begins(column, literal(f"{code}.")))


def period_sentence(span: Span, language: str) -> str:
    """The days in words: a week by its ISO number, a month, a quarter, or from day to day."""
    period = span.period
    if period is None:
        word = SCOPE_WORDS["between"]
        return _said(word, language).format(first=span.first_on.isoformat(), last=span.last_on.isoformat())
    return _said(SCOPE_WORDS[period.kind], language).format(**_parts(period))


def _parts(period: Period) -> dict[str, Any]:
    year, week, _ = period.first_on.isocalendar()
    if period.kind != "week":
        year = period.first_on.year
    return {"year": year, "week": week, "month": period.first_on.month, "quarter": (period.first_on.month + 2) // 3,
            "day": period.first_on.isoformat()}  # fmt: skip


def _filled(key: str, language: str, name: Word) -> str:
    return _said(SCOPE_WORDS[key], language).format(name=_said(name, language))


def _said(word: Word, language: str) -> str:
    return word.zh if language.startswith("zh") else word.en
