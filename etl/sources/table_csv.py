"""A table of reports, one row each, with the times of what became of it: columns as the city's sources.yaml names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from data.errors import RowRejected
from etl.sources import tables
from etl.sources.raw import RawReport, RawStep


def read(body: bytes, name: str, said: Mapping[str, Any], zone: Any) -> Iterator[tuple[int, RawReport | RowRejected]]:
    """Raw reports by row number; a row that cannot be one is given as its reason. Raises `SourceError` for the whole file."""
    columns = said["columns"]
    formats = said.get("formats", ())
    steps = said.get("steps", ())
    wanted = {*columns.values(), *(step["at"] for step in steps), *(step["when"]["column"] for step in steps if "when" in step)}
    for number, row in tables.rows(body, name, sorted(wanted)):
        try:
            yield number, _report(row, columns, formats, steps, zone)
        except RowRejected as error:
            yield number, error


def _report(row: dict[str, str], columns: Mapping[str, str], formats: Any, steps: Any, zone: Any) -> RawReport:
    reference = tables.needed(row, columns["source_ref"])
    reported_at, precision = tables.instant(tables.needed(row, columns["reported_at"]), zone, formats)
    lon, lat = (tables.number(row[columns[each]]) if each in columns else None for each in ("x", "y"))
    happened = []
    for step in steps:
        written = row[step["at"]].strip()
        if written and row.get(step.get("when", {}).get("column", ""), "") in step.get("when", {}).get("in", [""]):
            at, exact = tables.instant(written, zone, formats)
            if at < reported_at and exact != "day":
                raise RowRejected("before_report", f"{step['at']} {written!r} lies before the report.")
            who = row[columns["organisation"]] if "organisation" in columns else ""
            happened.append(RawStep(f"{reference}/{step['action']}", step["action"], step["at"], max(at, reported_at), exact, who))
    return RawReport(
        source_ref=reference,
        reported_at=reported_at,
        precision=precision,
        point=None if lon is None or lat is None else (lon, lat),
        words={name: row[columns[name]] for name in ("category", "channel", "organisation", "text", "address") if name in columns},
        steps=happened,
    )
