"""An event log, one row a step of a case: columns as the city's sources.yaml names them. Rows of one case become one report.

`columns` names case, activity, at, reported_at and, where there are such, step_ref, organisation (who did it),
to_organisation (who gets a case that is handed over), category, channel, text and address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from data.errors import RowRejected
from etl.sources import tables
from etl.sources.raw import RawReport, RawStep

WORDS = ("category", "channel", "text", "address")


def read(body: bytes, name: str, said: Mapping[str, Any], zone: Any) -> Iterator[tuple[int, RawReport | RowRejected]]:
    """Raw reports, each with all its steps, numbered by the row that names the case first. A row that cannot be a step is
    given as its reason. Raises `SourceError` for the whole file.
    """
    columns, formats = said["columns"], said.get("formats", ())
    how = {key: said[key] for key in ("encodings", "delimiter") if key in said}
    cases: dict[str, tuple[int, RawReport]] = {}
    for number, row in tables.rows(body, name, wanted(said), **how):
        try:
            if isinstance(row, RowRejected):
                raise row
            case = tables.reference(row, columns["case"])
            step = _step(row, columns, formats, zone, case, number)
            if case not in cases:
                cases[case] = (number, _report(row, columns, formats, zone, case))
            cases[case][1].steps.append(step)
        except RowRejected as error:
            yield number, tables.referred(error, row, columns["case"])
    yield from cases.values()


def wanted(said: Mapping[str, Any]) -> list[str]:
    """The columns a file of this source must have."""
    return sorted(set(said["columns"].values()))


def _step(row: dict[str, str], columns: Mapping[str, str], formats: Any, zone: Any, case: str, number: int) -> RawStep:
    at, precision = tables.instant(tables.needed(row, columns["at"]), zone, formats)
    activity = tables.needed(row, columns["activity"])
    own = tables.reference(row, columns["step_ref"]) if "step_ref" in columns else str(number)
    by, to = (row[columns[each]].strip() if each in columns else "" for each in ("organisation", "to_organisation"))
    return RawStep(f"{case}/{own}", activity, activity, at, precision, by, to, number)


def _report(row: dict[str, str], columns: Mapping[str, str], formats: Any, zone: Any, case: str) -> RawReport:
    reported_at, precision = tables.instant(tables.needed(row, columns["reported_at"]), zone, formats)
    words = {name: row[columns[name]] for name in WORDS if name in columns}
    return RawReport(case, reported_at, precision, None, words)
