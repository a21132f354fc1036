"""Help groups, as people read them. Part of `case_words`."""

from collections.abc import Mapping

GROUP_SENTENCES: Mapping[str, str] = {
    "group.invited": (
        "%(who)s 邀请%(member_kind)s加入帮扶小组（%(legal_basis)s），看得到：%(group_fields)s"
    ),
    "group.not_reached": "发给%(member_kind)s的%(group_post)s没有送达",
    "group.renewed": "%(who)s 给%(member_kind)s发了新链接",
    "group.code_told": "%(who)s 在电话里把验证码告诉%(member_kind)s",
    "group.locked": "%(member_kind)s的链接输错五次验证码，已锁住",
    "group.joined": "%(member_kind)s加入了帮扶小组",
    "group.signed_in": "%(member_kind)s用新的验证码打开了链接",
    "group.read": "%(member_kind)s看了：%(group_fields)s",
    "group.noted": "%(member_kind)s写了记录",
    "group.task_asked": "%(who)s 请%(member_kind)s再做一件事",
    "group.task_done": "%(member_kind)s完成了一件事",
    "group.task_open": "%(member_kind)s说一件事还没有完成",
    "group.visit_set": "%(who)s 告诉%(member_kind)s下次探访的日期",
    "group.cannot": "%(member_kind)s说做不到",
    "group.danger": "%(member_kind)s报告看到危险",
    "group.narrowed": "%(who)s 让%(member_kind)s只看得到：%(group_fields)s",
    "group.ended": "%(who)s 结束了%(member_kind)s的参加",
    "group.left": "%(member_kind)s退出了帮扶小组",
    "group.notes_read": "%(who)s 查阅了%(member_kind)s写的记录",
}
"""By the kind of an entry. `who`: whose doing it was; every other gap is a fact of the entry."""

GROUP_FACTS: Mapping[str, str] = {
    "member_kind": "group_kind",
    "group_fields": "group_field",
    "group_post": "group_sent",
    "legal_basis": "group_basis",
}
"""Facts that are codes, and the list of words that each is read in."""

GROUP_WORDS: Mapping[str, Mapping[str, str]] = {
    "group_kind": {
        "school_counselor": "学校心理老师",
        "class_teacher": "班主任",
        "school_social_worker": "学校社工",
        "child_director": "儿童主任",
        "social_worker": "“双百”社工",
        "womens_federation": "妇联干部",
        "youth_league": "团干部",
        "doctor": "医生",
    },
    "group_field": {
        "called": "怎么称呼孩子",
        "asked": "请他做什么",
        "known": "他需要知道的情况",
        "place": "去哪里",
        "health": "请医生回答的问题",
        "visit": "下次一起探访的日期",
        "tasks": "要完成的事",
        "notes": "本人写的记录",
    },
    "group_own_field": {
        "called": "怎么称呼",
        "known": "需要知道的情况",
        "place": "去的地点",
        "health": "请您回答的问题",
        "visit": "下次一起探访",
    },
    "group_state": {
        "invited": "已邀请",
        "joined": "已加入",
        "locked": "链接已锁",
        "ended": "已结束参加",
    },
    "group_over": {
        "by_hand": "由工作人员结束",
        "left": "本人退出",
        "expired": "期限已到",
        "case_closed": "个案结案时结束",
        "basis_gone": "同意被撤回，随之结束",
        "blocked": "姓名或号码属于疑似加害人，已停止",
    },
    "group_note": {"cannot": "做不到", "danger": "报告危险"},
    "group_sent": {"group_link": "链接", "group_code": "验证码"},
    "group_post": {
        "pending": "链接等待发送",
        "submitting": "链接正在发送",
        "unknown": "链接发出情况不明，正在核对",
        "submitted": "链接已发出",
        "delivered": "链接已送达",
        "failed": "链接没有送达",
        "superseded": "链接已取消",
        "dead": "链接多次未能发出",
    },
    "group_basis": {
        "consent": "依据本人同意",
        "guardian_consent": "依据监护人同意",
        "statutory_duty": "依据法定职责",
        "emergency": "依据紧急情况",
    },
    "group_article": {
        "minors_11": "未成年人保护法第 11 条：发现侵害或危险立即报告",
        "minors_92": "未成年人保护法第 92 条：民政部门临时监护",
        "minors_97": "未成年人保护法第 97 条：热线转介投诉举报",
        "violence_14": "反家庭暴力法第 14 条：发现家庭暴力报告",
        "online_38": "未成年人网络保护条例第 38 条",
        "women_76": "妇女权益保障法第 76 条",
    },
}
