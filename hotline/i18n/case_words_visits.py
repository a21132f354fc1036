"""Colours and visits, as people read them; and how the timeline of a case tells of them."""

from collections.abc import Mapping

VISIT_SENTENCES: Mapping[str, str] = {
    "colour.proposed": "%(who)s 建议颜色：%(colour)s",
    "colour.proposed_by_rule": "按规则建议颜色：%(colour)s，等工作站确认",
    "colour.confirmed": "%(who)s 确认颜色：%(colour)s",
    "visit.recorded": "%(who)s 走访（%(place)s）：%(seen)s",
    "visit.concern": "%(who)s 走访后担心孩子的安全，已告诉热线",
    "visit.planned": "%(who)s 改了走访计划：至少每 %(every_days)s 天一次",
    "visit.family_returned": "%(who)s 记下孩子回归家庭，跟踪 %(months)s 个月",
    "visit.overdue_told": "%(due_for)s逾期，已通知：%(levels)s",
    "visit.overdue_nobody": "%(due_for)s逾期，没有一个可以通知的人",
}

VISIT_FACTS: Mapping[str, str] = {
    "colour": "case_colour",
    "place": "visit_place",
    "seen": "child_seen",
    "due_for": "visit_due",
    "levels": "visit_told",
}
"""Facts that are codes, and the list of words that each is read in."""

VISIT_WORDS: Mapping[str, Mapping[str, str]] = {
    "case_colour": {"red": "红", "orange": "橙", "yellow": "黄", "blue": "蓝", "green": "绿"},
    "visit_due": {"confirmation": "确认颜色", "visit": "下次走访", "retry": "再去一次"},
    "visit_told": {"station": "工作站", "county": "县区", "city": "市", "province": "省"},
    "visit_place": {"home": "家里", "school": "学校", "other": "别处"},
    "child_seen": {"yes": "见到了", "heard": "电话里听到了", "not_found": "没找到"},
    "child_mood": {
        "calm": "平静",
        "low": "低落",
        "afraid": "害怕",
        "angry": "生气",
        "silent": "不说话",
    },
    "child_need": {
        "food": "吃穿",
        "care": "有人照顾",
        "school": "上学",
        "health": "看病",
        "counselling": "心理辅导",
        "money": "生活补助",
        "legal": "法律帮助",
        "safety": "安全的住处",
    },
    "visit_view": {"list": "列表", "calendar": "日历", "grid": "区划图"},
    "visit_within": {"overdue": "已逾期", "week": "七天内", "month": "一个月内"},
}
