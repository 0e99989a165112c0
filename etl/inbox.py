"""The worker that files kept messages: one transaction each, in the order they came, joined per sender. Safe to kill."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from datetime import date, datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import OperationalError

from data import arrivals, feed, photographs, store
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.errors import RowRejected, StoreUnavailable
from data.periods import county_date
from data.regions import Regions
from data.schema import incident, message
from etl import classify, filing, places
from etl.sources.wechat_xml import MEDIA_KINDS, REPORT_KINDS

MOST_ATTEMPTS: Final = 3
IDLE_SECONDS: Final = 1.0  # another process may have kept a message without waking us
WIDEST_JOIN: Final = timedelta(hours=6)
TIDY_SECONDS: Final = 3600.0
FEED_KEPT: Final = timedelta(days=7)  # a wall that was away for longer takes the whole state anew
log = logging.getLogger("shouwang.inbox")


class Worker:
    """Files messages in a thread of its own until stopped."""

    def __init__(self, engine: Engine, city: City, regions: Regions, clock: Clock) -> None:
        self.engine, self.city, self.regions, self.clock = engine, city, regions, clock
        self._work = threading.Event()
        self._is_ending = False
        self._next_wake: datetime | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._is_ending = False
        self._thread = threading.Thread(target=self._run, name="inbox", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        self._work.set()

    def stop(self) -> None:
        self._is_ending = True
        self._work.set()
        if self._thread is not None:
            self._thread.join(10)

    def tidy(self) -> int:
        """Forget changes that no wall asks for any more; gives how many."""
        with engines.writing(self.engine) as conn:
            return feed.prune(conn, self.clock.now() - FEED_KEPT)

    def wake_suspended(self) -> int:
        """Let incidents go on whose suspension ends now, and tell of signs that are true from now on; gives how many."""
        with engines.reading(self.engine) as conn:
            self._next_wake = filing.next_wake(conn)
        if self._next_wake is None or self._next_wake > self.clock.now():
            return 0
        with engines.writing(self.engine) as conn:
            return filing.wake(conn, self.city, self.clock.now())

    def _idle_seconds(self) -> float:
        """Until the next incident stirs by itself, a second at most."""
        if self._next_wake is None:
            return IDLE_SECONDS
        return min(IDLE_SECONDS, max((self._next_wake - self.clock.now()).total_seconds(), 0.0))

    def _run(self) -> None:
        tidied_at = -TIDY_SECONDS
        while not self._is_ending:
            self._work.clear()
            try:
                if time.monotonic() - tidied_at >= TIDY_SECONDS:
                    tidied_at = time.monotonic()
                    self.tidy()
                filed = self.file_kept() + self.wake_suspended()
            except Exception:
                # The database may be away for a while; the messages are kept and wait.
                log.exception("filing stopped; it goes on in a moment")
                self._next_wake, filed = None, 0
            if not filed:
                self._work.wait(self._idle_seconds())

    def file_kept(self) -> int:
        """File what is kept; gives how many messages were dealt with, filed or not. Raises `StoreUnavailable`."""
        with engines.reading(self.engine) as conn:
            kept = arrivals.kept_messages(conn)
        return sum(self._file_one(row) for row in kept)

    def _file_one(self, row: dict[str, Any]) -> bool:
        """File one message; false when the database did not let us, which is no fault of the message."""
        try:
            with engines.writing(self.engine) as conn:
                engines.lock(conn, [f"sender {row['sender_key']}"])
                if self._is_kept(conn, row):
                    self._file(conn, row)
        except StoreUnavailable:
            raise
        except OperationalError as error:
            log.error("message %s waits: %s", row["id"], error)
            return False
        except Exception as error:
            log.exception("message %s could not be filed", row["id"])
            self._count_attempt(row, error)
        return True

    @staticmethod
    def _is_kept(conn: Connection, row: dict[str, Any]) -> bool:
        """Whether no other worker has dealt with it meanwhile; nor can one until the commit."""
        state = select(message.c.state_code).where(message.c.id == row["id"]).with_for_update()
        return conn.execute(state).scalar_one() == "kept"

    def _count_attempt(self, row: dict[str, Any], error: Exception) -> None:
        attempts = row["attempt_count"] + 1
        now = self.clock.now()
        with contextlib.suppress(Exception), engines.writing(self.engine) as conn:
            if not self._is_kept(conn, row):
                return
            if attempts < MOST_ATTEMPTS:
                arrivals.set_message(conn, row["id"], attempt_count=attempts)
                return
            reason = error.reason if isinstance(error, RowRejected) else "failed"
            arrivals.set_message(conn, row["id"], attempt_count=attempts, state_code="refused", reason=str(error)[:500])
            rejected = {"source": row["source"], "name": row["source_ref"], "reason": reason, "sentence": str(error)[:500]}
            rejected |= {"report_ref": row["source_ref"] if row["kind_code"] in REPORT_KINDS else ""}
            arrivals.reject(conn, [rejected | {"content": row["content"], "checksum": row["checksum"], "rejected_at": now}])
            feed.append(conn, now, [feed.Entry("city", {"source": row["source"]})])
            arrivals.touch_source(conn, row["source"], event_at=row["sent_at"], received_at=row["received_at"], rejected=1)

    def _file(self, conn: Connection, row: dict[str, Any]) -> None:
        now = self.clock.now()
        if row["kind_code"] not in REPORT_KINDS:
            arrivals.set_message(conn, row["id"], state_code="ignored", reason=f"{row['kind_code']} is no report")
            return
        joined = self._session(conn, row)
        owners = sorted({each["incident_id"] for each in joined if each["incident_id"] is not None})
        filing.hold(conn, [*self._keys_of(conn, owners), (row["source"], row["source_ref"])])
        known = store.incidents_by_id(conn, owners)
        report = self._report(joined, known[owners[0]]["source_ref"] if owners else row["source_ref"])
        incident_id = filing.file_reports(conn, self.city, [report], now)[0]
        arrivals.set_message(conn, row["id"], state_code="filed", incident_id=incident_id)
        photographs.notice(conn, row, now)
        for other in owners[1:]:
            self._merge(conn, known[other], report["source_ref"], now)
        arrivals.touch_source(conn, row["source"], event_at=row["sent_at"], received_at=row["received_at"], accepted=1)

    @staticmethod
    def _keys_of(conn: Connection, incident_ids: list[int]) -> list[tuple[str, str]]:
        statement = select(incident.c.source, incident.c.source_ref).where(incident.c.id.in_(incident_ids))
        return [(source, source_ref) for source, source_ref in conn.execute(statement)]

    def _session(self, conn: Connection, row: dict[str, Any]) -> list[dict[str, Any]]:
        """The messages of one sender around this one with no gap above the city's join limit, oldest first."""
        gap = timedelta(minutes=float(self.city.settings.get("join_minutes", 0)))
        near = (message.c.sent_at >= row["sent_at"] - WIDEST_JOIN, message.c.sent_at <= row["sent_at"] + WIDEST_JOIN)
        mine = (message.c.sender_key == row["sender_key"], message.c.kind_code.in_(REPORT_KINDS))
        filed = (message.c.state_code == "filed") | (message.c.id == row["id"])
        found = [dict(each) for each in conn.execute(select(message).where(*mine, *near, filed)).mappings()]
        found.sort(key=lambda each: (each["sent_at"], each["source_ref"]))
        place = next(index for index, each in enumerate(found) if each["id"] == row["id"])
        first = last = place
        while first > 0 and found[first]["sent_at"] - found[first - 1]["sent_at"] <= gap:
            first -= 1
        while last + 1 < len(found) and found[last + 1]["sent_at"] - found[last]["sent_at"] <= gap:
            last += 1
        return found[first : last + 1]

    def _report(self, joined: list[dict[str, Any]], source_ref: str) -> dict[str, Any]:
        source = joined[0]["source"]
        said = self.city.sources.get(source, {})
        contents = [orjson.loads(each["content"]) for each in joined]
        words = "\n".join(dict.fromkeys(each["text"] for each in contents if each.get("text")))
        located = [each for each in contents if "x" in each]
        label = next((each["label"] for each in reversed(located) if each.get("label")), "")
        point = (located[-1]["x"], located[-1]["y"]) if located else None
        on: date = county_date(joined[0]["sent_at"], self.city.zone)
        proposal = classify.propose(self.city, words)
        category = self.city.categories[proposal.category_code]
        place = places.locate(
            self.city, self.regions, on=on, point=point, crs=said.get("location_crs", "wgs84"), words=f"{words} {label}"
        )
        return place | {
            "source": source,
            "source_ref": source_ref,
            "reported_at": joined[0]["sent_at"],
            "reported_precision": "second",
            "received_at": min(each["received_at"] for each in joined),
            "channel_code": said.get("channel_code", "other"),
            "reporter_kind_code": said.get("reporter_kind_code", "resident"),
            "reporter_key": joined[0]["sender_key"],
            "category_code": proposal.category_code,
            "category_certainty": proposal.certainty,
            "condition_code": proposal.condition_code,
            "urgency_code": category.urgency_code,
            "is_restricted": category.is_restricted,
            "report_text": words,
            "address_text": label,
            "media_count": sum(each["kind_code"] in MEDIA_KINDS for each in joined),
        }

    def _merge(self, conn: Connection, other: dict[str, Any], master_ref: str, now: datetime) -> None:
        # A message that came late has joined two reports of one sender into one.
        step = {"source": "inbox", "source_ref": f"join {other['source_ref']}", "incident_source": other["source"],
                "incident_ref": other["source_ref"], "action_code": "merge", "at": now, "precision_code": "second",
                "received_at": now, "organisation_code": self.city.center_code, "master_ref": master_ref}  # fmt: skip
        conn.execute(
            message.update().where(message.c.incident_id == other["id"]).values(incident_id=self._id_of(conn, other, master_ref))
        )
        filing.file_steps(conn, self.city, [step], now)

    @staticmethod
    def _id_of(conn: Connection, other: dict[str, Any], master_ref: str) -> int:
        mine = (incident.c.source == other["source"], incident.c.source_ref == master_ref)
        return int(conn.execute(select(incident.c.id).where(*mine)).scalar_one())
