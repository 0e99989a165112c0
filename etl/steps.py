"""Steps that organisations post: who they are, what each step says, and what became of it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Engine, select

from data import arrivals
from data import engine as engines
from data.city import City
from data.clocks import Clock
from data.errors import AccessDenied, RowRejected, UnknownCode
from data.schema import incident
from data.vocabulary import ACTIONS, CHECK_OUTCOMES
from etl import filing, tokens
from etl.scrub import scrub

MOST_STEPS: Final = 500
CLOCKS_DIFFER: Final = timedelta(minutes=5)  # a department's clock may be ahead of ours
SPELLINGS: Final = "steps"


def take(engine: Engine, city: City, body: bytes, token: str, clock: Clock) -> list[dict[str, str]]:
    """File a post of steps in one transaction; gives per step its `source_ref`, `result` and, where it says no, `reason`.

    Raises `AccessDenied` for a token nobody holds, `RowRejected` for a body that is no list of steps.
    """
    now = clock.now()
    with engines.writing(engine) as conn:
        organisation = tokens.organisation_of(conn, token) if token else None
        if organisation is None:
            raise AccessDenied("The token is unknown or revoked.")
        given = _listed(body)
        checksum = arrivals.keep_snapshot(
            conn, source=organisation, name="/intake/steps", media_type="application/json", body=body, received_at=now
        )
        rows, answers = _read_all(conn, city, organisation, given, now, checksum)
        results = filing.file_steps(conn, city, rows, now)
        for row in rows:
            answers[row["source_ref"]] = {"source_ref": row["source_ref"], "result": results[organisation, row["source_ref"]]}
        refused = sum(each["result"] == "refused" for each in answers.values())
        newest = max((row["at"] for row in rows), default=None)
        arrivals.touch_source(conn, "steps", event_at=newest, received_at=now, accepted=len(rows), rejected=refused)
        return list(answers.values())


def _listed(body: bytes) -> list[Any]:
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RowRejected("broken_json", f"The body is no JSON: {error}.") from error
    given = given if isinstance(given, list) else [given]
    if not 0 < len(given) <= MOST_STEPS:
        raise RowRejected("bad_count", f"A post has 1 to {MOST_STEPS} steps, not {len(given)}.")
    return given


def _read_all(
    conn: Connection, city: City, organisation: str, given: list[Any], now: datetime, checksum: str
) -> tuple[list[dict[str, Any]], dict[str, dict[str, str]]]:
    rows, answers, rejected = [], {}, []
    for number, each in enumerate(given, start=1):
        try:
            rows.append(_read(conn, city, organisation, each, now))
        except (RowRejected, UnknownCode) as error:
            reference = str(each.get("source_ref", f"#{number}")) if isinstance(each, dict) else f"#{number}"
            answers[reference] = {"source_ref": reference, "result": "refused", "reason": error.message}
            rejected.append(
                {
                    "source": organisation,
                    "name": "/intake/steps",
                    "row_number": number,
                    "reason": getattr(error, "reason", error.key),
                    "sentence": error.message,
                    "content": scrub(orjson.dumps(each).decode()),
                    "checksum": checksum,
                    "rejected_at": now,
                }
            )
    arrivals.reject(conn, rejected)
    return rows, answers


def _read(conn: Connection, city: City, organisation: str, given: Any, now: datetime) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise RowRejected("bad_step", "A step is an object.")
    action = _action(city, str(given.get("action", "")))
    at, precision = read_instant(str(given.get("at", "")))
    if at > now + CLOCKS_DIFFER:
        raise RowRejected("in_the_future", f"The step is of {given['at']}, which has not come yet.")
    outcome = str(given.get("outcome", ""))
    if action == "check" and outcome and outcome not in CHECK_OUTCOMES:
        raise RowRejected("bad_outcome", f"The outcome of a check is one of {', '.join(CHECK_OUTCOMES)}, not {outcome!r}.")
    remark = scrub(str(given.get("remark", "")))
    if action == "return" and not remark:
        raise RowRejected("no_reason", "A return needs its reason in `remark`.")
    source, reference = _incident(conn, given.get("incident"))
    until = given.get("until")
    return {
        "source": organisation,
        "source_ref": _reference(given.get("source_ref")),
        "incident_source": source,
        "incident_ref": reference,
        "action_code": action,
        "activity_name": scrub(str(given.get("action", ""))),
        "at": at,
        "precision_code": precision,
        "received_at": now,
        "organisation_code": organisation,
        "to_organisation_code": _organisation(city, str(given["to"])) if given.get("to") else None,
        "outcome_code": outcome,
        "remark": remark,
        "until_at": read_instant(str(until))[0] if until else None,
        "master_ref": str(given.get("master", "")),
    }


def read_instant(written: str) -> tuple[datetime, str]:
    """An ISO 8601 instant with its offset, and how exactly it is written: second, minute or day. Raises `RowRejected`."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError as error:
        raise RowRejected("bad_time", f"{written!r} is no ISO 8601 instant.") from error
    if at.tzinfo is None:
        raise RowRejected("bad_time", f"{written!r} has no offset, such as +08:00.")
    clock = re.search(r"T(\d{2}):(\d{2})(:\d{2})?", written)
    return at, "day" if clock is None else "second" if clock[3] else "minute"


def _reference(given: Any) -> str:
    if not isinstance(given, str | int) or not str(given).strip():
        raise RowRejected("no_reference", "A step needs its own `source_ref`.")
    return str(given).strip()[:200]


def _action(city: City, word: str) -> str:
    return word if word in ACTIONS and word != "report" else city.spelling(SPELLINGS, "action", word)


def _organisation(city: City, word: str) -> str:
    return word if word in city.organisations else city.spelling(SPELLINGS, "organisation", word)


def _incident(conn: Connection, given: Any) -> tuple[str, str]:
    if isinstance(given, dict) and given.get("source") and given.get("ref"):
        return str(given["source"]), str(given["ref"])
    number = given.get("id") or str(given.get("number", "")).rpartition("-")[2] if isinstance(given, dict) else ""
    if str(number).isdigit() and str(number).isascii() and len(str(number)) < 18:
        found = conn.execute(select(incident.c.source, incident.c.source_ref).where(incident.c.id == int(number))).one_or_none()
        if found is not None:
            return found.source, found.source_ref
    raise RowRejected("no_incident", "A step names its incident by {source, ref}, or by the number of one we know.")
