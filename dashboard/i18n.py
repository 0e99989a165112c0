"""Words, numbers, durations and dates in a language. Chinese is the default and written first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from data.metrics.registry import METRICS, Value
from data.vocabulary import Word

LANGUAGES: Final = ("zh-CN", "en")
FOLDER: Final = Path(__file__).parent / "words"


@lru_cache
def words(language: str) -> dict[str, str]:
    """All words of the screen in a language."""
    loaded: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return loaded


def language_of(asked: str | None) -> str:
    """The language asked for in the address, or Chinese."""
    return next((each for each in LANGUAGES if asked and each.lower().startswith(asked.lower()[:2])), LANGUAGES[0])


@dataclass(frozen=True)
class Look:
    """How a page speaks: its language and the county's zone."""

    language: str
    zone: ZoneInfo

    def word(self, key: str, **facts: object) -> str:
        return words(self.language)[key].format(**facts)

    def maybe(self, key: str) -> str:
        """The word of a key, or nothing where there is none to say."""
        return words(self.language).get(key, "")

    def name(self, word: Word) -> str:
        return word.zh if self.language == "zh-CN" else word.en

    def duration(self, elapsed: timedelta) -> str:
        """Minutes below an hour, hours and minutes below two days, then days and hours, whole days from sixty on."""
        minutes = int(elapsed.total_seconds() // 60)
        if minutes < 1:
            return self.word("duration.none")
        if minutes < 60:
            return self.word("duration.minutes", minutes=minutes)
        if minutes < 48 * 60:
            hours, rest = divmod(minutes, 60)
            return self.word("duration.hours", hours=hours, minutes=rest) if rest else self.word("duration.hours_only", hours=hours)
        days, rest = divmod(minutes // 60, 24)
        return (
            self.word("duration.days", days=days, hours=rest) if rest and days < 60 else self.word("duration.days_only", days=days)
        )

    def number(self, value: float) -> str:
        """A count: 万 and 亿 in Chinese, thousands in English."""
        if self.language != "zh-CN" or value < 10_000:
            return f"{value:,.0f}" if self.language == "en" else f"{value:.0f}"
        unit, size = (chr(0x4EBF), 1e8) if value >= 1e8 else (chr(0x4E07), 1e4)
        return f"{value / size:.1f} {unit}"

    def figure(self, key: str, found: Value) -> str:
        """A metric's value with the decimals of its unit: a share with %, and — where there is no number."""
        if found.number is None:
            return self.word("figure.none")
        metric = METRICS[key]
        return f"{found.number:.{metric.decimals}f} %" if metric.is_rate else self.number(found.number)

    def clock(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%H:%M}"

    def day(self, on: date) -> str:
        return on.isoformat()

    def moment(self, at: datetime, precision: str = "minute") -> str:
        """Month, day and time; only the day where no time is known."""
        local = at.astimezone(self.zone)
        return f"{local:%m-%d}" if precision == "day" else f"{local:%m-%d %H:%M}"


class ExactLook(Look):
    """For who counts: numbers to the last one."""

    def number(self, value: float) -> str:
        return f"{value:,.0f}"
