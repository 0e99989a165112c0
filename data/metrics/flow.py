"""How much came in, how much was settled, and in time: counts and rates of DOMAIN section 1.5. Arithmetic only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from data.metrics import definitions as definitions
from data.metrics.registry import Counts, Metric, add
from data.vocabulary import Word

CASES: Final = Word("cases", "件", "cases")
TIMES: Final = Word("times", "次", "times")
PERCENT: Final = Word("percent", "%", "%")
BY_DAY: Final = "by the day it happened"
BY_DEADLINE: Final = "cases whose deadline lies in the period"
NOW: Final = "open cases, at this instant"
NOT_ASKED: Final = "merged and void cases; cases without a deadline"
COUNTED: Final = "DOMAIN 1.5 [9][17]"
RATES: Final = "DOMAIN 1.5 [17][18]"
BY_DEFINITION: Final = "to be handled"


def _count(
    key: str, zh: str, en: str, formula: str, of: str | tuple[str, ...], how: Callable[[Counts], int] | None = None,
    better: str = "neither", cohort: str = BY_DAY, left_out: str = "nothing", unit: Word = CASES, note: str = "",
) -> None:  # fmt: skip
    names = (of,) if isinstance(of, str) else of
    add(
        Metric(
            key=key, words=Word(key, zh, en), unit=unit, decimals=0, formula=formula, cohort=cohort, left_out=left_out,
            better=better, source=COUNTED, needs=names, numerator=how or (lambda counts: counts[names[0]]), note=note,
        )
    )  # fmt: skip


def _due(key: str, zh: str, en: str, formula: str, of: str | tuple[str, ...], how: Callable[[Counts], int] | None = None,
         better: str = "neither", unit: Word = CASES, note: str = "") -> None:  # fmt: skip
    _count(key, zh, en, formula, of, how, better, BY_DEADLINE, NOT_ASKED, unit, note)


def _asked(key: str, zh: str, en: str, note: str) -> None:
    add(
        Metric(
            key=key, words=Word(key, zh, en), unit=CASES, decimals=0, formula="what the definition in force counts (D1, D2, D3)",
            cohort=BY_DEADLINE, left_out=NOT_ASKED, better="neither", source=COUNTED, needs=(), numerator=None, subject="to_handle",
            note=note,
        )
    )  # fmt: skip


def _rate(key: str, zh: str, en: str, formula: str, of: str | tuple[str, ...], how: Callable[[Counts], int] | None = None,
          better: str = "less", subject: str = "to_handle", source: str = RATES, note: str = "") -> None:  # fmt: skip
    names = (of,) if isinstance(of, str) else of
    add(
        Metric(
            key=key, words=Word(key, zh, en), unit=PERCENT, decimals=1, formula=f"{formula} ÷ {BY_DEFINITION}", cohort=BY_DEADLINE,
            left_out=NOT_ASKED, better=better, source=source, needs=names, numerator=how or (lambda counts: counts[names[0]]),
            subject=subject, note=note,
        )
    )  # fmt: skip


def _overdue_open(counts: Counts) -> int:
    return counts["due"] - counts["not_due"] - counts["due_handled"]


OVERDUE: Final = ("due", "not_due", "due_handled")

_count("reported", "上报数", "reports", "reports that came in", "reported")
_count("effective_reports", "有效上报数", "valid reports", "reports − those found to be no case", ("reported", "reported_void"),
       lambda counts: counts["reported"] - counts["reported_void"], "more", "by the day of the report",
       note="A report nobody has judged yet counts as valid; one told before (merged) is valid.")  # fmt: skip
_count("triaged", "受理数", "taken on by a room", "reports triaged or forwarded for the first time", "triaged")
_count("filed", "立案数", "cases filed", "cases taken on for the first time", "filed", left_out="merged and void cases",
       note="By the first step that handled, dispatched or settled it: only the master of merged reports is a case.")  # fmt: skip
_count("dispatched", "派遣数", "dispatched", "cases dispatched for the first time", "dispatched", note="Cases, not dispatches.")
_count("accepted", "接单数", "accepted", "cases accepted for the first time", "accepted")
_count("resolved", "处置数", "handled", "cases whose handling was finished", "resolved", better="more",
       note="A case sent back for rework counts on the day it is finished at last.")  # fmt: skip
_count("closed", "结案数", "closed", "cases closed", "closed", better="more")
_count("followed_up", "回访数", "followed up", "cases whose reporter was asked", "feedback", better="more",
       note="By the day of the last follow-up.")  # fmt: skip
_count("void", "作废数", "void", "reports found to be no case", "void", better="less")
_count("merged", "并案数", "merged", "reports merged into another", "merged")

_asked("to_handle", "应处置数", "to be handled", "A live board counts by D2, a frozen report by deadline, where D1 and D2 are one.")
_asked("to_close", "应结案数", "to be closed", "One deadline serves handling and closing: no other is logged.")
_due("handled_on_time", "按期处置数", "handled in time", "handled by the deadline", "due_on_time", better="more",
     note="Judged when the department hands the case back, not when the work ended.")  # fmt: skip
_due("handled_late", "超期处置数", "handled late", "handled − handled by the deadline", ("due_handled", "due_on_time"),
     lambda counts: counts["due_handled"] - counts["due_on_time"], "less")  # fmt: skip
_due("overdue_open", "超期未处置数", "overdue and not handled", "due − open and not late − handled", OVERDUE, _overdue_open, "less",
     note="The red lamp. A suspended case is not late: its clock stands.")  # fmt: skip
_due("closed_on_time", "按期结案数", "closed in time", "closed by the deadline", "due_ended_on_time", better="more")
_due("closed_late", "超期结案数", "closed late", "closed − closed by the deadline", ("due_ended", "due_ended_on_time"),
     lambda counts: counts["due_ended"] - counts["due_ended_on_time"], "less")  # fmt: skip
_due("reworked", "返工数（件）", "reworked cases", "cases with a failed check", "due_reworked", better="less")
_due("rework_times", "返工数（次）", "failed checks", "failed checks of those cases", "due_rework_times", better="less", unit=TIMES)
_due("extended", "延期数", "extended", "cases with an extension", "due_extended", better="less")
_due("suspended", "挂账数", "suspended", "cases suspended at least once", "due_suspended")
_due("returned", "回退数（件）", "cases given back", "cases given back at least once", "due_returned", better="less")
_due("return_times", "回退数（次）", "returns", "returns of those cases", "due_return_times", better="less", unit=TIMES)
_due("supervised", "督办数", "supervised", "cases watched by a leader at least once", "due_supervised")

_count("open_now", "在办数", "open", "open cases", "open", cohort=NOW)
_count("late_open", "逾期在办数", "late and open", "open cases past their deadline", "late", better="less", cohort=NOW,
       left_out="suspended cases; those resolved in time", note="Resolved late, it is late until it is closed.")  # fmt: skip
_count("at_risk_open", "临期数", "at risk", "open cases near their deadline", "at_risk", cohort=NOW,
       left_out="suspended cases; those resolved in time")  # fmt: skip
_count("due_today", "今日到期数", "due today", "open cases with a deadline still to come today", "due_today", cohort=NOW,
       left_out="suspended cases; those resolved in time")  # fmt: skip
_count("suspended_open", "在挂账数", "suspended now", "open cases that are suspended", "open_suspended", cohort=NOW)
_count("supervised_open", "在督办数", "supervised now", "open cases watched by a leader", "open_supervised", cohort=NOW)

_rate("handling_rate", "处置率", "handling rate", "handled", "due_handled", better="more")
_rate("on_time_rate", "按期处置率", "on-time handling rate", "handled by the deadline", "due_on_time", better="more",
      note="Judged when the department hands the case back, not when the work ended.")  # fmt: skip
_rate("closing_rate", "结案率", "closing rate", "closed", "due_ended", better="more")
_rate("on_time_closing_rate", "按期结案率", "on-time closing rate", "closed by the deadline", "due_ended_on_time", better="more")
_rate("late_closing_rate", "超期结案率", "late closing rate", "closed after the deadline", ("due_ended", "due_ended_on_time"),
      lambda counts: counts["due_ended"] - counts["due_ended_on_time"])  # fmt: skip
_rate("rework_rate", "返工率", "rework rate", "cases with a failed check", "due_reworked", subject="rework",
      source="DOMAIN 1.5 [18][19]",
      note="Cases, not times. By R both ends are asked of the cases filed in the period.")  # fmt: skip
_rate("extension_rate", "延期率", "extension rate", "cases extended", "due_extended", source="DOMAIN 1.5 [18]")
_rate("return_rate", "回退率", "return rate", "cases given back", "due_returned",
      note="A return may be right: the dispatch was wrong.")  # fmt: skip
_rate("overdue_open_rate", "超期待处置率", "overdue rate", "overdue and not handled", OVERDUE, _overdue_open,
      source="DOMAIN 1.5 [18]")  # fmt: skip
