"""Reports and steps filed as the intake files them, in a line each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select
from support.cases import incident as a_report

from data import engine as engines
from data import store
from data.city import City
from data.lifecycle import Condition
from data.schema import incident
from etl import filing

DERIVED = (*Condition.__dataclass_fields__, "committed_at", "version", "master_id")


def given(reference: str, at: datetime, **columns: Any) -> dict[str, Any]:
    """A report of Wuzhen of that instant, as the intake hands it over."""
    return {name: value for name, value in a_report(reference, reported_at=at, **columns).items() if name not in DERIVED}


def report(engine: Engine, city: City, reference: str, at: datetime, *, now: datetime | None = None, **columns: Any) -> int:
    """File a report of Wuzhen of that instant, at that instant or later; gives its id."""
    with engines.writing(engine) as conn:
        return filing.file_reports(conn, city, [given(reference, at, **columns)], now or at)[0]


def a_step(
    reference: str, action: str, at: datetime, who: str | None = None, to: str | None = None, **columns: Any
) -> dict[str, Any]:
    return store.step_defaults() | {
        "source": "steps", "source_ref": f"{reference}/{action}/{at.isoformat()}", "incident_source": "test", "incident_ref": reference,
        "action_code": action, "at": at, "precision_code": "second", "received_at": at, "organisation_code": who,
        "to_organisation_code": to, **columns,
    }  # fmt: skip


def steps(engine: Engine, city: City, rows: list[dict[str, Any]], now: datetime) -> None:
    """File steps as they are known at an instant."""
    with engines.writing(engine) as conn:
        filing.file_steps(conn, city, rows, now)


def rows(engine: Engine) -> dict[str, dict[str, Any]]:
    """Every incident by its reference."""
    with engines.reading(engine) as conn:
        return {row["source_ref"]: dict(row) for row in conn.execute(select(incident)).mappings()}
