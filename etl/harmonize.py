"""Words and places of a source into our codes, by the city's spellings. Never guesses: an unknown word is an error,
unless the city names the code that stands for all unknown words of this source (`fallback` in its sources.yaml).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from data import store
from data.city import City
from data.errors import RowRejected, UnknownCode
from data.periods import county_date
from data.regions import Regions
from data.vocabulary import ACTIONS
from etl import places
from etl.checks import check_row, check_step
from etl.scrub import scrub
from etl.sources.raw import RawReport, RawStep

HANDED_OVER: Final = ("forward", "dispatch", "return")
Refused = list[tuple[int, RowRejected]]


class Harmonizer:
    """Turns the raw records of one source into rows."""

    def __init__(self, city: City, regions: Regions, source: str, now: datetime) -> None:
        self.city, self.regions, self.source, self.now = city, regions, source, now
        self.said: Mapping[str, Any] = city.sources[source]
        self._incident, self._step = store.incident_defaults(), store.step_defaults()

    def rows(self, raw: RawReport) -> tuple[dict[str, Any], list[dict[str, Any]], Refused]:
        """The report (columns of an incident that are not derived), its steps, and the steps with a row of their own that may
        not come in. Raises `RowRejected` when the report may not.
        """
        check_row(raw, self.now)
        report = self._report_row(raw)
        steps, refused = [], Refused()
        for step in raw.steps:
            try:
                steps.append(self._step_row(raw, step))
            except RowRejected as error:
                if step.row_number is None:
                    raise
                refused.append((step.row_number, error))
        return report, steps, refused

    def _report_row(self, raw: RawReport) -> dict[str, Any]:
        category = self.city.categories[self._code("category", raw.words.get("category", ""))]
        on = county_date(raw.reported_at, self.city.zone)
        text, address = scrub(raw.words.get("text", "")), scrub(raw.words.get("address", ""))
        crs = self.said.get("crs", "wgs84")
        place = places.locate(self.city, self.regions, on=on, point=raw.point, crs=crs, words=f"{text} {address}")
        return (
            self._incident
            | place
            | {
                "source": self.source,
                "source_ref": raw.source_ref,
                "reported_at": raw.reported_at,
                "reported_precision": raw.precision,
                "received_at": self.now,
                "channel_code": self._code("channel", raw.words.get("channel", "")),
                "reporter_kind_code": self.said.get("reporter_kind_code", "resident"),
                "category_code": category.category_code,
                "urgency_code": category.urgency_code,
                "is_restricted": category.is_restricted,
                "report_text": text,
                "address_text": address,
            }
        )

    def _step_row(self, raw: RawReport, step: RawStep) -> dict[str, Any]:
        check_step(step.activity, step.at, self.now)
        action = step.action if step.action in ACTIONS else self._code("action", step.action)
        to = step.to_organisation if action in HANDED_OVER else ""
        return self._step | {
            "source": self.source,
            "source_ref": step.source_ref,
            "incident_source": self.source,
            "incident_ref": raw.source_ref,
            "action_code": action,
            "activity_name": step.activity,
            "at": step.at,
            "precision_code": step.precision,
            "received_at": self.now,
            "organisation_code": self._code("organisation", step.organisation) if step.organisation else None,
            "to_organisation_code": self._code("organisation", to) if to else None,
        }

    def _code(self, list_name: str, word: str) -> str:
        fixed = self.said.get(f"{list_name}_code")
        if fixed is not None:
            return str(fixed)
        try:
            return self.city.spelling(self.source, list_name, word.strip())
        except UnknownCode as error:
            fallback = self.said.get("fallback", {}).get(list_name)
            if fallback is None:
                raise RowRejected("unknown_word", error.message, list=list_name, word=word) from error
            return str(fallback)
