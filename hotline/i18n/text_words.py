"""Text messages, as people read them. Part of `words`."""

from collections.abc import Mapping

TEXT_EVENTS: Mapping[str, str] = {
    "text.asked": "给来电者发短信",
    "text.wanted": "来电者同意收短信",
    "text.not_wanted": "来电者不要短信",
}

TEXT_WORDS: Mapping[str, Mapping[str, str]] = {
    "text_state": {
        "queued": "等候发出",
        "sending": "正在发出",
        "unclear": "发出情况不明，正在核对",
        "sent": "已发出",
        "delivered": "已送达",
        "undelivered": "没有送达",
        "failed": "没有发出",
        "dropped": "不再发出",
    },
    "text_meaning": {
        "stop": "不要再收短信",
        "start": "重新接收短信",
        "danger": "可能有危险",
        "call_me": "想要电话",
        "yes": "回复：好",
        "no": "回复：不用",
        "time": "说了时间",
        "rated": "答了上次聊得怎么样",
        "other": "来信",
    },
    "texts_wanted": {
        "wrote": "对方先写来，可以回短信",
        "said": "对方同意收短信",
        "resumed": "对方又要收短信了",
    },
    "texts_not_wanted": {
        "wrote": "对方写来说不要短信",
        "said": "对方不要短信",
        "carrier": "对方在运营商处退订了短信",
    },
    "text_template": {
        "received": "信息收到了",
        "will_call": "稍后会打电话",
        "tried": "打过电话没打通",
        "when": "问什么时候方便",
        "how_are_you": "问候近况",
        "how_was_it": "问上次聊得怎么样",
    },
    "text_error": {
        "withheld": "号码未知",
        "no_consent": "没有同意过",
        "withdrawn": "对方不要短信",
        "not_safe": "这个号码不安全",
        "guardian": "疑似加害的监护人的号码，不发短信",
        "stale": "等得太久",
        "call_not_owed": "电话已经打过了",
        "unreachable": "运营商连不上",
        "not_found": "运营商没有记录",
        "not_known": "不知道有没有发出，请人核对",
    },
}
