"""The house's closed words as people read them: states, languages, urgencies, reasons.

The Chinese word is the catalogue's key; `label` translates at the moment of rendering.
"""

from collections.abc import Mapping

from hotline.i18n.catalog import _

UNKNOWN = "未知"

WORDS: Mapping[str, Mapping[str, str]] = {
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
        "no_answer": "未接来电，稍后自动恢复",
        "declined": "已拒接，稍后自动恢复",
        "busy": "已拒接，稍后自动恢复",
        "not_reachable": "软电话未连上，稍后自动恢复",
        "answered_but_not_taken": "接听后未确认，稍后自动恢复",
        "line_lost": "线路中断",
        "console_gone": "工作台已关闭",
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
    },
    "level": {"imminent": "迫在眉睫", "high": "高风险"},
    "escalation": {
        "open": "呼叫中",
        "acknowledged": "已确认",
        "accepted": "已接案",
        "reported": "已反馈",
        "closed": "已结案",
    },
    "why": {
        "same_counselor": "来电者之前由您接听过",
        "wished_gender": "来电者希望和您这一性别的咨询员通话",
        "certified": "您说来电者的语言，并受过危机训练",
        "certified_any_language": "您受过危机训练，来电者也听得懂您的语言",
        "topic_well": "您熟悉这个话题，也说来电者的语言",
        "topic": "您了解这个话题，也说来电者的语言",
        "language": "您说来电者的语言",
        "any_language": "您说来电者也听得懂的语言",
        "anyone_on_line": "等待已久，由本线路任何一位接听",
        "anyone": "紧急来电等待已久，请任何一位接听",
    },
    "timeline": {
        "escalation.raised": "已升级上报",
        "escalation.flag_added": "再次标记危机",
        "escalation.overdue": "超时未处理",
        "escalation.acknowledged": "已确认接收",
        "escalation.accepted": "已受理",
        "escalation.given_back": "已退回",
        "escalation.reported": "已反馈",
        "escalation.closed": "已结案",
        "escalation.not_acknowledged": "无人确认，呼叫下一位",
        "escalation.reopened": "确认后未处理，重新呼叫",
        "escalation.deadline_clamped": "时限已校正",
        "escalation.step_failed": "这一步未能执行",
        "escalation.summary_read": "查阅了内容",
        "attempt.planned": "准备呼叫",
        "attempt.claimed": "开始呼叫",
        "attempt.taken": "正在呼叫",
        "attempt.not_taken": "未能拨出，稍后再试",
        "attempt.unclear": "拨出情况不明，正在核对",
        "attempt.given_up": "多次未能拨出",
        "supervisors.paged": "已通知督导",
        "attempt.answered": "电话已接通",
        "attempt.failed": "呼叫未果",
        "attempt.superseded": "呼叫已取消",
        "attempt.acknowledged": "电话确认",
        "attempt.wrong_pin": "密码错误",
    },
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
