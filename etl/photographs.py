"""Fetches the photographs of reports from WeChat, once each, and keeps what is a picture. Safe to kill.

A photograph is marked as being fetched before it is. Whoever is killed in between has changed nothing else: it is fetched again,
to the same file. Its address is the number WeChat gave it, never one that a message names.
"""

from __future__ import annotations

import logging
import re
import threading
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine

from data import engine as engines
from data import feed, photographs, picture_files, store
from data.clocks import Clock
from data.settings import Settings
from etl import filing, pictures
from etl.pauses import Rest, pause
from etl.wechat_api import Outcome, WeChatApi

MOST_ATTEMPTS: Final = 8
LEASE: Final = timedelta(minutes=3)  # a fetcher that has not come back by then was killed
UNSET_PAUSE: Final = timedelta(minutes=10)
AT_ONCE: Final = 50
IDLE_SECONDS: Final = 1.0
MEDIA_GONE: Final = "40007"  # how WeChat says that it has a medium no more
MEDIA_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
log = logging.getLogger("shouwang.photographs")


class Photographs:
    """Works in a thread of its own until stopped, where the setting is on: a large picture keeps no answer waiting."""

    def __init__(self, engine: Engine, settings: Settings, clock: Clock) -> None:
        self.engine, self.clock = engine, clock
        self.is_on, self.folder = settings.shows_photographs, settings.photographs_folder
        self.api = (
            WeChatApi(settings.wechat_api_url, settings.wechat_app_id, settings.wechat_app_secret) if settings.can_answer else None
        )
        self._rest = Rest()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self.is_on:
            self._ending.clear()
            self._thread = threading.Thread(target=self._run, name="photographs", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        if self._thread is not None:
            self._thread.join(10)

    def fetch_due(self) -> int:
        """Try what is due; gives how many photographs were tried or given up."""
        if not self.is_on or self._rest.lasts(self.clock.now()):
            return 0
        with engines.reading(self.engine) as conn:
            due = photographs.due(conn, self.clock.now(), LEASE, AT_ONCE)
        for place, row in enumerate(due):
            if self._ending.is_set() or not self._deal_with(row):
                return place + 1
        return len(due)

    def _deal_with(self, row: dict[str, Any]) -> bool:
        """Bring one further; false when the way itself is barred, so that the others need not be tried now."""
        now = self.clock.now()
        if row["expires_at"] <= now:
            self._settle(row, "gone")
        elif not MEDIA_ID.fullmatch(row["media_id"]):
            self._settle(row, "refused", "no_media_id")
        elif row["attempt_count"] >= MOST_ATTEMPTS:
            self._settle(row, "failed", row["reason"])
        elif self.api is None:
            with engines.writing(self.engine) as conn:
                photographs.change(conn, row, state_code="waiting", reason="not_configured", next_try_at=now + UNSET_PAUSE)
        else:
            return self._fetch(self.api, row, now)
        return True

    def _fetch(self, api: WeChatApi, row: dict[str, Any], now: datetime) -> bool:
        claim = {"state_code": "fetching", "tried_at": now, "attempt_count": row["attempt_count"] + 1}
        with engines.writing(self.engine) as conn:
            if not photographs.change(conn, row, **claim):
                return True
        outcome, body = api.fetch_media(row["media_id"])
        if outcome.code == "sent":
            outcome = self._keep(row | claim, body)
        elif outcome.code == "never":
            self._settle(row | claim, "gone" if outcome.reason == MEDIA_GONE else "refused", outcome.reason)
        log.info("photograph %s: %s %s", row["id"], outcome.code, outcome.reason)
        if outcome.code not in ("sent", "never"):
            self._put_off(row | claim, outcome)
        return self._rest.is_open_after(outcome, self.clock.now())

    def _keep(self, row: dict[str, Any], body: bytes) -> Outcome:
        try:
            picture = pictures.clean(body)
            checksum = picture_files.keep(self.folder, picture.body)
        except pictures.PictureRefused as refused:
            self._settle(row, "refused", refused.reason)
            return Outcome("never", refused.reason)
        except OSError:
            log.exception("the disk does not take a photograph")
            return Outcome("account", "disk")  # no fault of the photograph
        facts: dict[str, Any] = {"width": picture.width, "height": picture.height, "size_bytes": len(picture.body)}
        self._settle(row, "kept", checksum=checksum, kept_at=self.clock.now(), **facts)
        return Outcome("sent")

    def _put_off(self, row: dict[str, Any], outcome: Outcome) -> None:
        attempts = row["attempt_count"] - (outcome.code == "account")
        if attempts >= MOST_ATTEMPTS:
            self._settle(row, "failed", outcome.reason)
            return
        again = {"state_code": "waiting", "reason": outcome.reason, "next_try_at": self.clock.now() + pause(attempts)}
        with engines.writing(self.engine) as conn:
            photographs.change(conn, row, attempt_count=attempts, **again)

    def _settle(self, row: dict[str, Any], state: str, reason: str = "", **facts: Any) -> None:
        """Write how it ended, and tell every wall that shows its incident."""
        with engines.writing(self.engine) as conn:
            incident_id = photographs.incident_of(conn, row)
            if incident_id is not None:
                filing.hold(conn, store.refs_of(conn, [incident_id]))
            is_ours = photographs.change(conn, row, state_code=state, reason=reason, next_try_at=None, **facts)
            if is_ours and incident_id is not None:
                self._tell(conn, incident_id)

    def _tell(self, conn: Connection, incident_id: int) -> None:
        """The incident as it stands: nothing of it has changed but what can be seen of it."""
        case = store.incidents_by_id(conn, [incident_id])[incident_id]
        (place,) = store.shown_places(conn, [case])
        said = feed.incident_state({**case, **place}, "photograph") | {"alarm": False}
        feed.append(conn, self.clock.now(), [feed.Entry("incident", said, incident_id)])

    def _run(self) -> None:
        while not self._ending.is_set():
            tried = 0
            try:
                tried = self.fetch_due()
            except Exception:
                # The database may be away for a while; what is due waits.
                log.exception("fetching stopped; it goes on in a moment")
            if not tried:
                self._ending.wait(IDLE_SECONDS)
