"""What is due from a counselor, and debriefs, as people read them. Part of `words`."""

from collections.abc import Mapping

DUE_WORDS: Mapping[str, Mapping[str, str]] = {
    "due_kind": {
        "unwritten": "记录没写完",
        "owed": "答应回电，还没有通上话",
        "follow_up": "我标记的跟进",
        "followed": "高风险后的随访",
        "handed": "由我负责的回电",
        "message": "由我答复的留言",
        "untold": "紧急时先录了音，还要告知来电者",
        "handed_over": "紧急时已对外提供信息，还要告知本人",
        "debrief": "情绪复盘",
        "debrief_given": "和同事做情绪复盘",
        "word": "和督导说句话",
        "break": "休息",
        "lowering": "答复调低风险的请求",
        "mandatory": "强制报告，依法立即报告",
        "emergency": "突发事件，24小时内报告负责人",
        "report_answer": "问对方对报告的反馈",
        "answer_unread": "对方有了反馈，请看",
        "referral_declined": "转介被退回，请另选去处",
        "referral_not_come": "没有去成，请问原因",
        "referral_unanswered": "转介逾期没有答复",
        "referral_result": "转介结果逾期",
    },
    "due_act": {
        "write": "写记录",
        "call": "去回电",
        "hear": "听留言",
        "open": "打开记录",
        "decide": "去答复",
        "tell": "去告知",
        "report": "去报告",
        "ask": "去问",
        "read": "去看",
        "look": "去看",
    },
    "put_off": {
        "floor_is_busy": "大厅太忙",
        "shift_ends": "下班了",
        "needs_time": "想先缓一缓",
        "taker_away": "谈话的人不在",
        "other": "其他原因",
    },
    "debrief_end": {"talked": "谈过了", "not_wanted": "不需要谈"},
}
