"""A copy of the incidents in columns, in step with the feed: who reads in a transaction gets exactly what that transaction sees.

It is made once somebody comes who will ask for it, and of many incidents before that, by a process of its own (`data.case_loader`);
what changes afterwards is read again by its id, as the feed names it, and stands beside the copy as rows that count once less and
once more. It stays on disk over a start (`data.case_keeping`). Where a copy is not there, or cannot be brought to what a
transaction sees, there is none for it, and the rows are asked.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import Connection, Engine, func, select

from data import case_keeping, case_tally, rooms
from data import engine as engines
from data.case_changes import Behind, Follower
from data.case_files import Copy, Damaged, opened
from data.case_table import Snapshot
from data.case_words import Words
from data.city_records import City
from data.clocks import Clock
from data.schema import incident
from data.settings import ROOT

OPTION: Final = "case_copy"
AT_ONCE: Final = 500  # changed cases that who asks waits for
FOLLOWED: Final = 20_000  # changed cases that are read again in the background, and not all of them anew
PAUSE_SECONDS: Final = 300.0  # until a copy that could not be made is tried again
FOLLOW_SECONDS: Final = 2.0
IDLE_SECONDS: Final = 900.0  # so long after the last question the copy is kept in step closely
IDLE_FOLLOW_SECONDS: Final = 60.0  # and then so often
RENEWED_SECONDS: Final = 5 * 86_400.0  # the feed forgets what it was made at after seven days
LARGE: Final = 50_000  # incidents: of fewer, the rows say it as soon
WAIT_SECONDS: Final = 0.05
log = logging.getLogger("shouwang.columns")


def snapshot(conn: Connection, *, text: str = "", is_worth_it: bool = False) -> Snapshot | None:
    """The incidents as this transaction sees them, with a text those whose words hold it, where its engine has a copy (`attached`)
    that can say so. One that is not there yet is made for a question that is worth it."""
    options = conn.get_execution_options()
    copy: CaseCopy | None = options.get(OPTION)
    # A transaction that writes sees what may never be committed.
    return copy.snapshot(conn, text, is_worth_it=is_worth_it) if copy is not None and options.get("reading") else None


def want(conn: Connection) -> None:
    """Somebody has come whose questions are worth a copy: it is begun, before the first of them."""
    copy: CaseCopy | None = conn.get_execution_options().get(OPTION)
    if copy is not None:
        copy.want()


def attached(engine: Engine, city: City, folder: Path) -> CaseCopy:
    """A copy that is there for whoever asks through this engine, once somebody does."""
    copy = CaseCopy(engine, city, folder)
    engine.update_execution_options(**{OPTION: copy})
    return copy


class CaseCopy:
    """The copy of one engine's incidents; safe to ask from several threads."""

    def __init__(self, engine: Engine, city: City, folder: Path) -> None:
        self.engine, self.city, self.folder, self.product = engine, city, folder, case_keeping.product()
        self.loaded_count = 0
        self._follower: Follower | None = None
        self._seen: WeakKeyDictionary[Any, tuple[Words, Snapshot]] = WeakKeyDictionary()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._is_ending = threading.Event()
        self._asked_at = self._failed_at = self._followed_at = float("-inf")

    def snapshot(self, conn: Connection, text: str, *, is_worth_it: bool) -> Snapshot | None:
        """What a transaction of `data.engine.reading` sees; `None` where that is not known. The first question that is worth it
        begins the copy."""
        if is_worth_it:
            self.want()
        transaction, follower = conn.get_transaction(), self._follower
        if follower is None or transaction is None:
            return None
        seen = self._seen.get(transaction)
        if seen is None:
            try:
                whole = follower.at(conn, AT_ONCE, WAIT_SECONDS)
            except Behind:
                return None
            if whole is None:
                return None
            seen = self._seen[transaction] = (follower.words, whole)
        words, whole = seen
        return words.narrowed(conn, whole, text)

    def start(self) -> None:
        """Begin the copy before somebody asks: where one has stayed, and where there is so much that the rows would be slow."""
        rooms.sweep(self.folder, but=case_keeping.KEPT)
        with engines.reading(self.engine) as conn:
            last = conn.execute(select(func.max(incident.c.id))).scalar() or 0
        if last >= LARGE or any(case_keeping.kept(self.folder)):
            self.want()

    def want(self) -> None:
        """Begin the copy where it is not there, and keep it closely in step for a while."""
        self._asked_at = time.monotonic()
        self._begin()

    @property
    def is_wanted(self) -> bool:
        """Whether somebody has come of late who asks for it."""
        return time.monotonic() - self._asked_at < IDLE_SECONDS

    @property
    def bytes_each(self) -> float | None:
        """What the columns take of memory for each incident; `None` while there are none."""
        made = self._follower.made if self._follower is not None else None
        return None if made is None else made.size_bytes / max(made.past.size, 1)

    def stop(self) -> None:
        """End whatever runs; nothing is begun again."""
        self._is_ending.set()
        child, thread = self._child, self._thread
        if child is not None:
            child.terminate()
        if thread is not None and thread is not threading.current_thread():
            thread.join(10)

    def load(self) -> None:
        """Make the copy anew and wait for it. Raises `RuntimeError`, `Damaged`, `Behind` or `OSError` when that fails."""
        begun = time.monotonic()
        folder = rooms.room(self.folder)
        try:
            self._run(folder)
            made = opened(folder)
            self._follow_from(made)
            self._stay(folder, made)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        self.loaded_count += 1
        log.info("%d incidents in columns after %.1f s, %.1f bytes each", made.past.size, time.monotonic() - begun, self.bytes_each)

    def _stay(self, folder: Path, made: Copy) -> None:
        if made.mark is None:
            return
        try:
            case_keeping.keep(folder)
        except OSError as error:
            log.warning("the incidents in columns do not stay over a start: %s", error)

    def resume(self) -> bool:
        """Take up the copy that an earlier process has left, and say whether there is one. What cannot be taken up goes."""
        begun = time.monotonic()
        for folder in case_keeping.kept(self.folder):
            try:
                made = opened(folder, is_checked=True)
                with engines.reading(self.engine) as conn:
                    mark = case_keeping.mark(conn, made.version, self.city.zone, self.product)
                if mark is None or mark != made.mark:
                    raise Behind("it is of another database or product, or the feed has gone on without it")
                self._follow_from(made)
            except (Behind, Damaged) as error:
                log.info("the incidents in columns of %s are made anew: %s", folder.name, error)
                shutil.rmtree(folder, ignore_errors=True)
                continue
            log.info("%d incidents in columns are taken up after %.1f s", made.past.size, time.monotonic() - begun)
            return True
        return False

    def _follow_from(self, made: Copy) -> None:
        """Raises `Behind` where what has changed since cannot be told, or is more than is read again."""
        for table in (made.past, made.open):
            case_tally.prepare(table.columns)
        made.past.prepare()
        follower = Follower(made, self.city.zone)
        with engines.reading(self.engine) as conn:
            follower.at(conn, FOLLOWED, is_newest=True)
        self._follower = follower

    def _begin(self) -> None:
        if self._thread is not None or self._is_ending.is_set() or time.monotonic() - self._failed_at < PAUSE_SECONDS:
            return
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._keep, name="columns", daemon=True)
                self._thread.start()

    def _keep(self) -> None:
        """Make the copy, and keep it in step: closely while somebody asks."""
        try:
            while not self._is_ending.is_set():
                if self._is_over() or (self._follower is None and not self.resume()):
                    self.load()
                if self.is_wanted or time.monotonic() - self._followed_at > IDLE_FOLLOW_SECONDS:
                    self._follow()
                self._is_ending.wait(FOLLOW_SECONDS)
        except Exception:
            # Whatever it is, the rows can be asked; it is tried again when somebody asks later.
            if not self._is_ending.is_set():
                log.exception("the copy of the incidents in columns could not be made")
            self._follower, self._failed_at = None, time.monotonic()
        finally:
            self._thread = None

    def _is_over(self) -> bool:
        """Whether there is a copy that is better made anew: beside much that has changed, or soon too old to stay."""
        if self._follower is None:
            return False
        age = Clock().now().timestamp() - self._follower.made.written_at
        return self._follower.is_full or age > RENEWED_SECONDS

    def _follow(self) -> None:
        assert self._follower is not None
        self._followed_at = time.monotonic()
        try:
            with engines.reading(self.engine) as conn:
                self._follower.at(conn, FOLLOWED, is_newest=True)
        except Behind as behind:
            log.info("the incidents in columns are made anew: %s", behind)
            self._follower = None

    def _run(self, folder: Path) -> None:
        url = self.engine.url.render_as_string(hide_password=False)
        job = {"url": url, "folder": str(folder.resolve()), "zone": self.city.zone.key, "product": self.product}
        command = [sys.executable, "-m", "data.case_loader"]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:  # noqa: S603 - our own
            self._child = child
            if self._is_ending.is_set():
                child.terminate()
            assert child.stdin is not None and child.stdout is not None
            child.stdin.write(orjson.dumps(job) + b"\n")
            child.stdin.close()
            for _ in child.stdout:
                pass
            self._child = None
            if child.wait():
                raise RuntimeError(f"the loader of the incidents ended with {child.returncode}")
