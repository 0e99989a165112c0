"""What an analyst looks at: one selection, whole in the address, so that a link is a saved view and Back works. Pure.

A view is read from an address, written to one, changed into another, and turned into the filter that asks the store. Chips
and sentences are in `dashboard.analysis.sentences`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, urlencode

from dashboard.analysis import marks
from dashboard.i18n import LANGUAGES, language_of
from data import way_times
from data.behind import PARTS
from data.city import City
from data.errors import UnknownCode
from data.filters import NAMED, Filter
from data.metrics.registry import METRICS
from data.periods import KINDS, Period, Span
from data.vocabulary import CHANNELS

RUNNING: Final = KINDS  # a period by name moves with the day: this month is another one next month
COMPARED: Final = ("previous", "year_ago", "none")
PERIOD: Final = "month"
METRIC: Final = "reported"
LONGEST_TEXT: Final = 40
# The fields that are filters, in the order of their chips; the name in the address is the field's own.
FILTERS: Final = ("category", "channel", "department", "state", "urgency", "reporter_kind", "text", "hour")
STAGE: Final = "report_to_resolve"
SECTIONS: Final = ("flows", "patterns")
BELOW: Final = ("part", "mark", "section", "by", "stage", "limits")
CODES: Final = {"department": "organisation_code", "hour": "hour", "text": "text"}
DAYS: Final = (date(1990, 1, 1), date(2100, 1, 1))
_PATH: Final = re.compile(r"/analysis(?:/([^/]+))?/?")


@dataclass(frozen=True)
class View:
    """An area, a period, what it is compared with, filters (empty: any), the metric of the pictures, and the figure opened.

    `period` is one of `RUNNING` or the name of a span (`data.periods.Span.name`); `opened` is a metric's key, `part` which of
    a rate's incidents are shown, `mark` which of the reports a picture of the flow opens to (`dashboard.analysis.marks`).
    `section` is what is opened below the pictures, `by` and `stage` its durations, `limits` those moved to see what would be.
    """

    area_code: str
    period: str = PERIOD
    compared: str = COMPARED[0]
    category: str = ""
    channel: str = ""
    department: str = ""
    state: str = ""
    urgency: str = ""
    reporter_kind: str = ""
    text: str = ""
    hour: str = ""
    metric: str = METRIC
    opened: str = ""
    part: str = PARTS[0]
    mark: str = ""
    section: str = ""
    by: str = way_times.WAYS[0]
    stage: str = STAGE
    limits: str = ""
    language: str = LANGUAGES[0]

    def of(self, **changed: Any) -> View:
        """The same with other fields; an hour goes with its day, what is opened with its figure."""
        if "period" in changed:
            changed.setdefault("hour", "")
        if "opened" not in changed:
            changed = {"opened": "", **changed}
        if not changed["opened"]:
            changed["part"] = PARTS[0]
        changed.setdefault("mark", "")
        return replace(self, **changed)

    @property
    def chosen(self) -> dict[str, str]:
        """The filters that are set, by field."""
        return {name: getattr(self, name) for name in FILTERS if getattr(self, name)}

    def span(self, on: date) -> Span:
        """The days of its period, of which `on` is today."""
        return Period.holding(self.period, on).span if self.period in RUNNING else Span.parse(self.period)

    def filter(self, city: City, on: date) -> Filter:
        """What it asks of the store, for all days of its period."""
        codes: dict[str, Any] = {CODES.get(name, f"{name}_code"): code for name, code in self.chosen.items()}
        if "hour" in codes:
            codes["hour"] = int(self.hour)
        return Filter(self.span(on), city.area(self.area_code).level_code, self.area_code, **codes)


DEFAULTS: Final = View("")


def is_address(path: str) -> bool:
    """Whether a path is the analysis page's."""
    return _PATH.fullmatch(path or "") is not None


def from_address(city: City, path: str, search: str) -> View:
    """The view of an address such as `/analysis/330483100?period=2026Q4&category=A.01`.

    Raises `UnknownCode` for an area, a category or any other code that there is none of, and for days that are none: nothing
    that was asked for is dropped in silence. What the page does not know at all is let be.
    """
    found = _PATH.fullmatch(path or "")
    asked = {name: values[0] for name, values in parse_qs((search or "").removeprefix("?")).items()}
    view = View(
        city.area((found and found[1]) or city.code).area_code,
        period=_period(asked.get("period", PERIOD)),
        compared=_one_of("compare", asked.get("compare", COMPARED[0]), COMPARED),
        category=city.category(asked["category"]).category_code if "category" in asked else "",
        channel=_one_of("channel", asked["channel"], CHANNELS) if "channel" in asked else "",
        department=city.organisation(asked["department"]).organisation_code if "department" in asked else "",
        **{name: _one_of(name, asked[name], words) for name, words in NAMED.items() if name in asked},
        text=plain(asked.get("text", "")),
        metric=_one_of("metric", asked.get("metric", METRIC), METRICS),
        opened=_one_of("open", asked["open"], METRICS) if "open" in asked else "",
        language=language_of(asked.get("lang")),
    )
    view = replace(
        view,
        part=_one_of("part", asked.get("part", PARTS[0]), PARTS) if view.opened else PARTS[0],
        mark=marks.checked(city, asked["mark"]) if "mark" in asked and view.opened == METRIC else "",
        section=_one_of("section", asked["section"], SECTIONS) if "section" in asked else "",
        by=_one_of("dimension", asked.get("by", view.by), way_times.WAYS),
        stage=_one_of("stage", asked.get("stage", STAGE), way_times.STAGES),
        limits=marks.limits_text(marks.limits_of(city, asked.get("limits", ""))),
    )
    return replace(view, hour=_hour(asked.get("hour", ""), view.period))


def to_address(city: City, view: View) -> str:
    """The shortest address that leads back to a view."""
    path = "/analysis" if view.area_code == city.code else f"/analysis/{view.area_code}"
    said: dict[str, str] = {}
    for name, field in (("period", "period"), ("compare", "compared"), *((each, each) for each in FILTERS), ("metric", "metric"),
                        ("open", "opened"), *((each, each) for each in BELOW)):  # fmt: skip
        if getattr(view, field) != getattr(DEFAULTS, field):
            said[name] = getattr(view, field)
    if view.language != LANGUAGES[0]:
        said["lang"] = view.language
    return f"{path}?{urlencode(said)}" if said else path


def file_address(city: City, view: View, kind: str, ending: str) -> str:
    """Where the file of a picture of a view is."""
    asked = dict(parse_qsl(to_address(city, view).partition("?")[2])) | {"area": view.area_code}
    return f"/analysis-export/{kind}.{ending}?{urlencode(asked)}"


def plain(text: str) -> str:
    """What is looked for in the reports: one line, no marks that cannot be seen, no longer than a sentence."""
    shown = "".join(each if unicodedata.category(each)[0] not in "CZ" else " " for each in text)
    return " ".join(shown.split())[:LONGEST_TEXT].strip()


def _one_of(name: str, code: str, known: Any) -> str:
    if code not in known:
        raise UnknownCode(f"There is no {name} {code!r}.", list=name, code=code)
    return code


def _period(name: str) -> str:
    """One of `RUNNING`, or the name of a span in its shortest form. Raises `UnknownCode`."""
    if name in RUNNING:
        return name
    try:
        span = Span.parse(name)
    except ValueError as error:
        raise UnknownCode(f"There are no days {name!r}.", list="period", code=name) from error
    if not (DAYS[0] <= span.first_on and span.last_on <= DAYS[1]):
        raise UnknownCode(f"The days {name!r} are out of reach.", list="period", code=name)
    return span.name


def _hour(written: str, period: str) -> str:
    """An hour of a single day. Raises `UnknownCode`."""
    is_day = period == "day" or (period not in RUNNING and Span.parse(period).day_count == 1)
    if written and not (is_day and written.isascii() and written.isdigit() and len(written) <= 2 and int(written) < 24):
        raise UnknownCode(f"There is no hour {written!r} of {period}.", list="hour", code=written)
    return str(int(written)) if written else ""


def parts_of(search: str) -> Mapping[str, str]:
    """The fields of an address's search part as they were written, for what is no part of a view."""
    return {name: values[0] for name, values in parse_qs((search or "").removeprefix("?")).items()}
