"""Delivers answers to reporters, and never without a configuration. Safe to kill: nobody is told the same more than twice.

An answer is marked as being sent before it is, and as sent after. Killed in between, nobody knows whether it arrived; it
is then tried once more, and after a second doubt given up as undelivered. The address is opened only to be sent to.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, Final

from cryptography.fernet import InvalidToken
from sqlalchemy import Engine

from data import answers, store
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.settings import Settings
from etl import filing, reporters
from etl.pauses import Rest, pause
from etl.wechat_api import Outcome, WeChatApi

MOST_ATTEMPTS: Final = 8
MOST_DOUBTS: Final = 2
LEASE: Final = timedelta(minutes=2)  # a sender that has not come back by then was killed
WINDOW: Final = timedelta(hours=48)  # WeChat takes an answer so long after the sender's last word
AT_ONCE: Final = 50
WINDOW_CLOSED: Final = "45015"
log = logging.getLogger("shouwang.courier")


class Courier:
    """Delivers what is due, one answer after the other."""

    def __init__(self, engine: Engine, city: City, settings: Settings, clock: Clock) -> None:
        self.engine, self.city, self.clock = engine, city, clock
        self.reporters = reporters.from_settings(settings)
        self.api = (
            WeChatApi(settings.wechat_api_url, settings.wechat_app_id, settings.wechat_app_secret) if settings.can_answer else None
        )
        self._rest = Rest()

    def deliver(self) -> int:
        """Try what is due; gives how many answers changed. Without a configuration it only says so of each."""
        if self.api is None:
            return self._say_unconfigured()
        changed = self._take_up()
        now = self.clock.now()
        if self._rest.lasts(now):
            return changed
        with engines.reading(self.engine) as conn:
            due = answers.due(conn, now, LEASE, AT_ONCE)
        for row in due:
            if not self._deliver_one(self.api, row):
                break
            changed += 1
        return changed

    def _say_unconfigured(self) -> int:
        with engines.reading(self.engine) as conn:
            if not answers.counts(conn).get("queued"):
                return 0
        with engines.writing(self.engine) as conn:
            return answers.unconfigure(conn, AT_ONCE)

    def _take_up(self) -> int:
        """Queue what waited for a configuration, unless WeChat would not take it any more."""
        with engines.reading(self.engine) as conn:
            found = answers.configured(conn, AT_ONCE)
        now = self.clock.now()
        for row in found:
            if row["heard_at"] is not None and now - row["heard_at"] <= WINDOW:
                with engines.writing(self.engine) as conn:
                    answers.change(conn, row, state_code="queued", reason="", next_try_at=now)
            else:
                self._record(row, state_code="failed", reason="window")
        return len(found)

    def _deliver_one(self, api: WeChatApi, row: dict[str, Any]) -> bool:
        """Try one; false when the way itself is barred, so that the others need not be tried now."""
        claimed = self._claim(row)
        if claimed is None:
            return True
        try:
            with engines.reading(self.engine) as conn:
                address = self.reporters.open(answers.sealed_address(conn, row["reporter_key"]))
        except InvalidToken:
            # Sealed with another SECRET_KEY.
            outcome = Outcome("never", "address")
        else:
            outcome = api.send_text(address, row["words"])
        log.info("answer %s: %s %s", row["id"], outcome.code, outcome.reason)
        self._settle(claimed, outcome)
        return self._rest.is_open_after(outcome, self.clock.now())

    def _claim(self, row: dict[str, Any]) -> dict[str, Any] | None:
        """The answer, marked as being sent; `None` when it is not to be sent now."""
        now = self.clock.now()
        doubts = row["doubtful_count"] + (row["state_code"] == "sending")
        if doubts >= MOST_DOUBTS:
            self._record(row, state_code="failed", reason="no_reply", doubtful_count=doubts)
            return None
        with engines.writing(self.engine) as conn:
            filing.hold(conn, store.refs_of(conn, [row["incident_id"]]))
            case = store.incidents_by_id(conn, [row["incident_id"]])[row["incident_id"]]
            if row["kind_code"] != "feedback" and not _is_still_owed(row, case):
                # Reopened meanwhile: it would be untrue by now.
                answers.change(conn, row, state_code="withdrawn", next_try_at=None)
                return None
            claim = {"state_code": "sending", "tried_at": now, "attempt_count": row["attempt_count"] + 1, "doubtful_count": doubts}
            return row | claim if answers.change(conn, row, **claim) else None

    def _settle(self, row: dict[str, Any], outcome: Outcome) -> None:
        now = self.clock.now()
        doubts = row["doubtful_count"] + (outcome.code == "doubtful")
        attempts = row["attempt_count"] - (outcome.code == "account")  # no fault of the answer
        if outcome.code == "sent":
            self._record(row, state_code="sent", reason="", sent_at=now)
        elif outcome.code == "never" or attempts >= MOST_ATTEMPTS or doubts >= MOST_DOUBTS:
            reason = "window" if outcome.reason == WINDOW_CLOSED else outcome.reason
            self._record(row, state_code="failed", reason=reason, doubtful_count=doubts)
        else:
            again = {
                "state_code": "queued",
                "reason": outcome.reason,
                "doubtful_count": doubts,
                "next_try_at": now + pause(attempts),
            }
            with engines.writing(self.engine) as conn:
                answers.change(conn, row, attempt_count=attempts, **again)

    def _record(self, row: dict[str, Any], **columns: Any) -> None:
        """Write how it ended, and with it what the ledger counts of the incidents it was for."""
        with engines.writing(self.engine) as conn:
            ids = [row["incident_id"], *answers.followers(conn, [row["incident_id"]])[row["incident_id"]]]
            filing.hold(conn, store.refs_of(conn, ids))
            if not answers.change(conn, row, next_try_at=None, **columns) or row["kind_code"] == "feedback":
                return
            rows = store.incidents_by_id(conn, ids)
            if not _is_still_owed(row, rows[row["incident_id"]]):
                return
            code = answers.code_of(columns["state_code"])
            changes = [
                (each, dict(each) | {"answer_code": code}, "feedback")
                for each in rows.values()
                if each["reporter_key"] == row["reporter_key"] and each["answer_code"] != code
            ]
            if changes:
                store.save_incidents(conn, changes, zone=self.city.zone, at=self.clock.now())


def _is_still_owed(row: dict[str, Any], case: dict[str, Any]) -> bool:
    return (answers.kind_of(case), case["reopen_count"]) == (row["kind_code"], row["round"])
