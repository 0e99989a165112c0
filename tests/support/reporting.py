"""A house with a clock that is set by hand, a WeChat beside it, and what a test says happened to its cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from support.cases import incident as a_report
from support.house import NOON
from support.wechat_server import APP_ID, APP_SECRET, WeChatServer

from data import arrivals, ledger, store, sums
from data import engine as engines
from data.city import City
from data.schema import answer, incident
from data.settings import Settings
from etl import filing, reporters
from etl.courier import Courier

STEPS = {"dispatch": {"to_organisation_code": "transport"}, "return": {"remark": "why"}}


class SetClock:
    """It is what it is set to."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def go(self, **elapsed: float) -> None:
        self.at += timedelta(**elapsed)


@dataclass
class Case:
    """Everything a test of answers needs: reports by people, steps, a courier, and what became of the answers."""

    engine: Engine
    city: City
    folder: Path
    clock: SetClock = field(default_factory=SetClock)
    count: int = 0

    def settings(self, server: WeChatServer | None = None) -> Settings:
        given = {} if server is None else {"wechat_api": server.url, "wechat_app_id": APP_ID, "wechat_app_secret": APP_SECRET}
        return Settings(var=str(self.folder), **given)

    def courier(self, server: WeChatServer | None = None) -> Courier:
        return Courier(self.engine, self.city, self.settings(server), self.clock)  # type: ignore[arg-type]

    def impatient_courier(self, server: WeChatServer) -> Courier:
        """One that gives up before a server that hangs has answered."""
        made = self.courier(server)
        assert made.api is not None
        made.api.timeout_seconds = server.hang_seconds / 3
        return made

    def report(self, reference: str, person: str | None, **columns: Any) -> None:
        """A report, by a person with an address or by nobody we can answer."""
        sealing = reporters.from_settings(self.settings())
        defaults = store.incident_defaults()
        row = {name: value for name, value in a_report(reference, reported_at=self.clock.at, **columns).items()
               if value != defaults[name] and name not in ("state_code", "state_since_at")}  # fmt: skip
        with engines.writing(self.engine) as conn:
            if person is not None:
                row["reporter_key"] = sealing.hashed("wechat", person)
                arrivals.keep_reporter(conn, row["reporter_key"], "wechat", sealing.seal(person))
            filing.file_reports(conn, self.city, [row], self.clock.at)

    def step(self, reference: str, action: str, **columns: Any) -> str:
        self.count += 1
        self.clock.go(seconds=1)
        row = store.step_defaults() | {
            "source": "center", "source_ref": str(self.count), "incident_source": "test", "incident_ref": reference,
            "action_code": action, "at": self.clock.at, "precision_code": "second",
            "received_at": self.clock.at, "organisation_code": "center", **STEPS.get(action, {}), **columns,
        }  # fmt: skip
        with engines.writing(self.engine) as conn:
            return filing.file_steps(conn, self.city, [row], self.clock.at)["center", str(self.count)]

    def settle(self, reference: str, remark: str = "护栏已修复") -> None:
        self.step(reference, "resolve", remark=remark)
        self.step(reference, "close")

    def answers(self) -> list[dict[str, Any]]:
        with engines.reading(self.engine) as conn:
            return [dict(row) for row in conn.execute(select(answer).order_by(answer.c.id)).mappings()]

    def states(self) -> list[tuple[str, str]]:
        return [(row["state_code"], row["reason"]) for row in self.answers()]

    def row(self, reference: str) -> dict[str, Any]:
        with engines.reading(self.engine) as conn:
            return dict(conn.execute(select(incident).where(incident.c.source_ref == reference)).mappings().one())

    def ledger(self) -> ledger.Ledger:
        with engines.reading(self.engine) as conn:
            return ledger.balance(sums.ledger_counts(conn, "county", "330483"))
