"""Opens the store for work: the newest schema, the city in it, and rows and cells that this code understands."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import Engine

from data import arrivals, paths, recount, rederive
from data import engine as engines
from data.city import City

log = logging.getLogger("shouwang.opening")


def open_store(url: str, city: City, at: datetime) -> Engine:
    """The database, ready. Raises `StoreUnavailable`. Killed in between, it does what is left the next time."""
    engine = engines.create(url)
    engines.upgrade(engine)
    with engines.writing(engine) as conn:
        arrivals.save_city(conn, city)
        if recount.ensure(conn, city.zone, at):
            log.info("what the figures count has changed: they were counted anew")
    looked_at = rederive.ensure(engine, city, at)
    if looked_at:
        log.info("what is derived from the steps has changed: %d incidents were derived anew", looked_at)
    looked_at = rederive.ensure_deadlines(engine, city, at)
    if looked_at:
        log.info("the working calendar is known to another day than before: deadlines of %d incidents were derived anew", looked_at)
    with engines.writing(engine) as conn:
        if paths.ensure(conn, city.zone, at):
            log.info("what is counted of the ways of cases has changed: it was counted anew")
    return engine
