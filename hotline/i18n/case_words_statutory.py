"""What the law asks to be reported, as people read it. Part of `case_words`.

The nine situations themselves are words of their list (`hotline.records.forms.reportable`).
"""

from collections.abc import Mapping

STATUTORY_WORDS: Mapping[str, Mapping[str, str]] = {
    "report_kind": {"mandatory": "强制报告", "emergency": "突发事件报告"},
    "report_state": {
        "open": "等待报告",
        "reported": "已报告",
        "answered": "已收到反馈",
        "not_reportable": "不需要报告",
    },
    "report_tab": {"open": "等待报告", "feedback": "等待反馈", "ended": "已结束"},
    "report_agency": {
        "police": "公安机关",
        "civil_affairs": "民政部门",
        "education": "教育部门",
        "procuratorate": "检察机关",
        "court": "人民法院",
        "health": "卫生健康部门",
        "manager": "热线负责人",
    },
    "report_how": {"phone": "电话", "writing": "书面", "in_person": "当面"},
    "event_kind": {
        "death": "死亡事件",
        "mass_event": "群体性事件",
        "staff_abuse": "工作人员侵害",
        "data_breach": "信息泄露",
        "media": "媒体关注",
    },
}

STATUTORY_FACTS: Mapping[str, str] = {"agency": "report_agency", "how": "report_how"}
"""Facts that are codes, and the list of words that each is read in."""

STATUTORY_SENTENCES: Mapping[str, str] = {
    "statutory.opened": "%(who)s 发现强制报告情形，要立即报告（%(number)s）",
    "statutory.code_added": "%(who)s 又发现一种强制报告情形（%(number)s）",
    "statutory.warned": "强制报告 %(number)s 还没有做，已提醒咨询员和督导",
    "statutory.breached": "强制报告 %(number)s 超时，开始呼叫督导的电话",
    "statutory.rung": "为强制报告 %(number)s 呼叫督导的电话，第 %(turn)s 个",
    "statutory.nobody_came": "强制报告 %(number)s：督导的电话都呼叫过，稍后再来一轮",
    "statutory.heard": "督导在电话里得知强制报告 %(number)s 超时",
    "statutory.reported": "%(who)s 已依法报告%(agency)s（%(number)s，%(how)s）",
    "statutory.not_reportable": "%(who)s 认定不需要报告（%(number)s）",
    "statutory.accepted": "%(who)s 记下：对方 %(on)s 受理或立案（%(number)s）",
    "statutory.answer_due": "强制报告 %(number)s：该问对方的反馈了",
    "statutory.none_yet": "%(who)s 问过对方，还没有反馈（%(number)s）",
    "statutory.answered": "%(who)s 记下对方的反馈（%(number)s）",
    "statutory.receipt_exported": "%(who)s 打印了报告回执（%(number)s）",
    "emergency.opened": "突发事件：%(who)s 要报告热线负责人（%(number)s）",
    "emergency.warned": "突发事件 %(number)s 还没有报告热线负责人",
    "emergency.breached": "突发事件 %(number)s 超过24小时没有报告，开始呼叫督导的电话",
    "emergency.rung": "为突发事件 %(number)s 呼叫督导的电话，第 %(turn)s 个",
    "emergency.nobody_came": "突发事件 %(number)s：督导的电话都呼叫过，稍后再来一轮",
    "emergency.heard": "督导在电话里得知突发事件 %(number)s 超时",
    "emergency.reported": "%(who)s 已报告%(agency)s（%(number)s）",
    "emergency.receipt_exported": "%(who)s 打印了突发事件的报告回执（%(number)s）",
    "reporter.said": "%(who)s 写明了来电者是不是报告人",
    "reporter.released": "%(who)s 同意让接收方查看来电号码",
}
