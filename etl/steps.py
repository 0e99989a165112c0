"""Steps that organisations post: who they are, what each step says, and what became of it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Engine, select

from data import arrivals, feed, store
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.errors import AccessDenied, RowRejected, UnknownCode
from data.schema import incident
from data.vocabulary import ACTIONS, CHECK_OUTCOMES, SUPERVISE_LEVELS
from etl import filing, tokens
from etl.scrub import scrub

ROUTE: Final = "/intake/steps"
SOURCE: Final = "steps"
MOST_STEPS: Final = 500
LONGEST_NAME: Final = 200
LONGEST_CODE: Final = 64
LONGEST_REMARK: Final = 100_000  # longer than what is kept: it is scrubbed first
LONGEST_WAIT: Final = timedelta(days=3660)
CLOCKS_DIFFER: Final = timedelta(minutes=5)  # a department's clock may be ahead of ours
EARLIEST_YEAR: Final = 1980
WRITTEN: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?P<seconds>:\d{2}([.,]\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
TOLD: Final = ("incident_source", "incident_ref", "action_code", "at", "precision_code", "to_organisation_code", "outcome_code",
               "remark", "until_at", "master_ref")  # fmt: skip
CONFLICT: Final = "Another step was told before under the reference {}; it stands as it was."


def take(engine: Engine, city: City, body: bytes, token: str, clock: Clock) -> list[dict[str, str]]:
    """File a post of steps in one transaction; gives per step, in order, its `source_ref`, `result` and, for a no, `reason`.

    Raises `AccessDenied` for a token nobody holds, `RowRejected` for a body that is no list of steps.
    """
    now = clock.now()
    with engines.reading(engine) as conn:
        organisation = tokens.organisation_of(conn, token) if token else None
    if organisation is None:
        raise AccessDenied("The token is unknown or revoked.")
    given = _listed(body)
    with engines.writing(engine) as conn:
        checksum = arrivals.keep_snapshot(
            conn, source=organisation, name=ROUTE, media_type="application/json", body=body, received_at=now
        )
        return _Post(conn, city, organisation, now, checksum).file(given)


def _listed(body: bytes) -> list[Any]:
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RowRejected("broken_json", f"The body is no JSON: {error}.") from error
    given = given if isinstance(given, list) else [given]
    if not 0 < len(given) <= MOST_STEPS:
        raise RowRejected("bad_count", f"A post has 1 to {MOST_STEPS} steps, not {len(given)}.")
    return given


class _Post:
    """The steps of one call, from what was written to what became of each."""

    def __init__(self, conn: Connection, city: City, organisation: str, now: datetime, checksum: str) -> None:
        self.conn, self.city, self.organisation, self.now, self.checksum = conn, city, organisation, now, checksum

    def file(self, given: list[Any]) -> list[dict[str, str]]:
        read = [self._read_one(number, each) for number, each in enumerate(given, start=1)]
        rows: dict[str, dict[str, Any]] = {}
        for _, row in read:
            if isinstance(row, dict):
                rows.setdefault(row["source_ref"], row)
        results = filing.file_steps(self.conn, self.city, list(rows.values()), self.now)
        stored = store.steps_by_ref(self.conn, [(self.organisation, reference) for reference in rows])
        answers, rejected, is_told = [], [], set()
        for number, (reference, row) in enumerate(read, start=1):
            answer = {"source_ref": reference}
            if isinstance(row, dict) and _is_same(row, stored[self.organisation, reference]):
                answer["result"] = "repeated" if reference in is_told else results[self.organisation, reference]
                is_told.add(reference)
            else:
                error = row if not isinstance(row, dict) else RowRejected("conflict", CONFLICT.format(reference))
                answer |= {"result": "refused", "reason": error.message}
                rejected.append(self._rejection(number, error, given[number - 1]))
            answers.append(answer)
        arrivals.reject(self.conn, rejected)
        newest = max((row["at"] for row in rows.values()), default=None)
        counts = {"accepted": len(given) - len(rejected), "rejected": len(rejected)}
        arrivals.touch_source(self.conn, SOURCE, event_at=newest, received_at=self.now, **counts)
        return answers

    def _read_one(self, number: int, given: Any) -> tuple[str, dict[str, Any] | RowRejected | UnknownCode]:
        """Its reference, and the row or why there is none."""
        try:
            row = _read(self.conn, self.city, self.organisation, given, self.now)
        except (RowRejected, UnknownCode) as error:
            said = given.get("source_ref") if isinstance(given, dict) else None
            return (scrub(str(said))[:LONGEST_NAME] if said else f"#{number}"), error
        return row["source_ref"], row

    def _rejection(self, number: int, error: RowRejected | UnknownCode, given: Any) -> dict[str, Any]:
        reason = error.reason if isinstance(error, RowRejected) else error.key
        return {"source": self.organisation, "name": ROUTE, "row_number": number, "reason": reason, "sentence": error.message,
                "content": scrub(orjson.dumps(given).decode()), "checksum": self.checksum, "rejected_at": self.now}  # fmt: skip


def _is_same(row: dict[str, Any], stored: dict[str, Any]) -> bool:
    return all(row[name] == stored[name] for name in TOLD)


def _read(conn: Connection, city: City, organisation: str, given: Any, now: datetime) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise RowRejected("bad_step", "A step is an object.")
    action = _action(city, _said(given, "action"))
    at, precision = read_instant(_said(given, "at"))
    if at > now + CLOCKS_DIFFER:
        raise RowRejected("in_the_future", f"The step is of {given['at']}, which has not come yet.")
    source, reference = _incident(conn, city, given.get("incident"))
    row = {
        "source": organisation,
        "source_ref": _said(given, "source_ref"),
        "incident_source": source,
        "incident_ref": reference,
        "action_code": action,
        "activity_name": scrub(_said(given, "action")),
        "at": at,
        "precision_code": precision,
        "received_at": now,
        "organisation_code": organisation,
        "to_organisation_code": _organisation(city, _said(given, "to")) if given.get("to") else None,
        "outcome_code": _said(given, "outcome", LONGEST_CODE),
        "remark": scrub(_said(given, "remark", LONGEST_REMARK)),
        "until_at": read_instant(_said(given, "until"))[0] if given.get("until") else None,
        "master_ref": _said(given, "master"),
    }
    _check(row)
    return row


def _check(row: dict[str, Any]) -> None:
    """What a step needs to say anything at all. Raises `RowRejected`."""
    action, until = row["action_code"], row["until_at"]
    if not row["source_ref"]:
        raise RowRejected("no_reference", "A step needs its own `source_ref`.")
    if action == "check" and row["outcome_code"] not in ("", *CHECK_OUTCOMES):
        raise RowRejected("bad_outcome", f"The outcome of a check is one of {', '.join(CHECK_OUTCOMES)}.")
    if action == "return" and not row["remark"]:
        raise RowRejected("no_reason", "A return needs its reason in `remark`.")
    if action == "dispatch" and row["to_organisation_code"] is None:
        raise RowRejected("no_receiver", "A dispatch names in `to` whom it goes to.")
    if action == "merge" and row["master_ref"] in ("", row["incident_ref"]):
        raise RowRejected("no_master", "A merge names in `master` the `ref` of another incident of the same source.")
    if action == "suspend" and until is None:
        raise RowRejected("no_day", "A suspension names in `until` the day on which it ends by itself.")
    if action == "supervise" and row["outcome_code"] not in ("", *SUPERVISE_LEVELS):
        raise RowRejected("bad_outcome", f"The outcome of a supervision is its level: {', '.join(SUPERVISE_LEVELS)}.")
    if until is not None and not row["at"] <= until <= row["at"] + LONGEST_WAIT:
        raise RowRejected("bad_until", f"`until` lies before the step or more than {LONGEST_WAIT.days} days after it.")


def _said(given: dict[str, Any], name: str, longest: int = LONGEST_NAME) -> str:
    """A word of a step; empty when it is not there. Raises `RowRejected` for what is no word."""
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise RowRejected("bad_field", f"`{name}` is a text.")
    word = str(value).strip()
    if len(word) > longest or (longest <= LONGEST_NAME and not word.isprintable()):
        raise RowRejected("bad_field", f"`{name}` has at most {longest} characters, none of them for control.")
    return word


def read_instant(written: str) -> tuple[datetime, str]:
    """An ISO 8601 instant with its offset, and how exactly it is written: second or minute. Raises `RowRejected`."""
    found = WRITTEN.fullmatch(written)
    try:
        at = datetime.fromisoformat(written) if found else None
    except ValueError:
        at = None
    if found is None or at is None:
        raise RowRejected("bad_time", f"{written!r} is no ISO 8601 instant such as 2016-03-15T09:35+08:00.")
    if at.tzinfo is None:
        raise RowRejected("bad_time", f"{written!r} has no offset, such as +08:00.")
    if at.year < EARLIEST_YEAR:
        raise RowRejected("bad_time", f"{written!r} lies before {EARLIEST_YEAR}.")
    return at, "second" if found["seconds"] else "minute"


def _action(city: City, word: str) -> str:
    return word if word in ACTIONS and word != "report" else city.spelling(SOURCE, "action", word)


def _organisation(city: City, word: str) -> str:
    return word if word in city.organisations else city.spelling(SOURCE, "organisation", word)


def _incident(conn: Connection, city: City, given: Any) -> tuple[str, str]:
    """The (source, source_ref) of the incident a step names."""
    if isinstance(given, dict) and given.get("source") and given.get("ref"):
        source, reference = _said(given, "source"), _said(given, "ref")
        if source not in city.sources:
            raise RowRejected("no_incident", f"The city has no source {source!r}.")
        return source, reference
    quoted = _said(given, "number" if given.get("number") else "id") if isinstance(given, dict) else ""
    id_said = quoted.rpartition("-")[2]
    if id_said.isdigit() and id_said.isascii() and len(id_said) < len(str(2**63)) - 1:
        names = (incident.c.source, incident.c.source_ref, incident.c.id, incident.c.received_at)
        found = conn.execute(select(*names).where(incident.c.id == int(id_said))).mappings().one_or_none()
        if found is not None and quoted in (str(found["id"]), feed.number(dict(found))):
            return found["source"], found["source_ref"]
    raise RowRejected("no_incident", "A step names its incident by {source, ref}, or by the number of one we know.")
