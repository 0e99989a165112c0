"""One file is one batch: kept unchanged first, then read row by row; what cannot come in is kept with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, delete, select

from data import arrivals, feed, refusals
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.errors import CityError, RowRejected, SourceError, UnknownCode
from data.regions import Regions
from data.schema import batch, rejected_row
from etl import filing
from etl.checks import check_batch, check_sources
from etl.harmonize import Harmonizer
from etl.scrub import scrub
from etl.sources import event_log_csv, table_csv
from etl.sources.raw import RawReport

Record = RawReport | RowRejected


class Reader(NamedTuple):
    """Bytes of a file to raw records; a row is a report, or a step of one."""

    read: Callable[[bytes, str, Mapping[str, Any], Any], Iterator[tuple[int, Record]]]
    is_row_a_step: bool


READERS: Final = {"table_csv": Reader(table_csv.read, False), "event_log_csv": Reader(event_log_csv.read, True)}
CHUNK: Final = 500  # reports of one transaction


@dataclass
class Summary:
    """What became of the rows of a file: read = accepted + rejected; the repeated are among the accepted."""

    name: str
    read_count: int = 0
    accepted_count: int = 0
    repeated_count: int = 0
    rejected_count: int = 0
    remark: str = ""

    def sentence(self) -> str:
        accepted = f"{self.accepted_count} accepted ({self.repeated_count} known before)"
        return f"{self.name}: {self.read_count} read, {accepted}, {self.rejected_count} rejected. {self.remark}".strip()


def ingest_file(engine: Engine, city: City, regions: Regions, source: str, path: Path, clock: Clock) -> Summary:
    """Bring a file of a source in. Killed in the middle, it may simply be brought again: nothing is lost or doubled.

    Raises `UnknownCode` for a source the city does not have, `CityError` for one it describes badly, `SourceError` for a file
    that cannot be read.
    """
    if source not in city.sources or "reader" not in city.sources[source]:
        known = [name for name, said in city.sources.items() if "reader" in said]
        raise UnknownCode(
            f"{city.name.en} has no file source {source!r}.", remedy=f"It has: {', '.join(known) or 'none'}.", code=source
        )
    if problems := list(check_sources(city)):
        raise CityError(" ".join(problems), problems=problems)
    return Ingest(engine, city, regions, source, clock).run(path.name, body_of(path))


def body_of(path: Path) -> bytes:
    """The bytes of a file. Raises `SourceError`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read: {error.strerror}.", file=path.name) from error


def is_finished(engine: Engine, source: str, path: Path) -> bool:
    """Whether a file of this name with these bytes came in whole before. Raises `SourceError`."""
    same = (batch.c.source == source, batch.c.name == path.name, batch.c.checksum == hashlib.sha256(body_of(path)).hexdigest())
    with engines.reading(engine) as conn:
        return conn.execute(select(batch.c.id).where(*same, batch.c.finished_at.is_not(None))).first() is not None


class Ingest:
    """Brings one file in."""

    def __init__(self, engine: Engine, city: City, regions: Regions, source: str, clock: Clock) -> None:
        self.engine, self.city, self.source, self.clock = engine, city, source, clock
        self.said = city.sources[source]
        self.reader = READERS[self.said["reader"]]
        self.harmonizer = Harmonizer(city, regions, source, clock.now())
        self.checksum = ""  # of the file that is read

    def run(self, name: str, body: bytes) -> Summary:
        now = self.clock.now()
        with engines.writing(self.engine) as conn:
            checksum = arrivals.keep_snapshot(
                conn, source=self.source, name=name, media_type="text/csv", body=body, received_at=now
            )
            begun = arrivals.start_batch(conn, source=self.source, name=name, checksum=checksum, at=now)
        self.checksum = checksum
        base = {"batch_id": begun["id"], "source": self.source, "name": name, "checksum": checksum}
        summary = Summary(name)
        try:
            records = self.reader.read(body, name, self.said, self.city.zone)
            while chunk := list(islice(records, CHUNK)):
                with engines.writing(self.engine) as conn:
                    self._file(conn, chunk, summary, base)
        except SourceError as error:
            self._set_batch(begun["id"], summary, remark=str(error))
            raise
        summary.remark = check_batch(summary.read_count, summary.rejected_count, self._usual(begun["id"]))
        self._set_batch(begun["id"], summary, remark=summary.remark, finished_at=self.clock.now())
        return summary

    def _set_batch(self, batch_id: int, summary: Summary, **more: Any) -> None:
        counts = {key: value for key, value in vars(summary).items() if key not in ("name", "remark")}
        with engines.writing(self.engine) as conn:
            arrivals.set_batch(conn, batch_id, **counts, **more)

    def _file(self, conn: Connection, chunk: list[tuple[int, Record]], summary: Summary, base: dict[str, Any]) -> None:
        now = self.clock.now()
        filed, rejected, numbers = [], list[dict[str, Any]](), list[int]()
        for number, record in chunk:
            rows = self._row_numbers(number, record)
            numbers += rows
            report, refused = self._judge(rows, record)
            if report is not None:
                filed.append(report)
            rejected += [base | each | {"sentence": f"{summary.name} {each['sentence']}", "rejected_at": now} for each in refused]
        # Held before any of their rows is touched: a report that comes in now is not refused at the same time.
        filing.hold(conn, [(self.source, each["report_ref"]) for each in rejected] + [_key(report) for report, _ in filed])
        known_reports, known_steps = filing.file_many(conn, self.city, filed, now)
        repeated = known_steps if self.reader.is_row_a_step else known_reports
        # What an earlier run of this file set aside is found again, or may come in by now.
        stale = delete(rejected_row).where(rejected_row.c.batch_id == base["batch_id"], rejected_row.c.row_number.in_(numbers))
        refused_before = list(conn.execute(stale.returning(rejected_row.c.report_ref)).scalars())
        refusals.admit(conn, [(self.source, each) for each in refused_before if each], now)
        arrivals.reject(conn, rejected)
        accepted = len(numbers) - len(rejected)
        newest = max((report["reported_at"] for report, _ in filed), default=None)
        new = {"accepted": accepted - repeated, "rejected": len(rejected) - len(refused_before)}
        arrivals.touch_source(conn, self.source, event_at=newest, received_at=now, **new)
        feed.append(conn, now, [feed.Entry("city", {"source": self.source, "name": summary.name})])
        summary.read_count += len(numbers)
        summary.accepted_count += accepted
        summary.repeated_count += repeated
        summary.rejected_count += len(rejected)

    def _row_numbers(self, number: int, record: Record) -> list[int]:
        if isinstance(record, RowRejected) or not self.reader.is_row_a_step:
            return [number]
        return [step.row_number for step in record.steps if step.row_number is not None]

    def _judge(
        self, rows: list[int], record: Record
    ) -> tuple[tuple[dict[str, Any], list[dict[str, Any]]] | None, list[dict[str, Any]]]:
        """The report with its steps, if it may come in, and the rejections of its rows."""
        if isinstance(record, RowRejected):
            return None, [_rejection(number, record, "", self._report_ref(number, record)) for number in rows]
        content, reference = scrub(f"{record.source_ref} {record.words}"), record.source_ref
        try:
            report, steps, refused = self.harmonizer.rows(record)
        except RowRejected as error:
            return None, [_rejection(number, error, content, reference) for number in rows]
        rejections = [_rejection(number, error, content, reference) for number, error in refused]
        return (None if len(refused) == len(rows) else (report, steps)), rejections

    def _report_ref(self, number: int, error: RowRejected) -> str:
        """The report that an unreadable row is: its own reference, or the row itself; a step that names no case is none."""
        return error.report_ref or ("" if self.reader.is_row_a_step else f"{self.checksum}:{number}")

    def _usual(self, batch_id: int) -> list[int]:
        statement = select(batch.c.read_count).where(
            batch.c.source == self.source, batch.c.id != batch_id, batch.c.finished_at.is_not(None)
        )
        with engines.reading(self.engine) as conn:
            return [int(count) for count in conn.execute(statement.order_by(batch.c.id.desc()).limit(10)).scalars()]


def _key(report: Mapping[str, Any]) -> tuple[str, str]:
    return report["source"], report["source_ref"]


def _rejection(number: int, error: RowRejected, content: str, report_ref: str) -> dict[str, Any]:
    sentence = f"row {number}: {scrub(error.message)}"
    return {"row_number": number, "reason": error.reason, "sentence": sentence, "content": content, "report_ref": report_ref}
