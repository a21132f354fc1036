"""The floor's words for what needs a supervisor now. Part of `words`."""

from collections.abc import Mapping

FLOOR_WORDS: Mapping[str, Mapping[str, str]] = {
    "need": {
        "danger": "有危险的来电者没有人接听",
        "dropped": "有危险的来电者突然断线",
        "escalation": "紧急上报还没有人确认",
        "help": "咨询员请督导来",
        "unaccounted": "有来电未入账",
        "nobody_ready": "有人在等，没有人就绪",
        "long_wait": "有人等了超过一分钟",
        "callback": "回电逾期",
    },
}
