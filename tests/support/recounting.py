"""Counts of a filter in plain pandas over whole rows, written from the sentences of `data.metrics.counts`: it shares no code with them."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from data.filters import Filter
from data.metrics.counts import COUNTS
from data.periods import Span

DUTIES = {"triage": ("triage_due_at", "filed_at"), "dispatch": ("dispatch_due_at", "dispatched_at"),
          "accept": ("first_accept_due_at", "accepted_at"), "check": ("check_due_at", "checked_at")}  # fmt: skip
HAPPENED = {"triaged": "triaged_at", "dispatched": "dispatched_at", "accepted": "accepted_at", "resolved": "resolved_at",
            "closed": "closed_at", "feedback": "feedback_at"}  # fmt: skip


def recounted(
    rows: pd.DataFrame, asked: Filter, now: datetime, zone: ZoneInfo, *, by: str = "", part: str = "", names: Any = None
) -> dict[str, int]:
    """Every count of the rows a filter holds, or of one part of them."""
    mine = of_filter(rows, asked)
    first, last = asked.span.first_on, asked.span.last_on
    if by in ("day", "week", "month", "quarter"):
        period = Span.parse(part)
        first, last = max(first, period.first_on), min(last, period.last_on)
    elif by == "category":
        mine = mine[_under(mine, part) if part != asked.category_code else mine.category_code == part]
    elif by and by != "hour":
        mine = mine[mine["handler_code" if by == "organisation" else f"{by}_code"] == part]
    hour = int(part) if by == "hour" else asked.hour
    return {name: value for name, value in _counts(mine, first, last, now, zone, hour).items() if name in (names or COUNTS)}


def of_filter(rows: pd.DataFrame, asked: Filter) -> pd.DataFrame:
    """The rows a filter holds, of all days."""
    mine = rows[rows[f"{asked.level_code}_code"] == asked.area_code]
    if asked.organisation_code:
        mine = mine[mine.handler_code == asked.organisation_code]
    if asked.channel_code:
        mine = mine[mine.channel_code == asked.channel_code]
    if asked.category_code:
        mine = mine[_under(mine, asked.category_code)]
    return _more(mine, asked)


def reported_in(rows: pd.DataFrame, asked: Filter, zone: ZoneInfo) -> pd.DataFrame:
    """The rows a filter holds that were reported in its days, or its hour."""
    mine = of_filter(rows, asked)
    return mine[_within(mine.reported_at, asked.span.first_on, asked.span.last_on, zone, hour=asked.hour)]


def _more(mine: pd.DataFrame, asked: Filter) -> pd.DataFrame:
    for name in ("state", "urgency", "reporter_kind"):
        code = getattr(asked, f"{name}_code")
        if code:
            mine = mine[mine[f"{name}_code"] == code]
    if asked.text:
        texts = [
            unicodedata.normalize("NFKC", f"{report} {place}").casefold()
            for report, place in zip(mine.report_text, mine.address_text, strict=True)
        ]
        words = unicodedata.normalize("NFKC", asked.text).casefold().split()
        has = [all(word in text for word in words) and not hidden for text, hidden in zip(texts, mine.is_restricted, strict=True)]
        mine = mine[pd.Series(has, index=mine.index, dtype=bool)]
    return mine


def _under(mine: pd.DataFrame, code: str) -> Any:
    return (mine.category_code + ".").str.startswith(f"{code}.")


def _within(at: Any, first: Any, last: Any, zone: ZoneInfo, *, ends: bool = False, hour: int | None = None) -> Any:
    """Whose county day (and hour) lies in the span; a deadline at midnight belongs to the day that ends."""
    moment = pd.to_datetime(at, utc=True) - (pd.Timedelta(microseconds=1) if ends else pd.Timedelta(0))
    local = moment.dt.tz_convert(zone.key).dt.tz_localize(None)
    found = (local >= pd.Timestamp(first)) & (local < pd.Timestamp(last) + pd.Timedelta(days=1))
    return found if hour is None else found & (local.dt.hour == hour)


def _counts(mine: pd.DataFrame, first: Any, last: Any, now: datetime, zone: ZoneInfo, hour: int | None = None) -> dict[str, int]:
    within = partial(_within, hour=hour)
    is_case = ~mine.state_code.isin(["merged", "void"])
    is_open = mine.ended_at.isna()
    found = {name: within(mine[column], first, last, zone).sum() for name, column in HAPPENED.items()}
    came = within(mine.reported_at, first, last, zone)
    filed = within(mine.filed_at, first, last, zone) & is_case
    ended = within(mine.ended_at, first, last, zone)
    found |= {"reported": came.sum(), "reported_void": (came & (mine.state_code == "void")).sum(), "filed": filed.sum(),
              "filed_reworked": (filed & (mine.rework_count > 0)).sum(), "void": (ended & (mine.state_code == "void")).sum(),
              "merged": (ended & (mine.state_code == "merged")).sum()}  # fmt: skip
    due = within(mine.due_at, first, last, zone, ends=True) & is_case
    suspended = mine.state_code == "suspended"
    waits = due & is_open & mine.resolved_at.isna()
    times = {name: mine[f"{column}_count"].where(due, 0) for name, column in
             {"returned": "return", "reworked": "rework", "extended": "extend", "suspended": "suspend", "supervised": "supervise"}.items()}  # fmt: skip
    found |= {"due": due.sum(), "due_handled": (due & mine.resolved_at.notna()).sum(), "due_on_time": (due & _by(mine.resolved_at, mine.due_at)).sum(),
              "due_ended": (due & mine.closed_at.notna()).sum(), "due_ended_on_time": (due & _by(mine.closed_at, mine.due_at)).sum(),
              **{f"due_{name}": (each > 0).sum() for name, each in times.items()},
              "due_return_times": times["returned"].sum(), "due_rework_times": times["reworked"].sum(),
              "not_due": (waits & (_to_come(mine.due_at, now) | suspended)).sum(), "suspended": (waits & suspended).sum()}  # fmt: skip
    for duty, (until, done) in DUTIES.items():
        asked = within(mine[until], first, last, zone, ends=True) & is_case
        found[f"{duty}_due"] = asked.sum()
        found[f"{duty}_on_time"] = (asked & _by(mine[done], mine[until])).sum()
        found[f"{duty}_not_due"] = (asked & is_open & mine[done].isna() & _to_come(mine[until], now)).sum()
    return {name: int(value) for name, value in (found | _standing(mine, is_open, suspended, now, zone)).items()}


def _standing(mine: pd.DataFrame, is_open: Any, suspended: Any, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    midnight = (now.astimezone(zone) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    runs = is_open & ~suspended & ~(mine.resolved_at <= mine.due_at)
    is_late = mine.due_at.notna() & ~_to_come(mine.due_at, now)
    return {
        "open": is_open.sum(),
        "late": (runs & is_late).sum(),
        "at_risk": (runs & _to_come(mine.due_at, now) & mine.at_risk_at.notna() & (mine.at_risk_at <= now)).sum(),
        "due_today": (runs & _to_come(mine.due_at, now) & (mine.due_at <= midnight)).sum(),
        "open_suspended": (is_open & suspended).sum(),
        "open_supervised": (is_open & (mine.supervise_level > 0)).sum(),
    }


def _by(done: Any, until: Any) -> Any:
    return done.notna() & (done <= until)


def _to_come(until: Any, now: datetime) -> Any:
    return until.notna() & (until >= now)
