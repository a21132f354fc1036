"""Cases, as people read them. Part of `words`; each package of a case adds a file of its own.

Such a file is `case_words_PART`: the sentences of the kinds that the part tells, which of its facts
are codes of which list, and these lists. All three are merged here, and nowhere else.
"""

from collections.abc import Mapping

from hotline.i18n.case_words_casework import (
    CASEWORK_FACTS,
    CASEWORK_SENTENCES,
    CASEWORK_WORDS,
)
from hotline.i18n.case_words_group import GROUP_FACTS, GROUP_SENTENCES, GROUP_WORDS
from hotline.i18n.case_words_handovers import HANDOVER_FACTS, HANDOVER_SENTENCES, HANDOVER_WORDS
from hotline.i18n.case_words_referrals import REFERRAL_FACTS, REFERRAL_SENTENCES, REFERRAL_WORDS
from hotline.i18n.case_words_rights import RIGHTS_SENTENCES
from hotline.i18n.case_words_statutory import STATUTORY_FACTS, STATUTORY_SENTENCES, STATUTORY_WORDS
from hotline.i18n.case_words_visits import VISIT_FACTS, VISIT_SENTENCES, VISIT_WORDS

CASE_SENTENCES: Mapping[str, str] = {
    **CASEWORK_SENTENCES,
    **HANDOVER_SENTENCES,
    **GROUP_SENTENCES,
    **STATUTORY_SENTENCES,
    **REFERRAL_SENTENCES,
    **VISIT_SENTENCES,
    **RIGHTS_SENTENCES,
}
"""By the kind of an entry. `who`: whose doing it was; every other gap is a fact of the entry."""

CASE_FACTS: Mapping[str, str] = {
    **CASEWORK_FACTS,
    **HANDOVER_FACTS,
    **GROUP_FACTS,
    **STATUTORY_FACTS,
    **REFERRAL_FACTS,
    **VISIT_FACTS,
}

CASE_WORDS: Mapping[str, Mapping[str, str]] = {
    "case_told": CASE_SENTENCES,
    **CASEWORK_WORDS,
    **HANDOVER_WORDS,
    **GROUP_WORDS,
    **STATUTORY_WORDS,
    **REFERRAL_WORDS,
    **VISIT_WORDS,
    "case_state": {"open": "进行中", "closed": "已结案"},
    "case_opened_as": {
        "imminent": "紧急危险上报",
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
