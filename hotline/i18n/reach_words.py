"""Why somebody was not reached, or must not be rung, as people read it. Part of `words`."""

from collections.abc import Mapping

REACH_WORDS: Mapping[str, Mapping[str, str]] = {
    "unreached": {
        "carrier_refused": "运营商未接通，不算未接",
        "not_let_in": "来电者没能及时转入等候，不算未接",
        "not_reachable": "软电话未连上",
        "console_gone": "工作台没有回应",
    },
    "not_reached": {
        "not_dialled": "您没有接起自己的电话",
        "counselor_gone": "您这边的线路断了",
        "given_up": "您取消了回拨",
        "mailbox": "是信箱或别人接的",
        "busy": "对方占线",
        "no_answer": "对方没有接",
        "failed": "号码打不通",
        "no_key": "没有按键确认，可能是信箱或别人",
        "reached_us": "对方先打了进来",
    },
    "no_call_back": {
        "withheld": "没有可以回拨的号码",
        "marked": "已标记：不要回拨这个号码",
        "guardian": "疑似加害的监护人的号码，不能拨打",
        "on_the_line": "正在通话或正在拨打",
        "too_soon": "24 小时内响过铃没人接，明天再试",
        "too_often": "响过三次没人接，等对方来电",
    },
}
