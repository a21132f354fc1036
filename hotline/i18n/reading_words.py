"""Who may read a record, and how far it is, as people read it. Part of `words`."""

from collections.abc import Mapping

READING_WORDS: Mapping[str, Mapping[str, str]] = {
    "reading": {
        "asked": "等待督导答复",
        "granted": "督导同意",
        "refused": "督导没有同意",
        "withdrawn": "申请已撤回",
        "taken": "紧急查阅，待复核",
        "upheld": "紧急查阅，复核认为必要",
        "objected": "紧急查阅，复核认为不必要",
        "ended": "督导已收回",
    },
    "record_state": {"draft": "未完成", "finished": "已完成", "late": "逾期未完成"},
}

READING_EVENTS: Mapping[str, str] = {
    "reading.asked": "申请查阅记录",
    "reading.granted": "督导同意查阅记录",
    "reading.refused": "督导没有同意查阅记录",
    "reading.withdrawn": "撤回查阅申请",
    "reading.taken": "紧急时未经审批查阅记录",
    "reading.upheld": "复核紧急查阅：必要",
    "reading.objected": "复核紧急查阅：不必要",
    "reading.ended": "督导收回查阅",
}
