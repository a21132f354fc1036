"""Our closed words as people read them: states, languages, urgencies, reasons.

The Chinese word is the catalogue's key; `label` translates at the moment of rendering.
"""

from collections.abc import Mapping

from hotline.i18n.account_words import ACCOUNT_WORDS
from hotline.i18n.callback_words import CALLBACK_WORDS
from hotline.i18n.caller_words import CALLER_WORDS
from hotline.i18n.case_words import CASE_WORDS
from hotline.i18n.catalog import _
from hotline.i18n.configuration_words import CONFIGURATION_WORDS
from hotline.i18n.due_words import DUE_WORDS
from hotline.i18n.event_words import EVENT_WORDS
from hotline.i18n.floor_words import FLOOR_WORDS
from hotline.i18n.follow_up_words import FOLLOW_UP_WORDS
from hotline.i18n.incident_words import INCIDENT_WORDS
from hotline.i18n.material_words import MATERIAL_WORDS
from hotline.i18n.message_words import MESSAGE_WORDS
from hotline.i18n.prompt_words import PROMPT_WORDS
from hotline.i18n.quality_words import QUALITY_WORDS
from hotline.i18n.reach_words import REACH_WORDS
from hotline.i18n.reading_words import READING_WORDS
from hotline.i18n.record_words import RECORD_WORDS
from hotline.i18n.report_words import REPORT_WORDS
from hotline.i18n.rights_words import RIGHTS_WORDS
from hotline.i18n.risk_words import RISK_WORDS
from hotline.i18n.roster_words import ROSTER_WORDS
from hotline.i18n.station_words import STATION_WORDS
from hotline.i18n.text_words import TEXT_WORDS
from hotline.i18n.watching_words import WATCHING_WORDS

UNKNOWN = "未知"

WORDS: Mapping[str, Mapping[str, str]] = {
    **ACCOUNT_WORDS,
    **CALLER_WORDS,
    **CASE_WORDS,
    **REACH_WORDS,
    **TEXT_WORDS,
    **RISK_WORDS,
    **REPORT_WORDS,
    **RIGHTS_WORDS,
    **QUALITY_WORDS,
    **READING_WORDS,
    **RECORD_WORDS,
    **ROSTER_WORDS,
    **INCIDENT_WORDS,
    **PROMPT_WORDS,
    **CALLBACK_WORDS,
    **MESSAGE_WORDS,
    **DUE_WORDS,
    **FLOOR_WORDS,
    **FOLLOW_UP_WORDS,
    **MATERIAL_WORDS,
    **WATCHING_WORDS,
    **STATION_WORDS,
    "presence": {
        "offline": "离线",
        "ready": "就绪",
        "offered": "来电中",
        "talking": "通话中",
        "wrapping_up": "整理记录",
        "paused": "暂停",
    },
    "pause": {
        "break": "休息",
        "meal": "用餐",
        "debrief": "情绪恢复",
        "training": "培训",
        "meeting": "会议",
        "other": "其他事务",
        "no_answer": "未接来电",
        "declined": "已拒接",
        "busy": "已拒接",
        "not_reachable": "软电话未连上，马上再试",
        "carrier_refused": "运营商未接通，马上再试",
        "answered_but_not_taken": "接听后未确认",
        "line_lost": "线路中断",
        "rest": "危机通话后休息",
        "break_due": "工作已久，休息片刻",
        "for_danger": "休息中断，先接有危险的孩子",
        "console_gone": "工作台没有回应",
        "phone_gone": "软电话或麦克风没有连上",
        "console_closed": "工作台已关闭",
        "account_unreadable": "账号资料有误，收不到来电，请找管理员",
        "revoked": "账号已停用",
        "danger": "得知有危险，改由受过危机训练的人接听",
        "shared": "让给另一位有危险的来电者",
        "after_crisis": "危机通话后在写记录，不会被打断",
        "just_ended": "刚结束通话，整理时间受保护",
        "answers_danger": "自己决定接听紧急来电",
        "called_in": "下班后被呼叫接听",
        "by_supervisor": "督导安排",
        "caller_moved": "来电者被转到别处",
        "set_aside": "督导改了接听人的状态",
    },
    "held_back": {
        "after_crisis": "您刚结束一通危机来电：写完记录、休息之前，系统不会呼叫您。",
        "protected": "您刚结束通话：这段时间系统不会打断您写记录。",
        "wrap_up": "您正在整理记录：系统会先呼叫就绪的咨询员，再打断您。",
        "rest": "危机通话后的休息：系统这段时间不会呼叫您。",
        "break_due": "您工作已久，正在休息：系统这段时间不会呼叫您。",
        "paused": "您已暂停接听：系统不会呼叫您。",
        "left_out": "刚才没能接通您的电话：系统先找别人。",
        "asked_last": "您刚接连接了几通危机来电：危机来电先找别人，其他来电照常响铃。",
    },
    "break": {
        "now": "该休息，马上安排",
        "busy": "该休息，等手上的事做完",
        "others_away": "该休息，等别人回来",
        "last_certified": "该休息，但危机认证只剩这一位：请安排人接替",
    },
    "own_break": {
        "now": "您的休息到点了，马上安排。",
        "busy": "您的休息到点了，等您手上的事做完就安排。",
        "others_away": "您的休息到点了，正等别人回来；等得最久的先走。",
        "last_certified": "您的休息到点了，先不安排您离开：在岗的人里，有危机认证的只剩您一位。",
    },
    "language": {
        "cmn": "普通话",
        "yue": "粤语",
        "hak": "客家话",
        "nan": "潮汕话",
        "eng": "英语",
    },
    "urgency": {"crisis": "紧急", "routine": "一般"},
    "topic": {
        "family": "家庭",
        "study": "学习",
        "bullying": "校园欺凌",
        "peers": "同伴与恋爱",
        "mental_health": "情绪与心理",
        "physical_health": "身体健康",
        "violence": "暴力与侵害",
        "sexuality": "性与青春期",
        "access": "就学与生活保障",
        "discrimination": "歧视与排斥",
        "missing": "走失与离家",
        "non_counselling": "非咨询",
    },
    "age_group": {"child": "儿童", "teen": "青少年", "adult": "成年人"},
    "gender": {"f": "女性", "m": "男性"},
    "contact_type": {
        "self": "本人求助",
        "about_another": "为他人求助",
        "silent": "无声",
        "wrong_number": "打错",
        "test": "试拨",
        "abusive": "骚扰",
        "thanks": "致谢",
        "information": "信息咨询",
        "complaint": "投诉",
        "hang_up": "接通就挂断",
        "emergency": "紧急",
    },
    "risk": {
        "not_assessed": "未评估",
        "none": "无",
        "low": "低",
        "moderate": "中",
        "high": "高",
        "imminent": "迫在眉睫",
    },
    "disposition": {
        "listened": "倾听陪伴",
        "advised": "给予建议",
        "referred": "转介资源",
        "medical_advised": "建议就医",
        "escalated": "已升级上报",
        "no_counselling": "无需咨询",
    },
    "call": {
        "flow": "听取提示",
        "waiting": "等待",
        "connecting": "接通中",
        "talking": "通话中",
        "message": "留言中",
        "closing": "结束中",
        "ended": "已结束",
    },
    "outcome": {
        "talked": "已通话",
        "message_left": "已留言",
        "callback_owed": "待回电",
        "hung_up": "来电者挂断",
        "turned_away": "未接入",
        "duty_phone": "已由值班电话接听",
        "not_reached": "回拨未接通",
    },
    "level": {"imminent": "迫在眉睫", "high": "高风险"},
    "escalation": {
        "open": "呼叫中",
        "acknowledged": "已确认",
        "accepted": "已接案",
        "reported": "已反馈",
        "closed": "已结案",
    },
    "deadline": {
        "open": "确认期限",
        "acknowledged": "受理期限",
        "accepted": "反馈期限",
        "reported": "结案期限",
    },
    "attempt": {
        "pending": "准备呼叫",
        "submitting": "开始呼叫",
        "unknown": "拨出情况不明，正在核对",
        "submitted": "正在呼叫",
        "answered": "电话已接通",
        "delivered": "已送达",
        "acknowledged": "电话确认",
        "failed": "呼叫未果",
        "superseded": "呼叫已取消",
        "dead": "多次未能拨出",
    },
    "voice": {
        "muted": "正在旁听",
        "coach": "正在对您耳语指导，来电者听不到",
        "open": "一起通话",
    },
    "why": {
        "consult": "同事想请您帮忙听一听",
        "same_counselor": "来电者之前由您接听过，或由督导转给您",
        "wished_gender": "来电者希望和您这一性别的咨询员通话",
        "certified_age": "您说来电者的语言，受过危机训练和这个年龄段的训练",
        "certified": "您说来电者的语言，并受过危机训练",
        "certified_any_language": "您受过危机训练，来电者也听得懂您的语言",
        "topic_well": "您熟悉这个话题，也说来电者的语言",
        "topic": "您了解这个话题，也说来电者的语言",
        "age": "您受过这个年龄段的训练，也说来电者的语言",
        "language": "您说来电者的语言",
        "any_language": "您说来电者也听得懂的语言",
        "anyone_on_line": "等待已久，由本线路任何一位接听",
        "anyone": "紧急来电等待已久，请任何一位接听",
        "any_line": "紧急来电无人接听，请任何一位接听",
        "call_back": "您要回电：您接起以后再拨给对方",
    },
    "fits": {
        "same_counselor": "之前接听过这位来电者，或由督导指定",
        "wished_gender": "符合来电者希望的性别",
        "certified_age": "说来电者的语言，受过危机训练和该年龄段的训练",
        "certified": "说来电者的语言，受过危机训练",
        "certified_any_language": "受过危机训练，来电者听得懂",
        "topic_well": "熟悉话题，说来电者的语言",
        "topic": "了解话题，说来电者的语言",
        "age": "受过该年龄段的训练，说来电者的语言",
        "language": "说来电者的语言",
        "any_language": "来电者听得懂",
        "anyone_on_line": "等候已久，本线路任何人",
        "anyone": "紧急等候已久，任何人",
        "any_line": "紧急来电无人接听，任何人",
    },
    "excluded": {
        "away": "不在就绪状态",
        "wrap_up": "正在整理记录",
        "protected": "刚结束通话",
        "line": "不负责本线路",
        "language": "不说来电者听得懂的语言",
        "certified": "没有受过危机训练",
        "topic": "不了解该话题",
        "gender": "不符合希望的性别",
        "age_group": "没有该年龄段的训练",
        "counselor": "来电者保留给之前的咨询员",
        "not_yet": "等候时间还不够",
        "fitting": "其他合适的人",
    },
    "wait": {
        "next": "马上会有人被振铃。",
        "opens_later": "现在就绪的人要等候更久才可接听。",
        "nobody_fits": "就绪的人当中没有合适的。",
        "nobody_ready": "现在没有人就绪。",
    },
    "offer": {
        "pending": "振铃中",
        "accepted": "已接听",
        "declined": "已拒接",
        "expired": "未接听",
        "withdrawn": "已由他人接听或取消",
        "failed": "未能接通",
    },
    "alarm": {
        "any_line": "各线路就绪的人",
        "own_phones": "下班的咨询员",
        "duty_phone": "值班电话",
        "supervisor": "督导",
        "partner": "合作热线",
        "back": "转回原来的线路",
    },
    "recording": {
        "starting": "正在开始",
        "running": "正在录音",
        "paused": "已暂停",
        "wanted": "正在取回",
        "fetched": "已取回，正在删除运营商处的录音",
        "kept": "已保存",
        "erased": "已删除",
        "missing": "没有录到",
    },
    "desk_recording": {
        "not_told": "未录音：来电者还没有听完录音提示",
        "starting": "正在开始录音",
        "on": "录音中",
        "pausing": "正在暂停录音",
        "paused": "录音已暂停，现在不录",
        "resuming": "正在恢复录音",
        "declined": "来电者不同意，不录音",
    },
    "danger": {
        "key_in_menu": "在菜单中表示危险",
        "key_while_waiting": "按键表示危险",
        "key_when_called_back": "接起回电时按键表示危险",
        "key_carried_on": "系统故障时按键表示危险，恢复后补记",
        "crisis_flag": "咨询员标记",
        "supervisor": "督导判断",
        "open_escalation": "该号码有未结案的上报",
        "dropped_crisis_call": "该号码的危机来电曾中断",
        "open_risk": "该号码有高风险，仍在跟进",
    },
    **EVENT_WORDS,
    **CONFIGURATION_WORDS,
    "role": {
        "counselor": "咨询员",
        "supervisor": "督导",
        "officer": "工作站",
        "admin": "管理员",
    },
}


def label(kind: str, value: str | None) -> str:
    """The word for a value; `未知` for none, the value itself where we know no better word."""
    if not value:
        return _(UNKNOWN)
    known = WORDS[kind].get(value)
    return _(known) if known else value
