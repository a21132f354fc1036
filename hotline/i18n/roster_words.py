"""The roster, as people read it. Part of `words`."""

from collections.abc import Mapping

ROSTER_WORDS: Mapping[str, Mapping[str, str]] = {
    "roster_view": {"week": "按周", "month": "按月"},
    "roster_kind": {"duty": "值班", "on_call": "待命", "second_line": "二线"},
    "roster_lack": {
        "seat": "缺席位",
        "supervisor": "缺督导",
        "language": "没有人说",
        "certified": "没有危机认证的人说",
    },
    "roster_leave": {
        "holiday": "休假",
        "illness": "病假",
        "training": "培训",
        "other": "其他",
    },
    "roster_leave_state": {
        "wanted": "待批",
        "approved": "已批准",
        "refused": "没有批准",
    },
    "roster_deed": {
        "planned": "排了班",
        "moved": "改了班",
        "removed": "去掉了班",
        "copied": "复制了一周",
        "volunteered": "想接一班",
        "stepped_back": "不接那一班了",
        "volunteer_approved": "同意认领",
        "volunteer_refused": "没有同意认领",
        "confirmed": "确认会到",
        "leave_wanted": "申请休假",
        "leave_approved": "批准休假",
        "leave_refused": "没有批准休假",
        "leave_withdrawn": "撤回休假",
        "swap_offered": "请同事接班",
        "swap_taken": "愿意接班",
        "swap_stepped_back": "不接班了",
        "swap_approved": "同意换班",
        "swap_refused": "没有同意换班",
        "swap_withdrawn": "撤回换班",
    },
}
