"""Copies the incidents into columns in a process of its own, so that the screen never waits: `python -m data.case_loader`.

Reads one line of JSON (`url`, `folder`, `zone`), reads all incidents in one transaction, and writes them into the folder
(`data.case_files`). Says how many it has after each part, and ends when its reader has gone.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import orjson

from data import engine as engines
from data import feed
from data.case_columns import select_rows
from data.case_files import Writer

AT_ONCE: Final = 50_000  # rows


def main() -> int:
    os.nice(10)  # the screen and the intake come first
    job = orjson.loads(sys.stdin.buffer.readline())
    engine, writer = engines.create(job["url"]), Writer(ZoneInfo(job["zone"]))
    with engines.reading(engine) as conn:
        version = feed.head(conn)
        found = conn.execute(select_rows().execution_options(yield_per=AT_ONCE))
        for rows in found.partitions():
            writer.add(rows)
            sys.stdout.write(f"{writer.size}\n")
            sys.stdout.flush()
    engine.dispose()
    if not writer.size:
        writer.add([])
    writer.write(Path(job["folder"]), version)
    return 0


if __name__ == "__main__":
    sys.exit(main())
