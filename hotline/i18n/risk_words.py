"""What is said of a caller's risk, as people read it. Part of `words`."""

from collections.abc import Mapping

RISK_WORDS: Mapping[str, Mapping[str, str]] = {
    "risk_step": {
        "chosen": "选定等级",
        "assessed": "用工具评估",
        "flagged": "上报危机",
        "lowered": "调低等级",
        "taken_back": "撤回误选",
    },
    "lowering": {
        "asked": "等待督导答复",
        "granted": "督导同意",
        "refused": "督导没有同意",
        "overtaken": "已不再需要答复",
    },
    "risk_scale": {
        "distress": "痛苦程度",
        "hope": "希望程度",
        "intent": "想死的强度",
    },
    "risk_moment": {"start": "开始时", "end": "结束时"},
}
