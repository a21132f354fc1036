"""Calls that we owe, as people read them. Part of `words`."""

from collections.abc import Mapping

CALLBACK_WORDS: Mapping[str, Mapping[str, str]] = {
    "owed_why": {
        "asked": "要求回电",
        "hung_up": "等候中挂断",
        "dropped": "有危险，突然断线",
        "message": "留了言",
        "text": "发了短信",
        "dissatisfied": "对通话不满意",
    },
    "owed_closed": {
        "not_needed": "不需要回电",
        "no_number": "没有可以拨打的号码",
        "not_safe": "回电不安全",
        "reached_otherwise": "已用别的方式联系到",
        "tried_enough": "响铃三次没有人接",
    },
    "owed_try": {
        "": "正在拨打",
        "talked": "已通话",
        "left_queue": "接起后没等到咨询员",
        "reached_us": "对方先打了进来",
        "no_key": "没有按键确认，可能是信箱或别人",
        "not_dialled": "咨询员没有接起自己的电话",
        "counselor_gone": "咨询员的线路断了",
        "given_up": "咨询员取消了",
        "mailbox": "是信箱或别人接的",
        "busy": "对方占线",
        "no_answer": "对方没有接",
        "failed": "号码打不通",
    },
}
