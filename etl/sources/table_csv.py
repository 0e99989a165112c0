"""A table of reports, one row each, with the times of what became of it: columns as the city's sources.yaml names them.

`columns` names source_ref, reported_at, category, channel and, where there are such, x, y, text and address; `steps` lists
{action, at: column or columns of which the first filled one counts, when: {column, in: values}, by: column, to: column}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from data.errors import RowRejected
from etl.sources import tables
from etl.sources.raw import RawReport, RawStep

WORDS = ("category", "channel", "text", "address")


def read(body: bytes, name: str, said: Mapping[str, Any], zone: Any) -> Iterator[tuple[int, RawReport | RowRejected]]:
    """Raw reports by row number; a row that cannot be one is given as its reason. Raises `SourceError` for the whole file."""
    how = {key: said[key] for key in ("encodings", "delimiter") if key in said}
    for number, row in tables.rows(body, name, wanted(said), **how):
        try:
            if isinstance(row, RowRejected):
                raise row
            yield number, _report(row, said, zone)
        except RowRejected as error:
            yield number, tables.referred(error, row, said["columns"]["source_ref"])


def wanted(said: Mapping[str, Any]) -> list[str]:
    """The columns a file of this source must have."""
    steps = said.get("steps", ())
    named = [each for step in steps for each in (*_columns(step), step.get("by"), step.get("to"), _when(step)[0])]
    return sorted({*said["columns"].values(), *filter(None, named)})


def _columns(step: Mapping[str, Any]) -> Sequence[str]:
    return [step["at"]] if isinstance(step["at"], str) else step["at"]


def _when(step: Mapping[str, Any]) -> tuple[str, Sequence[str]]:
    condition = step.get("when", {})
    return condition.get("column", ""), condition.get("in", ())


def _report(row: dict[str, str], said: Mapping[str, Any], zone: Any) -> RawReport:
    columns, formats = said["columns"], said.get("formats", ())
    source_ref = tables.reference(row, columns["source_ref"])
    reported_at, precision = tables.instant(tables.needed(row, columns["reported_at"]), zone, formats)
    lon, lat = (tables.number(row[columns[each]]) if each in columns else None for each in ("x", "y"))
    happened = []
    for step in said.get("steps", ()):
        column, values = _when(step)
        at_column = next((each for each in _columns(step) if row[each].strip()), "")
        if not at_column or (column and row[column] not in values):
            continue
        at, exact = tables.instant(row[at_column].strip(), zone, formats)
        if at < reported_at and exact != "day":
            raise RowRejected("before_report", f"{at_column} {row[at_column]!r} lies before the report.")
        by, to = (row[step[each]].strip() if each in step else "" for each in ("by", "to"))
        action = step["action"]
        happened.append(RawStep(f"{source_ref}/{action}", action, at_column, max(at, reported_at), exact, by, to))
    return RawReport(
        source_ref=source_ref,
        reported_at=reported_at,
        precision=precision,
        point=None if lon is None or lat is None else (lon, lat),
        words={name: row[columns[name]] for name in WORDS if name in columns},
        steps=happened,
    )
