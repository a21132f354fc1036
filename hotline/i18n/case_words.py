"""Cases, as people read them. Part of `words`; each package of a case adds its own."""

from collections.abc import Mapping

from hotline.i18n.case_words_visits import VISIT_SENTENCES, VISIT_WORDS

CASE_WORDS: Mapping[str, Mapping[str, str]] = {
    "case_told": VISIT_SENTENCES,
    **VISIT_WORDS,
    "case_state": {"open": "进行中", "closed": "已结案"},
    "case_opened_as": {
        "imminent": "紧急上报",
        "high": "高风险上报",
        "mandatory_report": "强制报告",
        "by_hand": "人工建立",
    },
    "case_result": {
        "safe": "目标达到，安全",
        "in_care": "已由其他机构长期照护",
        "moved": "迁出，已移交",
        "refused": "本人不再需要",
        "lost": "多次尝试后失去联系",
        "died": "去世",
        "mistaken": "误报",
    },
}
