"""Tables as files: bytes to rows, whatever the encoding; instants as people and spreadsheets write them."""

from __future__ import annotations

import contextlib
import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from data.errors import RowRejected, SourceError

ENCODINGS: Final = ("utf-8-sig", "gb18030")
EXCEL_EPOCH: Final = datetime(1899, 12, 30)
LONGEST_REFERENCE: Final = 200  # characters; no index takes a page of text
_SERIAL: Final = re.compile(r"\d{5}(\.\d+)?")
_CUT: Final = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
_CLOCK: Final = re.compile(r"\d[T ](\d\d)(:?\d\d)?(:?\d\d)?")
_FINER_THAN: Final = (("%S", "second"), ("%T", "second"), ("%X", "second"), ("%c", "second"), ("%M", "minute"), ("%H", "minute"))


def rows(
    body: bytes, name: str, needed: Sequence[str], *, encodings: Sequence[str] = ENCODINGS, delimiter: str = ","
) -> Iterator[tuple[int, dict[str, str] | RowRejected]]:
    """Rows with their number (1 is the first after the header), all values text; a row that has more values than the header
    has columns is given as its reason.

    Raises `SourceError` for a file that is no such table: names the file and what is missing.
    """
    reader = csv.reader(io.StringIO(_decoded(body, name, encodings), newline=""), delimiter=delimiter)
    try:
        header = next(reader, [])
        _check(header, name, needed)
        for number, values in enumerate(reader, start=1):
            if any(values[len(header) :]):
                yield number, RowRejected("ragged", f"The row has {len(values)} values, the header {len(header)} columns.")
            elif values:
                yield number, dict(zip(header, [*values, *[""] * (len(header) - len(values))], strict=False))
    except csv.Error as error:
        raise SourceError(f"{name} line {reader.line_num}: {error}.", file=name, position=reader.line_num) from error


def _check(header: Sequence[str], name: str, needed: Sequence[str]) -> None:
    missing = [column for column in needed if column not in header]
    if missing:
        raise SourceError(
            f"{name}: the column {', '.join(missing)} is missing.", remedy=f"It has: {', '.join(header)[:500]}.", file=name
        )
    twice = [column for column, count in Counter(header).items() if count > 1 and column in needed]
    if twice:
        raise SourceError(f"{name}: the column {', '.join(twice)} stands twice.", file=name)


def _decoded(body: bytes, name: str, encodings: Sequence[str]) -> str:
    for encoding in encodings:
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    said = " nor ".join("UTF-8" if each == "utf-8-sig" else "GB 18030" if each == "gb18030" else each for each in encodings)
    raise SourceError(f"{name} is neither {said} text.", remedy="Save it as CSV in UTF-8.", file=name)


def instant(written: str, zone: ZoneInfo, formats: Sequence[str]) -> tuple[datetime, str]:
    """An instant and how exactly it is written (second, minute, day): by the source's formats, ISO 8601, or as Excel counts days.

    Without an offset it is local time of `zone`. Raises `RowRejected` for what is no instant and for a local time that the
    clock jumped over.
    """
    return _instant(written, zone, tuple(formats))


# A row tells the same instant several times, and its neighbours do too.
@lru_cache(maxsize=4096)
def _instant(written: str, zone: ZoneInfo, formats: tuple[str, ...]) -> tuple[datetime, str]:
    if _SERIAL.fullmatch(written):
        naive = EXCEL_EPOCH + timedelta(seconds=round(float(written) * 86400))
        return _in_utc(naive, zone, written), "day" if "." not in written else "second"
    for form in (*formats, ""):
        try:
            read = datetime.strptime(written, form) if form else datetime.fromisoformat(written)
        except ValueError:
            continue
        return _in_utc(read, zone, written), _precision_of(form) if form else _precision(written)
    raise RowRejected("bad_time", f"{written!r} is no time.")


def _precision_of(form: str) -> str:
    return next((precision for sign, precision in _FINER_THAN if sign in form), "day")


def _precision(written: str) -> str:
    clock = _CLOCK.search(written)
    return "day" if clock is None else "second" if clock[3] else "minute"


def _in_utc(read: datetime, zone: ZoneInfo, written: str) -> datetime:
    try:
        if read.tzinfo is not None:
            return read.astimezone(UTC)
        at = read.replace(tzinfo=zone).astimezone(UTC)
        is_real = at.astimezone(zone).replace(tzinfo=None) == read
    except OverflowError as error:
        raise RowRejected("bad_time", f"{written!r} is no time.") from error
    if not is_real:
        raise RowRejected("no_such_time", f"{written!r} does not exist in {zone.key}: the clock jumped over it.")
    return at


def number(written: str) -> float | None:
    """A number, or nothing for an empty value. Raises `RowRejected`."""
    if not written.strip():
        return None
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise RowRejected("bad_number", f"{written!r} is no number.")
    return value


def needed(row: dict[str, str], column: Any) -> str:
    """The value of a column that may not be empty. Raises `RowRejected`."""
    value = row[str(column)].strip()
    if not value:
        raise RowRejected("incomplete", f"The column {column} is empty.")
    return value


def referred(error: RowRejected, row: dict[str, str] | RowRejected, column: Any) -> RowRejected:
    """A row's refusal, with the reference of its report where it can be read."""
    if not isinstance(row, RowRejected):
        with contextlib.suppress(RowRejected):
            error.report_ref = reference(row, column)
    return error


def reference(row: dict[str, str], column: Any) -> str:
    """The value of a column that identifies, as text. Raises `RowRejected` for one that cannot."""
    value = needed(row, column)
    if _CUT.fullmatch(value):
        raise RowRejected("cut_reference", f"The {column} {value!r} was cut by a spreadsheet: its last digits are lost.")
    if len(value) > LONGEST_REFERENCE or not value.isprintable():
        raise RowRejected("bad_reference", f"The {column} {value[:40]!r} is too long or holds characters that cannot be seen.")
    return value
