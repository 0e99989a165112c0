"""The command line of arrival: ingest, watch, serve, demo, prepare, token, check-city, check-rollups. Never parses a source."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Engine

from data import city as cities
from data import engine as engines
from data import opening, path_recount, recount
from data import settings as settings_module
from data.city import City
from data.clocks import Clock
from data.errors import ShouwangError, SourceError
from data.regions import Regions
from data.settings import Settings
from etl import checks, ingest, tokens
from etl.demo.driver import Driver
from etl.echo import Echo
from etl.folder import Folder
from etl.inbox import Worker
from etl.photographs import Photographs

WATCH_SECONDS = 2.0


def prepare(settings: Settings) -> tuple[Engine, City]:
    """The database at the newest schema with the city in it. Raises `ShouwangError`."""
    city = cities.load(settings.city_folder)
    return opening.open_store(settings.url, city, Clock(settings.clock_start).now()), city


def main(arguments: Sequence[str] | None = None) -> int:
    """One of the three doors: an error becomes a sentence and an exit code (1 the check found something, 2 it could not run)."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    try:
        return int(options.run(options, settings_module.read()))
    except ShouwangError as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m etl.run", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace, Settings], int], sentence: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=sentence, description=sentence)
        added.set_defaults(run=run)
        return added

    command("prepare", _prepare, "Bring the database to the newest schema and put the city into it.")
    given = command("ingest", _ingest, "Read files of a source; a file read before changes nothing.")
    given.add_argument("source")
    given.add_argument("files", nargs="+", type=Path)
    given = command("watch", _watch, "Read every new file of a source in a folder, and go on.")
    given.add_argument("source")
    given.add_argument("folder", type=Path)
    given.add_argument("--seconds", type=float, default=WATCH_SECONDS, help="between two looks")
    command("serve", _serve, "File kept messages, answer reporters, fetch photographs and check the ledger, without a screen.")
    command("demo", _demo, "Fill and keep alive the invented county; ends with its parent.")
    given = command("token", _token, "Make a token with which an organisation posts its steps; it is shown once.")
    given.add_argument("organisation")
    given = command("check-city", _check_city, "Say in sentences what is wrong with a city folder.")
    given.add_argument("folder", type=Path)
    command("check-rollups", _check_rollups, "Recount every rollup cell from the incidents and compare.")
    return parser


def _prepare(options: argparse.Namespace, settings: Settings) -> int:
    _, city = prepare(settings)
    print(f"{city.name.zh} is ready.")
    return 0


def _ingest(options: argparse.Namespace, settings: Settings) -> int:
    engine, city = prepare(settings)
    regions, clock = Regions(city), Clock(settings.clock_start)
    told = [_bring(engine, city, regions, options.source, path, clock) for path in options.files]
    return 0 if all(told) else 2


def _bring(
    engine: Engine, city: City, regions: Regions, source: str, path: Path, clock: Clock, *, is_known_skipped: bool = False
) -> bool:
    """Bring a file in and say what became of it; a file that cannot be read does not keep the next one out."""
    try:
        if not (is_known_skipped and ingest.is_finished(engine, source, path)):
            print(ingest.ingest_file(engine, city, regions, source, path, clock).sentence(), flush=True)
    except SourceError as error:
        print(error, file=sys.stderr, flush=True)
        return False
    return True


def _watch(options: argparse.Namespace, settings: Settings) -> int:
    engine, city = prepare(settings)
    regions, clock, folder = Regions(city), Clock(settings.clock_start), Folder(options.folder)
    is_ending = _ending()
    while not is_ending():
        for path in folder.rested():
            _bring(engine, city, regions, options.source, path, clock, is_known_skipped=True)
        time.sleep(options.seconds)
    return 0


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    engine, city = prepare(settings)
    clock = Clock(settings.clock_start)
    workers = (
        Worker(engine, city, Regions(city), clock),
        Echo(engine, city, settings, clock),
        Photographs(engine, settings, clock),
    )
    for each in workers:
        each.start()
    is_ending = _ending()
    while not is_ending():
        time.sleep(0.5)
    for each in workers:
        each.stop()
    return 0


def _demo(options: argparse.Namespace, settings: Settings) -> int:
    city = cities.load(settings.city_folder)
    parent, is_told = os.getppid(), _ending()
    driver = Driver(engines.create(settings.url), city, settings, Clock(settings.clock_start))
    driver.run(lambda: is_told() or os.getppid() != parent)
    return 0


def _token(options: argparse.Namespace, settings: Settings) -> int:
    engine, city = prepare(settings)
    with engines.writing(engine) as conn:
        print(tokens.issue(conn, city, options.organisation, Clock(settings.clock_start).now()))
    return 0


def _check_city(options: argparse.Namespace, settings: Settings) -> int:
    sentences = cities.check(options.folder) or list(checks.check_sources(cities.load(options.folder)))
    for sentence in sentences:
        print(sentence)
    print(f"{options.folder}: {len(sentences)} problems." if sentences else f"{options.folder} holds together.")
    return 1 if sentences else 0


def _check_rollups(options: argparse.Namespace, settings: Settings) -> int:
    engine, city = prepare(settings)
    with engines.reading(engine) as conn:
        differing = [*recount.check(conn, city.zone), *path_recount.check(conn, city)]
    for cell, stored, recounted in differing[:20]:
        print(f"{'/'.join(map(str, cell))}: stored {stored}, recounted {recounted}")
    print(f"{len(differing)} cells differ from a recount.")
    return 1 if differing else 0


def _ending() -> Callable[[], bool]:
    told = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: told.set())
    return told.is_set


if __name__ == "__main__":
    sys.exit(main())
