"""One file is one batch: kept unchanged first, then read row by row; what cannot come in is kept with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, delete, select

from data import arrivals, feed
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.errors import RowRejected, SourceError, UnknownCode
from data.regions import Regions
from data.schema import batch, rejected_row
from etl import filing
from etl.checks import check_batch
from etl.harmonize import Harmonizer
from etl.scrub import scrub
from etl.sources import event_log_csv, table_csv
from etl.sources.raw import RawReport

READERS: Final = {"table_csv": table_csv.read, "event_log_csv": event_log_csv.read}
CHUNK: Final = 500  # reports of one transaction


@dataclass
class Summary:
    """What became of a file: read = accepted + rejected; the repeated are among the accepted."""

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

    Raises `UnknownCode` for a source the city does not have, `SourceError` for a file that cannot be read at all.
    """
    if source not in city.sources or city.sources[source].get("reader") not in READERS:
        known = [name for name, said in city.sources.items() if said.get("reader") in READERS]
        raise UnknownCode(
            f"{city.name.en} has no file source {source!r}.", remedy=f"It has: {', '.join(known) or 'none'}.", code=source
        )
    try:
        body = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read: {error.strerror}.", file=path.name) from error
    return Ingest(engine, city, regions, source, clock).run(path.name, body)


class Ingest:
    """Brings one file in."""

    def __init__(self, engine: Engine, city: City, regions: Regions, source: str, clock: Clock) -> None:
        self.engine, self.city, self.source, self.clock = engine, city, source, clock
        self.said = city.sources[source]
        self.harmonizer = Harmonizer(city, regions, source, clock.now())

    def run(self, name: str, body: bytes) -> Summary:
        now = self.clock.now()
        with engines.writing(self.engine) as conn:
            checksum = arrivals.keep_snapshot(
                conn, source=self.source, name=name, media_type="text/csv", body=body, received_at=now
            )
            row = arrivals.start_batch(conn, source=self.source, name=name, checksum=checksum, at=now)
            # What an interrupted run set aside is found again.
            conn.execute(delete(rejected_row).where(rejected_row.c.batch_id == row["id"]))
        summary = Summary(name)
        records = READERS[self.said["reader"]](body, name, self.said, self.city.zone)
        while chunk := list(islice(records, CHUNK)):
            with engines.writing(self.engine) as conn:
                self._file(conn, chunk, summary, row["id"], checksum)
        summary.remark = check_batch(summary.read_count, summary.rejected_count, self._usual(row["id"]))
        with engines.writing(self.engine) as conn:
            counts = {key: value for key, value in vars(summary).items() if key != "name"}
            arrivals.set_batch(conn, row["id"], finished_at=self.clock.now(), **counts)
        return summary

    def _file(
        self, conn: Connection, chunk: list[tuple[int, RawReport | RowRejected]], summary: Summary, batch_id: int, checksum: str
    ) -> None:
        now = self.clock.now()
        filed, rejected, rows_of = [], [], 0
        for number, record in chunk:
            size = 1 if isinstance(record, RowRejected) or self.said["reader"] == "table_csv" else len(record.steps)
            try:
                if isinstance(record, RowRejected):
                    raise record
                filed.append(self.harmonizer.rows(record))
                rows_of += size
            except RowRejected as error:
                content = "" if isinstance(record, RowRejected) else scrub(f"{record.source_ref} {record.words}")
                reason = {"reason": error.reason, "sentence": f"{summary.name} row {number}: {error.message}", "content": content}
                base = {"batch_id": batch_id, "source": self.source, "name": summary.name, "row_number": number}
                rejected += [base | reason | {"checksum": checksum, "rejected_at": now}] * size
        repeated = filing.file_many(conn, self.city, filed, now)
        arrivals.reject(conn, rejected)
        newest = max((report["reported_at"] for report, _ in filed), default=None)
        arrivals.touch_source(conn, self.source, event_at=newest, received_at=now, accepted=rows_of, rejected=len(rejected))
        feed.append(conn, now, [feed.Entry("city", {"source": self.source, "name": summary.name})])
        summary.read_count += rows_of + len(rejected)
        summary.accepted_count += rows_of
        summary.repeated_count += repeated
        summary.rejected_count += len(rejected)

    def _usual(self, batch_id: int) -> list[int]:
        statement = select(batch.c.read_count).where(
            batch.c.source == self.source, batch.c.id != batch_id, batch.c.finished_at.is_not(None)
        )
        with engines.reading(self.engine) as conn:
            return [int(count) for count in conn.execute(statement.order_by(batch.c.id.desc()).limit(10)).scalars()]
