"""Calls after a call of high risk, as people read them. Part of `words`."""

from collections.abc import Mapping

FOLLOW_UP_WORDS: Mapping[str, Mapping[str, str]] = {
    "follow_up_state": {
        "proposed": "还没有问来电者是否愿意",
        "running": "按计划进行",
        "in_hand": "正在拨打…",
        "talked": "已接通，请写下了解到的情况",
        "question": "等督导决定",
        "stopped": "已停止",
        "finished": "全部完成",
    },
    "follow_up_try": {
        "": "正在拨打，或还没有写结果",
        "reached": "联系上了",
        "nobody": "没有人接",
        "busy": "占线",
        "refused": "不愿意再接",
        "wrong_person": "接电话的是别人",
        "not_safe": "不安全",
        "no_such_number": "号码不存在",
        "not_rung": "对方的电话没有响",
    },
    "follow_up_against": {
        "withheld": "号码未知，无法拨打",
        "marked": "这个号码已标记为不安全，不能拨打",
        "guardian": "疑似加害的监护人的号码，不能拨打",
        "on_the_line": "对方正在和我们通话",
        "no_consent": "还没有得到来电者的同意",
        "out_of_hours": "现在不是对方说的安全时段",
        "just_rung": "一小时内刚响过铃，换个时段再拨",
    },
    "follow_up_said": {
        "agreed": "同意",
        "refused": "不同意",
        "withdrawn": "收回了同意",
        "decided": "督导决定：未经同意也要联系",
        "begun": "由人发起",
        "answer": "督导答复",
        "not_safe": "这个号码不安全",
    },
    "follow_up_stopped": {
        "refused": "来电者不愿意",
        "linked": "已有人接着照顾",
        "supervisor": "督导决定停止",
        "mistaken": "误选，已撤回",
    },
    "follow_up_decision": {
        "without_consent": "即刻危险，未经同意也联系",
        "try_again": "这一次再试几回",
        "go_on": "跳到下一次",
        "stop": "停止随访",
    },
    "safety_plan": {
        "kept": "有，还管用",
        "made": "这次一起做了",
        "none": "没有",
    },
    "follow_up_tab": {
        "mine": "我的",
        "line": "本线路的",
        "late": "逾期的",
        "open": "等督导的",
    },
}
FOLLOW_UP_EVENTS: Mapping[str, str] = {
    "follow_up.begun": "开始随访",
    "follow_up.agreed": "来电者同意随访",
    "follow_up.refused": "来电者不同意随访",
    "follow_up.withdrawn": "来电者收回了随访的同意",
    "follow_up.called": "拨打随访电话",
    "follow_up.told": "写下随访结果",
    "follow_up.asked": "随访请督导决定",
    "follow_up.decided": "督导答复随访",
    "follow_up.handed": "移交随访",
    "follow_up.taken": "接手随访",
    "follow_up.stopped": "停止随访",
    "follow_up.late": "随访逾期，已告知督导",
    "follow_up.read": "查阅随访内容",
}
