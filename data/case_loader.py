"""Copies the incidents into columns in a process of its own, so that the screen never waits: `python -m data.case_loader`.

Reads one line of JSON (`url`, `folder`, `zone`, `product`), reads all incidents in one transaction, and writes them into the folder
(`data.case_files`). Says how many it has after each part, and ends when its reader has gone.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import orjson

from data import case_keeping, feed
from data import engine as engines
from data.case_columns import select_rows
from data.case_files import Writer

AT_ONCE: Final = 10_000  # rows
REST: Final = 1.0  # as long as each of its parts took: a copy is made once, and who looks meanwhile asks the same database


class Pace:
    """Rests after each part of the work."""

    def __init__(self) -> None:
        self.begun = time.monotonic()

    def rest(self) -> None:
        time.sleep(REST * (time.monotonic() - self.begun))
        self.begun = time.monotonic()


def main() -> int:
    os.nice(19)  # the screen and the intake come first
    job = orjson.loads(sys.stdin.buffer.readline())
    if case_keeping.product() != job["product"]:
        # What a column means may be another thing to the one who reads it.
        sys.exit("the product is not the one that the server was started with: no copy in columns until it is started again")
    zone = ZoneInfo(job["zone"])
    engine, writer, pace = engines.create(job["url"]), Writer(zone), Pace()
    with engines.reading(engine) as conn:
        version = feed.head(conn)
        mark = case_keeping.mark(conn, version, zone, job["product"])
        found = conn.execute(select_rows().execution_options(yield_per=AT_ONCE))
        for rows in found.partitions():
            writer.add(rows)
            sys.stdout.write(f"{writer.size}\n")
            sys.stdout.flush()
            pace.rest()
    engine.dispose()
    if not writer.size:
        writer.add([])
    writer.write(Path(job["folder"]), version, mark, pace.rest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
