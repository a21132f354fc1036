"""The floor's words for what needs a supervisor now. Part of `words`."""

from collections.abc import Mapping

FLOOR_WORDS: Mapping[str, Mapping[str, str]] = {
    "alert_level": {"alarm": "警报", "warning": "提醒"},
    "alert_measure": {
        "danger_waiting_s": "有危险的来电者没有人接听",
        "longest_wait_s": "有人等得太久",
        "nobody_ready_s": "线路开着，没有人就绪",
        "service_level_15s": "15 秒接听率太低",
        "stale_presence_s": "有人的状态很久没有变",
    },
    "alert_unreached": {
        "no_phone": "没有登记手机号码",
        "not_sent": "运营商没有接受",
        "undelivered": "运营商没有送达",
        "not_known": "不知道有没有发出",
    },
    "need": {
        "danger": "有危险的来电者没有人接听",
        "dropped": "有危险的来电者突然断线",
        "escalation": "紧急上报还没有人确认",
        "alert": "预警还没有人接手",
        "help": "咨询员请督导来",
        "unaccounted": "有来电未入账",
        "nobody_ready": "有人在等，没有人就绪",
        "long_wait": "有人等了超过一分钟",
        "callback": "回电逾期",
    },
}
