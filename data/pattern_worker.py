"""Finds the patterns of one area in a process of its own, so that the screen never waits: `python -m data.pattern_worker`.

Reads one line of JSON (`url`, `city`, `level`, `area`, `now`, `kinds`) and writes a line for each step: `{"share": 0 to 1}` while a
kind is looked for, `{"kind", "patterns"}` when it is found, `{"kind", "failed"}` when it is not. Ends when its reader has gone.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from data import city as cities
from data import engine as engines
from data.pattern_finds import FINDERS, Sought
from data.patterns.record import plain


def main() -> int:
    os.nice(10)  # the screen and the intake come first
    job = orjson.loads(sys.stdin.buffer.readline())
    sought = Sought(cities.load(Path(job["city"])), job["level"], job["area"], datetime.fromisoformat(job["now"]))
    engine = engines.create(job["url"])
    for number, kind in enumerate(job["kinds"]):

        def told(share: float, number: int = number) -> None:
            tell({"share": (number + share) / len(job["kinds"])})

        told(0)
        try:
            with engines.reading(engine) as conn:
                found = FINDERS[kind](conn, sought, told)
        except Exception as error:  # one kind that fails takes no other with it: the keeper tells and logs it
            tell({"kind": kind, "failed": f"{type(error).__name__}: {error}"})
        else:
            tell({"kind": kind, "patterns": [plain(each) for each in found]})
    engine.dispose()
    return 0


def tell(said: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(said, option=orjson.OPT_SERIALIZE_NUMPY) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
