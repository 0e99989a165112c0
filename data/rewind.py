"""The house as it stood at an instant, in a scratch database of its own, and how it went on from there.

Every panel reads the scratch as it reads the house itself. It is made from the rows known by that instant: those that have not
changed since are copied, the others derived anew from their steps (`data.known`), and the cells are counted from both. Then what
became known is applied in its order, each case as `etl.filing` derived it at that moment. It serves the wall of one area. The house
itself is only read; who reported, and what is to be answered, is not copied at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Engine, and_, delete, func, insert, or_, select

from data import arrivals, feed, known, paths, rewind_cells, rollups, store
from data import engine as engines
from data.alarms import SIGN_COLUMNS
from data.city import City
from data.instants import EPOCH, Instant
from data.known import POSTED, Happening, known_at, since
from data.periods import county_date
from data.rewind_rows import copy, copy_photographs, insert_rows, renew_echo
from data.schema import change_head, incident, message, metadata, overwritten, source_state, step

ROWS_OF: Final = timedelta(days=100)  # cases that ended before are brought when they are asked for
LOGS_OF: Final = timedelta(days=30)  # steps and photographs likewise
CHUNK: Final = timedelta(hours=3)  # so much is looked ahead for at once
GOOD_FOR: Final = timedelta(days=1)  # cells are counted anew when the day has moved further
_STIRRING: Final = ("wakes_at", "alarm_at")


class Rewound:
    """A scratch database in which it is `at`, for the wall of an area; one writer at a time, any number of readers."""

    def __init__(self, source: Engine, scratch: Engine, city: City, area_code: str) -> None:
        self.source, self.scratch, self.city, self.area_code = source, scratch, city, area_code
        self.at: datetime = EPOCH
        self._counted_for = date.min
        self._coming: list[Happening] = []
        self._seen_upto: datetime = EPOCH

    def open(self, at: datetime, tell: Callable[[str], None] = lambda stage: None) -> None:
        """Fill the empty scratch as of an instant. `tell` hears what is done next: changed, rows, cases, cells."""
        with engines.reading(self.source) as source, engines.writing(self.scratch) as conn:
            conn.execute(insert(change_head).values(id=1, last_id=0))
            arrivals.save_city(conn, self.city)
            tell("changed")
            changed = known.changed_after(source, at)
            tell("rows")
            self._copy_settled(source, conn, at, changed)
            tell("cases")
            for part in _parts(changed):
                self._put(source, conn, part, at, are_counted=False)
            copy_photographs(source, conn, message.c.received_at > at - LOGS_OF)
            engines.make_indexes(conn, metadata)
            tell("cells")
            self._count(source, conn, at, changed)
            self._hear_of_sources(source, conn, at)
            renew_echo(source, conn, at)
        self.at = self._seen_upto = at

    def advance(self, to: datetime, horizon: datetime) -> int:
        """Go on to a later instant, everything in its order, told on the feed of the scratch; gives how many cases changed.

        All that became known up to `horizon` is in the house already: so far it may be looked ahead.
        """
        self._look_ahead(to, horizon)
        coming = [each for each in self._coming if each.at <= to]
        self._coming = self._coming[len(coming) :]
        count = 0
        with engines.reading(self.source) as source, engines.writing(self.scratch) as conn:
            found = known.cases(source, [each.incident_id for each in coming if each.incident_id is not None])
            for at, group in groupby(coming, key=lambda each: each.at):
                happened = list(group)
                count += self._stir(source, conn, at)
                actions = {each.incident_id: each.action_code for each in happened if each.incident_id is not None}
                count += self._apply(conn, found, actions, at)
                self._touch_sources(conn, happened)
            count += self._stir(source, conn, to)
            if any(not each.source and each.incident_id is None for each in coming):
                renew_echo(source, conn, to)
                feed.append(conn, to, [feed.Entry("city", {})])
            self._count_if_far(source, conn, to)
        self.at = to
        return count

    def jump(self, to: datetime) -> None:
        """Be at another instant, earlier or later, at once: whoever follows is told to look at everything anew."""
        low, high = min(to, self.at), max(to, self.at)
        with engines.reading(self.source) as source, engines.writing(self.scratch) as conn:
            touched = {each.incident_id for each in known.between(source, low, high) if each.incident_id is not None}
            # What stirred by itself in between, or will have: a sign became true, a suspension ended without a word.
            signs = [incident.c[name].between(low, high) for name in SIGN_COLUMNS.values()]
            stirs = and_(incident.c.ended_at.is_(None), or_(incident.c.suspend_count > 0, *signs))
            touched |= set(conn.execute(select(incident.c.id).where(stirs)).scalars())
            for part in _parts(sorted(touched)):
                self._put(source, conn, part, to, are_counted=True)
            self._count_if_far(source, conn, to)
            self._hear_of_sources(source, conn, to)
            renew_echo(source, conn, to)
            feed.append(conn, to, [feed.Entry("city", {})])
        self.at = self._seen_upto = to
        self._coming = []

    def bring(self, incident_id: int) -> None:
        """Bring an old case with its steps, which were not copied with the rest."""
        with engines.reading(self.scratch) as conn:
            told = select(func.count()).where(step.c.incident_id == incident_id).scalar_subquery()
            found = conn.execute(select(incident.c.step_count, told).where(incident.c.id == incident_id)).one_or_none()
        if found is None or found[0] > found[1]:
            with engines.reading(self.source) as source, engines.writing(self.scratch) as conn:
                self._put(source, conn, [incident_id], self.at, are_counted=False)
                copy_photographs(source, conn, message.c.incident_id == incident_id)

    def _copy_settled(self, source: Connection, conn: Connection, at: datetime, changed: Sequence[int]) -> None:
        left_out = set(changed)
        copy(source, conn, incident, and_(since(incident) <= at, self._is_near(at, ROWS_OF)), "id", left_out)
        of_those = select(incident.c.id).where(since(incident) <= at, self._is_near(at, LOGS_OF))
        copy(source, conn, step, step.c.incident_id.in_(of_those), "incident_id", left_out)

    def _is_near(self, at: datetime, stretch: timedelta) -> Any:
        is_late = or_(incident.c.ended_at.is_(None), incident.c.ended_at > at - stretch, incident.c.reported_at > at - stretch)
        # Of a village there are few, and no cells of theirs by organisation: its rows are asked for periods of a year ago.
        return or_(is_late, incident.c.village_code == self.area_code)

    def _count(self, source: Connection, conn: Connection, at: datetime, changed: Collection[int]) -> None:
        """The cells around the day: of cases that have not changed since from the house, for not all of them are here."""
        self._counted_for = county_date(at, self.city.zone)
        ours = incident.c[f"{self.city.area(self.area_code).level_code}_code"] == self.area_code
        rows = ((source, and_(since(incident) <= at, ours), False), (conn, ours, True))
        rewind_cells.count(conn, rows, changed, self.city, self.area_code, self._counted_for)

    def _count_if_far(self, source: Connection, conn: Connection, at: datetime) -> None:
        if abs(county_date(at, self.city.zone) - self._counted_for) > GOOD_FOR:
            self._count(source, conn, at, known.changed_after(source, at))

    def _put(self, source: Connection, conn: Connection, ids: Sequence[int], at: datetime, *, are_counted: bool) -> None:
        """Let these cases be as they were at an instant, whatever they are now."""
        cases = known.cases(source, ids)
        new = {number: found for number, case in cases.items() if (found := case.at(at, self.city.rules)) is not None}
        old = {row["id"]: dict(row) for row in conn.execute(select(incident).where(incident.c.id.in_(ids))).mappings()}
        if are_counted:
            old |= self._absent(cases, old)
            self._add([(row, new[number][0] if number in new else None) for number, row in old.items()], conn)
            self._add([(None, row) for number, (row, _) in new.items() if number not in old], conn)
        for table, column in ((step, step.c.incident_id), (overwritten, overwritten.c.incident_id), (incident, incident.c.id)):
            conn.execute(delete(table).where(column.in_(ids)))
        insert_rows(conn, incident, [row for row, _ in new.values()])
        insert_rows(conn, step, [each for _, log in new.values() for each in log])

    def _absent(self, cases: dict[int, known.Case], present: Collection[int]) -> dict[int, dict[str, Any]]:
        """The cases that were known already, but had not been copied: they are counted."""
        stood = {number: case.at(self.at, self.city.rules) for number, case in cases.items() if number not in present}
        return {number: found[0] for number, found in stood.items() if found is not None}

    def _add(self, changes: Sequence[tuple[dict[str, Any] | None, dict[str, Any] | None]], conn: Connection) -> None:
        differing = [(old, new) for old, new in changes if old != new]
        for cells in (rollups, paths):
            cells.add(conn, cells.difference([(old, new) for old, new in differing if new is not None], self.city.zone))
            gone = cells.difference([(None, old) for old, new in differing if new is None and old is not None], self.city.zone)
            cells.add(conn, {cell: -value for cell, value in gone.items()})

    def _apply(self, conn: Connection, found: dict[int, known.Case], actions: dict[int, str], at: datetime) -> int:
        """Save these cases as the house did at that instant."""
        old = store.incidents_by_id(conn, list(actions)) if actions else {}
        absent = self._absent({number: found[number] for number in actions if number in found}, old)
        insert_rows(conn, incident, list(absent.values()))
        old |= absent
        changes, logs = [], []
        for number, action in sorted(actions.items()):
            stands = found[number].at(at, self.city.rules) if number in found else None
            if stands is not None:
                changes.append((old.get(number), stands[0], action))
                logs += stands[1]
        if changes:
            store.save_incidents(conn, changes, zone=self.city.zone, at=at)
            conn.execute(delete(step).where(step.c.incident_id.in_([new["id"] for _, new, _ in changes])))
            insert_rows(conn, step, logs)
        return len(changes)

    def _stir(self, source: Connection, conn: Connection, upto: datetime) -> int:
        """What came without a word up to an instant: a suspension ended, a sign became true."""
        count = 0
        while True:
            due = [conn.execute(select(func.min(incident.c[name], type_=Instant))).scalar() for name in _STIRRING]
            at = min((each for each in due if each is not None), default=None)
            if at is None or at > upto:
                return count
            ids = list(conn.execute(select(incident.c.id).where(or_(*(incident.c[name] <= at for name in _STIRRING)))).scalars())
            cases = known.cases(source, ids)
            count += self._apply(conn, cases, {each: _last_action(cases[each], at) for each in ids}, at)

    def _look_ahead(self, to: datetime, horizon: datetime) -> None:
        if to > self._seen_upto:
            upto = max(to, min(horizon, self._seen_upto + CHUNK))
            with engines.reading(self.source) as source:
                self._coming += known.between(source, self._seen_upto, upto)
            self._seen_upto = upto

    def _touch_sources(self, conn: Connection, happened: Iterable[Happening]) -> None:
        for each in happened:
            name = self._source_of(each.source)
            if name:
                arrivals.touch_source(conn, name, event_at=each.event_at, received_at=each.at)

    def _source_of(self, name: str) -> str:
        """By which source a row came: what organisations post comes by one for all."""
        return name if name in self.city.sources else POSTED if name in self.city.organisations else ""

    def _hear_of_sources(self, source: Connection, conn: Connection, at: datetime) -> None:
        conn.execute(delete(source_state))
        for name, (event_at, heard_at) in known.sources(source, at, self._source_of).items():
            arrivals.touch_source(conn, name, event_at=event_at, received_at=heard_at)


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[first : first + known.AT_ONCE] for first in range(0, len(ids), known.AT_ONCE))


def _last_action(case: known.Case, at: datetime) -> str:
    said = [each for each in case.steps if known_at(each) <= at]
    return str(max(said, key=lambda each: each["id"])["action_code"]) if said else "report"
