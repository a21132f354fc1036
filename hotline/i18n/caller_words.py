"""What is known of callers, and what is done about them, as people read it. Part of `words`."""

from collections.abc import Mapping

CALLER_WORDS: Mapping[str, Mapping[str, str]] = {
    "number_kind": {
        "direct": "来电号码",
        "forwarded": "转接来电，显示的是原号码",
        "withheld": "来电者隐藏了号码",
        "malformed": "号码无法识别",
        "trunk": "只有转接方的号码，无法定位来电者",
    },
    "attention": {"short_calls": "半小时内多次打来又挂断"},
    "abuse": {
        "obscene": "淫秽骚扰",
        "insulting": "辱骂",
        "threatening": "威胁",
        "prank": "反复恶作剧",
    },
    "keys": {
        "wanted": "正在请来电者按键回答",
        "asked": "正在请来电者按键回答",
        "yes": "按键回答：是",
        "no": "按键回答：不是",
        "danger": "按键回答：有危险",
        "other": "按了别的键：有人在听",
        "none": "没有按键",
    },
}
CALLER_EVENTS: Mapping[str, str] = {
    "caller.asked_keys": "请来电者按键回答",
    "caller.answered_keys": "来电者按键回答",
    "caller.abusive": "因骚扰结束通话",
    "caller.blocked": "暂时不接这个号码",
    "caller.plan_approved": "批准和来电者的约定",
    "recording.declined": "来电者不同意录音，通话继续",
    "recording.to_be_erased": "来电者要求删除录音",
    "notice.owed": "紧急情况下先录音，事后要告知",
    "notice.told": "已事后告知录音",
    "notice.could_not": "事后告知：联系不上",
    "caller.place_noted": "记下来电者在哪里",
    "caller.called_often": "多次打来又挂断，优先接听",
}
