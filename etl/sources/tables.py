"""Tables as files: bytes to rows, whatever the encoding; instants as people and spreadsheets write them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from data.errors import RowRejected, SourceError

ENCODINGS: Final = ("utf-8-sig", "gb18030")
EXCEL_EPOCH: Final = datetime(1899, 12, 30)
_SERIAL: Final = re.compile(r"\d{5}(\.\d+)?")


def rows(body: bytes, name: str, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows with their number (1 is the first after the header), all values text. Raises `SourceError` for a file that is no
    such table: names the file and what is missing.
    """
    reader = csv.reader(io.StringIO(_decoded(body, name), newline=""))
    header = next(reader, [])
    missing = [column for column in needed if column not in header]
    if missing:
        raise SourceError(f"{name}: the column {', '.join(missing)} is missing.", remedy=f"It has: {', '.join(header)}.", file=name)
    try:
        for number, values in enumerate(reader, start=1):
            if values:
                yield number, dict(zip(header, [*values, *[""] * (len(header) - len(values))], strict=False))
    except csv.Error as error:
        raise SourceError(f"{name} line {reader.line_num}: {error}.", file=name, position=reader.line_num) from error


def _decoded(body: bytes, name: str) -> str:
    for encoding in ENCODINGS:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SourceError(f"{name} is neither UTF-8 nor GB 18030 text.", remedy="Save it as CSV in UTF-8.", file=name)


def instant(written: str, zone: ZoneInfo, formats: Sequence[str]) -> tuple[datetime, str]:
    """An instant and how exactly it is written (second, minute, day): by the source's formats, ISO 8601, or as Excel counts days.

    Without an offset it is local time of `zone`. Raises `RowRejected` for what is no instant and for a local time that the
    clock jumped over.
    """
    if _SERIAL.fullmatch(written):
        naive = EXCEL_EPOCH + timedelta(seconds=round(float(written) * 86400))
        return _local(naive, zone, written), "day" if "." not in written else "second"
    for form in (*formats, ""):
        try:
            read = datetime.strptime(written, form) if form else datetime.fromisoformat(written)
        except ValueError:
            continue
        precision = "second" if "%S" in form or (not form and written.count(":") >= 2) else "minute" if ":" in written else "day"
        return (read.astimezone(UTC) if read.tzinfo else _local(read, zone, written)), precision
    raise RowRejected("bad_time", f"{written!r} is no time.")


def _local(naive: datetime, zone: ZoneInfo, written: str) -> datetime:
    at = naive.replace(tzinfo=zone).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != naive:
        raise RowRejected("no_such_time", f"{written!r} does not exist in {zone.key}: the clock jumped over it.")
    return at


def number(written: str) -> float | None:
    """A number, or nothing for an empty value. Raises `RowRejected`."""
    if not written.strip():
        return None
    try:
        return float(written)
    except ValueError as error:
        raise RowRejected("bad_number", f"{written!r} is no number.") from error


def needed(row: dict[str, str], column: Any) -> str:
    """The value of a column that may not be empty. Raises `RowRejected`."""
    value = row[str(column)].strip()
    if not value:
        raise RowRejected("incomplete", f"The column {column} is empty.")
    return value
