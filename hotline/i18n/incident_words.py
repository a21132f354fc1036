"""Parts of ours that were away, and what callers met meanwhile. Part of `words`."""

from collections.abc import Mapping

INCIDENT_WORDS: Mapping[str, Mapping[str, str]] = {
    "incident_part": {
        "database": "数据库中断",
        "switchboard": "没有总机在派线",
        "redis": "Redis 中断",
        "carrier": "运营商没有回答",
        "account": "与运营商对账不符或已停止",
        "auditor": "监察进程没有动静",
        "escalations": "上报没有按时推进",
        "deliveries": "通知没有发出",
        "dispatcher": "派发进程没有动静",
        "callers": "来电者在等，能接的人没有振铃",
        "spool": "本机有请求还没入库",
        "disk": "磁盘快满",
        "clocks": "时钟不一致",
        "audit": "审计链没有在封存",
        "drill": "上报演练没有走通",
        "visits": "走访逾期没有通知",
    },
    "incident_heard": {
        "database": "故障提示与 110、120，然后接值班电话；按 9 照样记下，恢复后优先处理。",
        "switchboard": "等候提示；30 秒后接值班电话，没人接就继续等候。",
        "redis": "与平时一样，没有察觉。",
        "carrier": "进线和提示照常，但无法呼叫咨询员；来电者继续等候。",
        "account": "与平时一样；可能有来电没有入账。",
        "auditor": "与平时一样；出了别的问题，没有人会被呼叫。",
        "escalations": "与平时一样；工作站可能还不知道。",
        "deliveries": "与平时一样；工作站或督导的电话可能没有响。",
        "dispatcher": "与平时一样；工作站和督导的电话不会响。",
        "callers": "等候提示，比应当的更久。",
        "spool": "与平时一样；他们做的事还没有入账。",
        "disk": "与平时一样，直到磁盘写满。",
        "clocks": "与平时一样；期限会提前或推迟这么久。",
        "audit": "与平时一样，没有察觉。",
        "drill": "与平时一样；真的上报可能到不了工作站。",
        "visits": "与平时一样；有孩子该走访而没人知道。",
    },
}
