"""How the posts of the flow keep their time: intake, dispatcher, department, checker; and the names our log cannot answer.

Whoever has a duty is asked by the day of its own deadline. A city that states no limit for a duty has no such deadline: the
rate is then "—", never 100 %.
"""

from __future__ import annotations

from typing import Final

from data.metrics.flow import PERCENT
from data.metrics.registry import Metric, Unavailable, add, miss
from data.vocabulary import Word

SOURCE: Final = "DOMAIN 1.5 [17]"
OF_POSTS: Final = "merged and void cases; duties without a limit; duties not due yet"


def _on_time(key: str, zh: str, en: str, duty: str, formula: str, note: str = "") -> None:
    names = (f"{duty}_on_time", f"{duty}_due", f"{duty}_not_due")
    add(
        Metric(
            key=key, words=Word(key, zh, en), unit=PERCENT, decimals=1, formula=formula, cohort="by the day of the duty's deadline",
            left_out=OF_POSTS, better="more", source=SOURCE, needs=names, numerator=lambda counts: counts[names[0]],
            denominator=lambda counts: counts[names[1]] - counts[names[2]], note=note,
        )
    )  # fmt: skip


_on_time("triage_on_time_rate", "按期受理率", "on-time triage rate", "triage", "taken on by the limit to triage ÷ to be taken on")
_on_time("dispatch_on_time_rate", "按期派遣率", "on-time dispatch rate", "dispatch",
         "dispatched by the limit to dispatch ÷ to be dispatched",
         "From the moment it first waited for dispatch; what was settled without one is not asked.")  # fmt: skip
_on_time("accept_on_time_rate", "按期接单率", "on-time acceptance rate", "accept",
         "accepted by the limit to accept ÷ to be accepted",
         "The first acceptance; what was given back or settled unsigned is not asked.")  # fmt: skip
_on_time("check_on_time_rate", "按期核查率", "on-time check rate", "check", "checked by the limit to check ÷ to be checked",
         "The last hand-back of a case.")  # fmt: skip
add(
    Metric(
        key="effective_report_rate", words=Word("effective_report_rate", "有效上报率", "valid report rate"),
        unit=PERCENT, decimals=1, formula="reports not found to be no case ÷ reports", cohort="by the day of the report",
        left_out="nothing", better="more",
        source=SOURCE, needs=("reported", "reported_void"), numerator=lambda counts: counts["reported"] - counts["reported_void"],
        denominator=lambda counts: counts["reported"], note="A report nobody has judged yet counts as valid.",
    )
)  # fmt: skip

_NO_WORD: Final = "A follow-up carries no agreed word for how content the reporter is."
_NO_TRUTH: Final = "The log says what was done, not whether it was right: nobody records the judgement."
for _key, _zh, _en, _reason in (
    ("satisfied", "满意数", "satisfied reporters", _NO_WORD),
    ("satisfaction_rate", "满意率", "satisfied of those asked", _NO_WORD),
    ("verification_on_time_rate", "按期核实率", "verified in time", "No step verifies a report before it is filed."),
    ("filing_on_time_rate", "按时立案率", "filed in time", "Filing has no limit of its own: see 按期受理率."),
    ("filing_accuracy_rate", "准确立案率", "rightly filed", _NO_TRUTH),
    ("triage_accuracy_rate", "准确受理率", "rightly taken on", _NO_TRUTH),
    ("dispatch_accuracy_rate", "准确派遣率", "rightly dispatched", _NO_TRUTH + " 回退率 is near to it."),
):
    miss(Unavailable(_key, Word(_key, _zh, _en), SOURCE, _reason))
