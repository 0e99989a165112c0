"""The sentences of the registry in Chinese: formulas, whom they ask, what is left out, notes. English stands with the metric."""

from __future__ import annotations

from typing import Final

PHRASES: Final = {
    "reports that came in": "收到的上报",
    "by the day it happened": "按发生之日",
    "nothing": "无",
    "reports − those found to be no case": "上报 − 经判定不属案件的上报",
    "by the day of the report": "按上报之日",
    "A report nobody has judged yet counts as valid; one told before (merged) is valid.": (
        "尚未判定的计为有效；重复上报（并案）计为有效。"
    ),
    "reports triaged or forwarded for the first time": "首次受理或转报的上报",
    "cases taken on for the first time": "首次立案的案件",
    "merged and void cases": "并案、作废的案件",
    "By the first step that handled, dispatched or settled it: only the master of merged reports is a case.": (
        "以首个处理、派遣或办结的步骤为准；并案的只计主案件。"
    ),
    "cases dispatched for the first time": "首次派遣的案件",
    "Cases, not dispatches.": "计件，不计派遣次数。",
    "cases accepted for the first time": "首次接单的案件",
    "cases whose handling was finished": "处置完成的案件",
    "A case sent back for rework counts on the day it is finished at last.": "返工的案件计在最后处置完成之日。",
    "cases closed": "结案的案件",
    "cases whose reporter was asked": "已回访上报人的案件",
    "By the day of the last follow-up.": "按最后一次回访之日。",
    "reports found to be no case": "经判定不属案件的上报",
    "reports merged into another": "并入他案的上报",
    "what the definition in force counts (D1, D2, D3)": "按现行口径（D1、D2、D3）应计的案件",
    "cases whose deadline lies in the period": "期限落在本期内的案件",
    "merged and void cases; cases without a deadline": "并案、作废的案件；没有期限的案件",
    "A live board counts by D2, a frozen report by deadline, where D1 and D2 are one.": (
        "实时看板按 D2；冻结的报告按期限之日，此时 D1 与 D2 相同。"
    ),
    "One deadline serves handling and closing: no other is logged.": "处置与结案共用一个期限：未记录其他期限。",
    "handled by the deadline": "期限前处置完成的案件",
    "Judged when the department hands the case back, not when the work ended.": "以部门交回之时判定，不以完工之时。",
    "handled − handled by the deadline": "已处置 − 按期处置",
    "due − open and not late − handled": "到期 − 在办未逾期 − 已处置",
    "The red lamp. A suspended case is not late: its clock stands.": "即红灯。挂账的案件不算逾期：其时限中止。",
    "closed by the deadline": "期限前结案的案件",
    "closed − closed by the deadline": "已结案 − 按期结案",
    "cases with a failed check": "核查未通过的案件",
    "failed checks of those cases": "这些案件核查未通过的次数",
    "cases with an extension": "有延期的案件",
    "cases suspended at least once": "至少挂账一次的案件",
    "cases given back at least once": "至少回退一次的案件",
    "returns of those cases": "这些案件的回退次数",
    "cases watched by a leader at least once": "至少督办一次的案件",
    "open cases": "在办案件",
    "open cases, at this instant": "此刻在办的案件",
    "open cases past their deadline": "已过期限的在办案件",
    "suspended cases": "挂账的案件",
    "Until it is closed: what waits for its check is among them.": "直至结案：待核查的也在其中。",
    "open cases near their deadline": "临近期限的在办案件",
    "open cases with a deadline still to come today": "今日内到期、尚未到期的在办案件",
    "open cases that are suspended": "挂账中的在办案件",
    "open cases watched by a leader": "督办中的在办案件",
    "handled ÷ to be handled": "处置数 ÷ 应处置数",
    "handled by the deadline ÷ to be handled": "按期处置数 ÷ 应处置数",
    "closed ÷ to be handled": "结案数 ÷ 应处置数",
    "closed by the deadline ÷ to be handled": "按期结案数 ÷ 应处置数",
    "closed after the deadline ÷ to be handled": "超期结案数 ÷ 应处置数",
    "cases with a failed check ÷ to be handled": "返工数（件） ÷ 应处置数",
    "Cases, not times. By R both ends are asked of the cases filed in the period.": (
        "计件不计次。按 R 时分子分母均取本期立案的案件。"
    ),
    "cases extended ÷ to be handled": "延期数 ÷ 应处置数",
    "cases given back ÷ to be handled": "回退数（件） ÷ 应处置数",
    "A return may be right: the dispatch was wrong.": "回退可能有理：派遣有误。",
    "overdue and not handled ÷ to be handled": "超期未处置数 ÷ 应处置数",
    "taken on by the limit to triage ÷ to be taken on": "受理时限内受理 ÷ 应受理",
    "by the day of the duty's deadline": "按该职责期限之日",
    "merged and void cases; duties without a limit; duties not due yet": "并案、作废的案件；没有时限的职责；尚未到期的职责",
    "dispatched by the limit to dispatch ÷ to be dispatched": "派遣时限内派遣 ÷ 应派遣",
    "From the moment it first waited for dispatch; what was settled without one is not asked.": (
        "自首次待派遣起算；未经派遣即办结的不计。"
    ),
    "accepted by the limit to accept ÷ to be accepted": "接单时限内接单 ÷ 应接单",
    "The first acceptance; what was given back or settled unsigned is not asked.": "以首次接单为准；退回或未签收即办结的不计。",
    "checked by the limit to check ÷ to be checked": "核查时限内核查 ÷ 应核查",
    "The last hand-back of a case.": "以案件最后一次交回为准。",
    "reports not found to be no case ÷ reports": "有效上报数 ÷ 上报数",
    "A report nobody has judged yet counts as valid.": "尚未判定的计为有效。",
}


def said(phrase: str, language: str) -> str:
    """A sentence of the registry in Chinese (`zh`, `zh-CN`), else as it stands there."""
    return PHRASES.get(phrase, phrase) if language.startswith("zh") else phrase
