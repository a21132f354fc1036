"""Reviews, supervision, certificates and satisfaction, as people read them. Part of `words`."""

from collections.abc import Mapping

QUALITY_WORDS: Mapping[str, Mapping[str, str]] = {
    "review_state": {
        "drawn": "待分派",
        "assigned": "待评议",
        "reviewed": "已评议，待反馈",
        "given": "已反馈，对方未读",
        "read": "对方已读",
        "answered": "对方已回应",
        "withdrawn": "已撤回：来电内容已删除",
    },
    "certificate_kind": {
        "crisis": "危机干预",
        "counselling": "心理咨询",
        "supervision": "督导资格",
        "child_protection": "儿童保护",
    },
    "supervision_way": {"alone": "个别督导", "group": "团体督导"},
}
