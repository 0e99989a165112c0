"""The field in one page: states, stages and actions, each in Chinese and English.

Never a colour, never SQL, never anything particular to one city.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Word:
    """A thing of the field: its code and its name in both languages."""

    code: str
    zh: str
    en: str


def _words(*rows: tuple[str, str, str]) -> dict[str, Word]:
    return {code: Word(code, zh, en) for code, zh, en in rows}


REGION_LEVELS: Final = _words(
    ("county", "县（市、区）", "county"),
    ("township", "镇（街道）", "township"),
    ("village", "村（社区）", "village"),
    ("grid", "网格", "grid"),
)

CHANNELS: Final = _words(
    ("wechat", "微信公众号", "WeChat"),
    ("terminal", "平安通", "Ping'an terminal"),
    ("patrol", "网格巡查", "grid patrol"),
    ("hotline", "12345 热线", "12345 hotline"),
    ("camera", "视频巡查", "camera patrol"),
    ("sensor", "物联感知", "sensor"),
    ("visit", "来访", "visit"),
    ("department", "部门对接", "department"),
    ("web", "网上", "web"),
    ("letter", "来信", "letter or e-mail"),
    ("other", "其他", "other"),
)

REPORTER_KINDS: Final = _words(
    ("steward", "乌镇管家", "Wuzhen steward"),
    ("grid_worker", "网格员", "grid worker"),
    ("resident", "居民", "resident"),
    ("department", "部门", "department"),
    ("device", "设备", "device"),
)

# The highest first: an incident of it interrupts the walls.
URGENCIES: Final = _words(
    ("urgent", "紧急", "urgent"),
    ("normal", "一般", "normal"),
)

PRECISIONS: Final = _words(
    ("second", "秒", "second"),
    ("minute", "分钟", "minute"),
    ("day", "日", "day"),
)

PLACE_BASES: Final = _words(
    ("point", "上报定位", "reported point"),
    ("address", "地址匹配", "matched address"),
    ("area", "仅知区域", "area only"),
    ("outside", "辖区外", "outside the county"),
    ("none", "无位置", "no place"),
)

STATES: Final = _words(
    ("reported", "已上报", "reported"),
    ("town", "镇级受理", "in triage, town"),
    ("city", "待派遣", "awaiting dispatch, city"),
    ("dispatched", "待部门受理", "awaiting acceptance"),
    ("handling", "处置中", "in handling"),
    ("suspended", "挂账", "suspended"),
    ("checking", "待核查", "awaiting check"),
    ("closed", "办结", "closed"),
    ("followed_up", "已回访", "followed up"),
    ("merged", "并案", "merged"),
    ("void", "作废", "void"),
)

OPEN_STATES: Final = ("reported", "town", "city", "dispatched", "handling", "suspended", "checking")
SETTLED_STATES: Final = ("closed", "followed_up")
ENDED_STATES: Final = (*SETTLED_STATES, "merged", "void")

STAGES: Final = _words(
    ("report", "上报", "report"),
    ("triage", "受理", "triage"),
    ("dispatch", "派遣", "dispatch"),
    ("accept", "接单", "accept"),
    ("resolve", "处置", "resolve"),
    ("feedback", "反馈", "feedback"),
)

# The stage an open incident waits for, state by state: what the pipeline on the wall counts.
WAITS_FOR: Final = {
    "reported": "triage",
    "town": "dispatch",
    "city": "dispatch",
    "dispatched": "accept",
    "handling": "resolve",
    "suspended": "resolve",
    "checking": "feedback",
}

# In whose hands an open incident is: the lanes of the wall, in the order a case goes through them.
LANES: Final = _words(
    ("reporter", "上报与村", "reporter, village"),
    ("town", "镇指挥室", "town room"),
    ("city", "市中心", "city centre"),
    ("department", "部门", "department"),
    ("check", "反馈核查", "feedback"),
)

ACTIONS: Final = _words(
    ("report", "上报", "report"),
    ("triage", "受理", "triage"),
    ("forward", "转报", "forward"),
    ("dispatch", "派遣", "dispatch"),
    ("accept", "接单", "accept"),
    ("return", "回退", "return"),
    ("extend", "延期", "extend"),
    ("suspend", "挂账", "suspend"),
    ("resume", "恢复", "resume"),
    ("note", "进展", "progress note"),
    ("urge", "催办", "urge"),
    ("supervise", "督办", "supervise"),
    ("resolve", "处置完成", "resolve"),
    ("check", "核查", "check"),
    ("rework", "返工", "rework"),
    ("close", "结案", "close"),
    ("feedback", "回访", "feedback"),
    ("reopen", "重开", "reopen"),
    ("merge", "并案", "merge"),
    ("void", "作废", "void"),
)

# They tell something and move nothing: no part of the way a case takes.
BESIDE_THE_PATH: Final = ("note", "urge", "supervise", "extend")

# Signs that a case is nobody's in earnest (推诿); when each is true is in `data.alarms`.
SIGNS: Final = _words(
    ("bounced", "反复退回", "passed to and fro"),
    ("unaccepted", "逾期未接", "not accepted in time"),
    ("unheard", "交办无回应", "hand-over unanswered"),
    ("unowned", "无人承办", "nobody's"),
)

# Steps of one instant are put in this order, so that a log replays alike whatever the order of arrival.
ACTION_RANK: Final = {code: rank for rank, code in enumerate(ACTIONS)}

# What is being asked about, part by part; the parts stand side by side.
SCOPE_WORDS: Final = _words(
    ("day", "{day}", "{day}"),
    ("week", "{year} 年第 {week} 周", "week {week} of {year}"),
    ("month", "{year} 年 {month} 月", "month {month} of {year}"),
    ("quarter", "{year} 年第 {quarter} 季度", "quarter {quarter} of {year}"),
    ("between", "{first} 至 {last}", "{first} to {last}"),
    ("organisation", "由{name}处置", "handled by {name}"),
    ("category", "类别：{name}", "category: {name}"),
    ("channel", "渠道：{name}", "channel: {name}"),
    ("state", "状态：{name}", "state: {name}"),
    ("urgency", "紧急程度：{name}", "urgency: {name}"),
    ("reporter_kind", "采集者：{name}", "collector: {name}"),
    ("text", "含“{text}”", "with “{text}”"),
    ("hour", "{first} 时至 {last} 时", "{first}:00 to {last}:00"),
)

# Why a step changes nothing. It stays in the log, marked with one of these.
PROBLEMS: Final = _words(
    ("state", "不合流程", "out of order"),
    ("role", "无此权限", "not theirs to do"),
    ("overdue", "逾期后延期", "extended when overdue"),
    ("too_often", "次数已满", "too often"),
)

# Of an answer to a reporter. WeChat acknowledges that it took a message, never that it was read: `sent` is all there is.
ANSWER_STATES: Final = _words(
    ("queued", "待发送", "queued"),
    ("unsent", "未配置", "not configured"),
    ("sending", "发送中", "being sent"),
    ("sent", "已发送", "sent"),
    ("failed", "未送达", "undelivered"),
    ("withdrawn", "已撤回", "withdrawn"),
)

# An outcome word a `check` may carry; a failed check is a rework.
CHECK_OUTCOMES: Final = ("pass", "fail")

# The level a `supervise` may carry as its outcome; "0" takes the flag off, none said is one higher than before.
SUPERVISE_LEVELS: Final = ("0", "1", "2", "3")

# What gives a person away in running text: after these words a name follows, after those a telephone number.
NAME_SIGNS: Final = ("我叫", "我名叫", "名字叫", "姓名", "联系人", "举报人", "反映人", "投诉人", "来电人", "报案人", "当事人")
TELEPHONE_SIGNS: Final = ("电话", "座机", "手机", "号码", "联系方式")
SURNAMES: Final = (
    "欧阳|上官|司马|诸葛|司徒|夏侯|皇甫|尉迟|公孙|慕容|令狐|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱"
    "方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武莫孔汤施费俞章鲁葛倪柳殷屠计岳钮褚闵凌盛濮]"
)
AFTER_A_NAME: Final = "住在是家的我电手男女来说想要今昨先师同"  # what commonly follows a name without a mark between
SPOKEN_DIGITS: Final = "〇零一幺二三四五六七八九"
