"""Kinds of referral places and the days of their hours. Part of `words`."""

from collections.abc import Mapping, Sequence
from typing import Any

from hotline.i18n.catalog import _
from hotline.i18n.configuration_words import CONFIGURATION_WORDS

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_WORDS = CONFIGURATION_WORDS["weekday"]
MATERIAL_WORDS: Mapping[str, Mapping[str, str]] = {
    "place_kind": {
        "emergency": "紧急",
        "hospital": "医院",
        "counselling": "心理咨询",
        "protection": "未成年人保护",
        "shelter": "救助",
        "legal_aid": "法律援助",
        "welfare": "民政救助",
        "school": "学校",
        "care_post": "舒心驿站",
        "youth_post": "12355 线下服务点",
        "volunteers": "12355 志愿者队伍",
        "social_work": "社工站",
        "other": "其他",
    },
}


def hours_in_words(hours: Sequence[Mapping[str, Any]]) -> str:
    """`周一至周五 09:00–12:00、14:00–17:30`; without hours, round the clock."""
    if not hours:
        return _("全天")
    spans: dict[str, list[str]] = {}
    for one in hours:
        spans.setdefault(_days(one["days"]), []).append(f"{one['from']}–{one['to']}")
    return _("；").join(f"{days} {_('、').join(times)}" for days, times in spans.items())


def _days(days: Sequence[str]) -> str:
    """Days that follow one another by the first and the last."""
    runs: list[list[int]] = []
    for day in sorted(DAYS.index(name) for name in days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return _("、").join(_run([DAYS[day] for day in run]) for run in runs)


def _run(names: Sequence[str]) -> str:
    first, last = _(DAY_WORDS[names[0]]), _(DAY_WORDS[names[-1]])
    return first if first == last else _("%(first)s至%(last)s", first=first, last=last)
