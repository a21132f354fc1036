"""Parts of ours that were away, and what callers met meanwhile. Part of `words`."""

from collections.abc import Mapping

INCIDENT_WORDS: Mapping[str, Mapping[str, str]] = {
    "incident_part": {
        "database": "数据库中断",
        "switchboard": "没有总机在派线",
        "redis": "Redis 中断",
        "carrier": "运营商没有回答",
        "account": "与运营商对账不符或已停止",
    },
    "incident_heard": {
        "database": "故障提示与 110、120，然后接值班电话；按 9 照样记下，恢复后优先处理。",
        "switchboard": "等候提示；30 秒后接值班电话，没人接就继续等候。",
        "redis": "与平时一样，没有察觉。",
        "carrier": "进线和提示照常，但无法呼叫咨询员；来电者继续等候。",
        "account": "与平时一样；可能有来电没有入账。",
    },
}
