"""Referrals, as people read them: what the story tells, and closed lists. Part of `case_words`."""

from collections.abc import Mapping

REFERRAL_SENTENCES: Mapping[str, str] = {
    "referral.advised": "%(who)s 建议去 %(receiver)s：%(referral_reason)s（没有交出资料）",
    "referral.sent": (
        "%(who)s 转介到 %(receiver)s：%(referral_reason)s，%(referral_urgency)s；"
        "交出：%(handed_kinds)s（%(referral_basis)s）"
    ),
    "referral.not_reached": "转介通知没有送到 %(receiver)s",
    "referral.late": "%(receiver)s 到时间没有答复，已告知：%(told_whom)s",
    "referral.read": "%(receiver)s 凭验证码查看了：%(handed_kinds)s",
    "referral.accepted": "%(receiver)s 接收了转介 %(appointment_on)s",
    "referral.appointed": "%(receiver)s 约定时间 %(appointment_on)s",
    "referral.declined": "%(receiver)s 不接收：%(referral_decline)s",
    "referral.came": "本人到了 %(receiver)s",
    "referral.not_come": "本人没有到 %(receiver)s",
    "referral.resulted": "%(receiver)s 反馈：%(referral_result)s；建议：%(referral_proposal)s",
    "referral.settled": "%(who)s 决定不再转介（%(receiver)s 没有接收）",
    "referral.withdrawn": "%(who)s 撤回了到 %(receiver)s 的转介",
    "referral.uncarried": "同意已撤回：到 %(receiver)s 的转介结束，对方不再看得到资料",
}
"""By the kind of an entry. `who`: whose doing it was; every other gap is a fact of the entry."""

REFERRAL_FACTS: Mapping[str, str] = {
    "referral_reason": "referral_reason",
    "referral_urgency": "referral_urgency",
    "referral_basis": "handover_basis",
    "handed_kinds": "handed_kind",
    "told_whom": "referral_told",
    "referral_decline": "referral_decline",
    "referral_result": "referral_result",
    "referral_proposal": "referral_proposal",
}
"""Facts that are codes, and the list of words that each is read in."""

REFERRAL_WORDS: Mapping[str, Mapping[str, str]] = {
    "referral_state": {
        "advised": "只建议，未交资料",
        "sent": "等对方答复",
        "accepted": "对方已接收",
        "not_come": "没有到，要问原因",
        "came": "已到，等结果",
        "declined": "对方不接收，请另选",
        "resulted": "结果已回来",
        "settled": "不再转介",
        "withdrawn": "已撤回",
    },
    "referral_reason": {
        "mood": "情绪低落或焦虑",
        "self_harm": "自伤",
        "suicide_risk": "自杀风险",
        "sleep_or_eating": "睡眠或饮食",
        "trauma": "创伤之后",
        "body": "身体不适或受伤",
        "family": "家庭关系",
        "school": "学习和学校",
        "abuse": "受到伤害或忽视",
        "legal": "法律问题",
        "hardship": "生活困难",
        "other": "其他原因",
    },
    "referral_urgency": {"today": "今天", "this_week": "本周内", "planned": "按预约"},
    "handed_kind": {
        "identity": "姓名",
        "contact": "电话",
        "whereabouts": "地址",
        "family": "监护人",
        "story": "原因的说明",
        "risk": "转介原因和紧急程度",
    },
    "referral_told": {
        "receiver": "再次提醒对方",
        "referrer": "转介人",
        "supervisor": "督导",
    },
    "referral_decline": {
        "full": "已满，暂时排不上",
        "not_ours": "不属于我们",
        "closed": "停诊或停办",
    },
    "referral_result": {
        "treated": "已诊治",
        "admitted": "已住院",
        "further_visit": "要复诊",
        "referred_on": "已转到别处",
        "no_need": "不需要继续",
        "seen": "来过（不再透露）",
    },
    "referral_proposal": {"nothing": "没有", "follow_up": "随访", "visit": "上门探访"},
    "referral_may_tell": {
        "came_only": "只说有没有到",
        "codes": "可以说结果（不含说明）",
        "words": "可以说结果和说明",
    },
    "referral_need": {
        "mental_health": "心理和精神",
        "self_harm": "自伤",
        "medical": "身体诊治",
        "counselling": "心理咨询",
        "protection": "保护",
        "shelter": "临时住处",
        "legal": "法律",
        "school": "上学",
        "family": "家庭",
        "hardship": "生活困难",
        "other": "其他需要",
    },
    "referral_article": {
        "minors_11": "未成年人保护法第 11 条：报告危险",
        "minors_92": "未成年人保护法第 92 条：临时监护",
        "minors_97": "未成年人保护法第 97 条：转交投诉和报告",
        "violence_14": "反家庭暴力法第 14 条",
        "online_38": "未成年人网络保护条例第 38 条",
        "women_76": "妇女权益保障法第 76 条",
    },
    "referral_giver": {"person": "本人", "guardian": "监护人"},
    "referral_relation": {
        "self": "本人",
        "mother": "母亲",
        "father": "父亲",
        "grandparent": "祖父母或外祖父母",
        "relative": "其他亲属",
        "committee": "居委会或村委会",
        "civil_affairs": "民政部门",
        "other": "其他关系",
    },
    "referral_how": {"said": "通话里说的", "written": "书面", "message": "短信"},
    "referral_age": {
        "under_14": "不满 14 岁",
        "from_14": "14 至 17 岁",
        "adult": "成年",
        "unknown": "不知道",
    },
    "referral_opinion": {"agrees": "愿意", "objects": "不愿意", "not_asked": "没有问到"},
}
