"""Words and places of a source into our codes, by the city's spellings. Never guesses: an unknown word is an error."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from data import store
from data.city import City
from data.errors import RowRejected, UnknownCode
from data.periods import county_date
from data.regions import Regions
from data.vocabulary import ACTIONS
from etl import places
from etl.scrub import scrub
from etl.sources.raw import RawReport, RawStep


class Harmonizer:
    """Turns the raw records of one source into rows."""

    def __init__(self, city: City, regions: Regions, source: str, now: datetime) -> None:
        self.city, self.regions, self.source, self.now = city, regions, source, now
        self.said: Mapping[str, Any] = city.sources[source]
        self._incident, self._step = store.incident_defaults(), store.step_defaults()

    def rows(self, raw: RawReport) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The report (columns of an incident that are not derived) and its steps. Raises `RowRejected`."""
        if raw.reported_at > self.now:
            raise RowRejected("in_the_future", f"The report is of {raw.reported_at.isoformat()}, which has not come yet.")
        category = self._code("category", raw.words.get("category", ""))
        on = county_date(raw.reported_at, self.city.zone)
        text = scrub(raw.words.get("text", ""))
        address = scrub(raw.words.get("address", ""))
        place = places.locate(
            self.city, self.regions, on=on, point=raw.point, crs=self.said.get("crs", "wgs84"), words=f"{text} {address}"
        )
        report = (
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
                "category_code": category,
                "urgency_code": self.city.categories[category].urgency_code,
                "is_restricted": self.city.categories[category].is_restricted,
                "report_text": text,
                "address_text": address,
            }
        )
        return report, [self._step_row(raw, step) for step in raw.steps]

    def _step_row(self, raw: RawReport, step: RawStep) -> dict[str, Any]:
        who = self._code("organisation", step.organisation) if step.organisation else None
        return self._step | {
            "source": self.source,
            "source_ref": step.source_ref,
            "incident_source": self.source,
            "incident_ref": raw.source_ref,
            "action_code": step.action if step.action in ACTIONS else self._code("action", step.action),
            "activity_name": step.activity,
            "at": step.at,
            "precision_code": step.precision,
            "received_at": self.now,
            "organisation_code": who,
        }

    def _code(self, list_name: str, word: str) -> str:
        fixed = self.said.get(f"{list_name}_code")
        if fixed is not None:
            return str(fixed)
        try:
            return self.city.spelling(self.source, list_name, word)
        except UnknownCode as error:
            raise RowRejected("unknown_word", error.message, list=list_name, word=word) from error
