"""How much came in, how much was settled, and in time: counts and rates of DOMAIN section 1.5. Arithmetic only."""

from __future__ import annotations

from data.metrics.registry import Counts, Definition, Metric, add, define
from data.vocabulary import Word

CASES = Word("cases", "件", "cases")
PERCENT = Word("percent", "%", "%")
BY_DEADLINE = "cases whose deadline lies in the period"
NEVER_ASKED = "merged and void cases; cases without a deadline"
RATES = "DOMAIN 1.5 [17][18]"

D1 = define(Definition("D1", Word("D1", "全部应处置", "all that were filed"), "DOMAIN 1.5 [9]", lambda counts: counts["filed"]))
D2 = define(
    Definition(
        "D2",
        Word("D2", "不含未到期在办", "without those open and not due"),
        "DOMAIN 1.5 [19]",
        lambda counts: counts["filed"] - counts["not_due"],
    )
)
D3 = define(
    Definition(
        "D3",
        Word("D3", "不含挂账缓办", "without those suspended with consent"),
        "DOMAIN 1.5 [22]",
        lambda counts: counts["filed"] - counts["suspended"],
    )
)
_DUE = ("filed", "not_due", "suspended")


def _count(key: str, zh: str, en: str, formula: str, better: str = "neither") -> None:
    add(
        Metric(
            key=key, words=Word(key, zh, en), unit=CASES, decimals=0, formula=formula, cohort="by the day it happened",
            left_out="nothing", better=better, source="DOMAIN 1.5 [9][17]", needs=(key,), numerator=lambda counts: counts[key],
        )
    )  # fmt: skip


def _rate(key: str, zh: str, en: str, formula: str, part: str, better: str, note: str = "") -> None:
    add(
        Metric(
            key=key, words=Word(key, zh, en), unit=PERCENT, decimals=1, formula=formula, cohort=BY_DEADLINE, left_out=NEVER_ASKED,
            better=better, source=RATES, needs=(part, *_DUE), numerator=lambda counts: counts[part],
            denominator=lambda counts, definition: definition.count(counts), note=note,
        )
    )  # fmt: skip


def _overdue_open(counts: Counts) -> int:
    return counts["filed"] - counts["not_due"] - counts["handled"]


_count("reported", "上报数", "reports", "reports that came in")
_count("resolved", "处置数", "handled", "cases whose handling was finished", "more")
_count("closed", "结案数", "closed", "cases closed", "more")

_rate("handling_rate", "处置率", "handled of those due", "handled ÷ to be handled", "handled", "more")
_rate("on_time_rate", "按期处置率", "handled in time", "handled by the deadline ÷ to be handled", "handled_on_time", "more",
      "Judged when the department hands the case back, not when the work ended.")  # fmt: skip
_rate("closing_rate", "结案率", "closed of those due", "closed ÷ to be handled", "ended", "more")
_rate("rework_rate", "返工率", "reworked", "cases with a failed check ÷ to be handled", "reworked", "less",
      "Cases, not times: a case that failed twice counts once.")  # fmt: skip
_rate("extension_rate", "延期率", "extended", "cases extended ÷ to be handled", "extended", "less")
_rate("return_rate", "回退率", "given back", "cases given back ÷ to be handled", "returned", "less",
      "A return may be right: the dispatch was wrong.")  # fmt: skip

add(
    Metric(
        key="overdue_open_rate", words=Word("overdue_open_rate", "超期待处置率", "overdue and open"), unit=PERCENT, decimals=1,
        formula="overdue and not handled ÷ to be handled", cohort=BY_DEADLINE, left_out=NEVER_ASKED, better="less",
        source="DOMAIN 1.5 [18]",
        needs=("handled", *_DUE), numerator=_overdue_open, denominator=lambda counts, definition: definition.count(counts),
    )
)  # fmt: skip
