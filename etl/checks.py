"""May this row in, is this batch believable, does a city describe its file sources whole? Sentences; never repairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Any, Final

from data.city import City
from data.errors import RowRejected
from data.instants import EPOCH
from data.vocabulary import ACTIONS, CHANNELS
from etl.sources.raw import RawReport

NEEDED_COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "table_csv": ("source_ref", "reported_at"),
    "event_log_csv": ("case", "activity", "at", "reported_at"),
}


def check_row(raw: RawReport, now: datetime) -> None:
    """Raises `RowRejected` for a report or a step of a time that cannot be."""
    if raw.reported_at > now:
        raise RowRejected("in_the_future", f"The report is of {raw.reported_at.isoformat()}, which has not come yet.")
    if raw.reported_at < EPOCH:
        raise RowRejected("too_long_ago", f"The report is of {raw.reported_at.isoformat()}.")
    for step in raw.steps:
        if step.row_number is None:
            check_step(step.activity, step.at, now)


def check_step(activity: str, at: datetime, now: datetime) -> None:
    """Raises `RowRejected` for a step of a time that cannot be."""
    if not EPOCH <= at <= now:
        raise RowRejected("in_the_future" if at > now else "too_long_ago", f"{activity} is of {at.isoformat()}.")


def check_batch(read_count: int, rejected_count: int, usual: Sequence[int]) -> str:
    """A sentence about a batch that is far from usual, or nothing. `usual` are the sizes of the last batches of this source."""
    if read_count == 0:
        return "The file has no rows."
    if rejected_count * 10 > read_count:
        return f"{rejected_count} of {read_count} rows were rejected: more than one in ten."
    if len(usual) >= 3:
        middle = median(usual)
        if read_count * 3 < middle:
            return f"{read_count} rows are far fewer than the usual {middle:g}."
        if read_count > middle * 3:
            return f"{read_count} rows are far more than the usual {middle:g}."
    return ""


def check_sources(city: City) -> Iterator[str]:
    """What is wrong with the file sources of a city, in sentences."""
    for name, said in city.sources.items():
        if "reader" in said:
            yield from (f"sources.yaml: {name}: {sentence}" for sentence in _source_sentences(city, name, said))


def _source_sentences(city: City, source: str, said: Mapping[str, Any]) -> Iterator[str]:
    if said["reader"] not in NEEDED_COLUMNS:
        yield f"there is no reader {said['reader']!r}. There are: {', '.join(NEEDED_COLUMNS)}."
        return
    columns = said.get("columns")
    if not isinstance(columns, Mapping):
        yield "columns are missing."
        return
    yield from (f"the column for {each} is not named." for each in NEEDED_COLUMNS[said["reader"]] if each not in columns)
    for step in said.get("steps", ()):
        if step.get("action") not in ACTIONS or "at" not in step:
            yield f"the step {dict(step)} needs an action of ours and the column of its time."
    lists: Mapping[str, Any] = {"category": city.categories, "channel": CHANNELS, "organisation": city.organisations}
    for list_name in ("category", "channel"):
        if list_name not in columns and f"{list_name}_code" not in said:
            yield f"it names neither a column for {list_name} nor one {list_name}_code for all."
    for list_name, codes in lists.items():
        given = (said.get(f"{list_name}_code"), said.get("fallback", {}).get(list_name))
        yield from (f"{list_name} {code!r} is on no list." for code in given if code is not None and code not in codes)
