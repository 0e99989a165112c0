"""A house without a screen: the intake routes over a fresh database, and a worker that files when told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from data import engine as engines
from data import recount
from data.city import City
from data.schema import incident, metadata
from etl import tokens
from etl.inbox import Worker

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass
class House:
    client: TestClient
    engine: Engine
    worker: Worker
    city: City

    def rows(self, table: str) -> list[dict[str, Any]]:
        with engines.reading(self.engine) as conn:
            return [dict(row) for row in conn.execute(select(metadata.tables[table])).mappings()]

    def incidents(self) -> list[dict[str, Any]]:
        with engines.reading(self.engine) as conn:
            return [dict(row) for row in conn.execute(select(incident).order_by(incident.c.id)).mappings()]

    def token(self, organisation: str) -> str:
        with engines.writing(self.engine) as conn:
            return tokens.issue(conn, self.city, organisation, NOON)

    def differing_cells(self) -> list[Any]:
        with engines.reading(self.engine) as conn:
            return recount.check(conn, self.city.zone)
