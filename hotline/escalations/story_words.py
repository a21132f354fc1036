"""The parts of a story as sentences, in the present language. No words of what people wrote."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hotline.escalations.story import REACH, Rings, StoryPart
from hotline.i18n.catalog import _, day_and_time, moment
from hotline.i18n.words import label

OUTCOMES: Mapping[str, str] = {
    "no_answer": "没人接",
    "busy": "忙线",
    "no_pin": "接了没确认",
    "wrong_pins": "密码没按对",
    "no_such_number": "空号",
    "refused": "运营商拒接",
    "failed": "没接通",
    "dead": "拨不出",
    "superseded": "不用再呼叫",
    "rings": "正在响",
    "answered": "已接起",
    "acknowledged": "电话里确认",
}
DONE: Mapping[str, str] = {
    "acknowledged": "%(who)s 已确认接收",
    "accepted": "%(who)s 已受理",
    "given_back": "%(who)s 已退回",
    "reported": "%(who)s 已反馈",
    "closed": "%(who)s 已结案",
    "taken_back": "%(who)s 误选，未呼叫任何人就已撤回",
    "opened_again": "%(who)s 重新打开",
    "reminded": "%(who)s 督办",
    "rung": "%(who)s 要求马上呼叫",
    "commented": "%(who)s 补充了说明",
    "flag_added": "%(who)s 再次标记危机",
    "read": "%(who)s 查阅了内容",
    "exported": "%(who)s 导出了经过",
}


@dataclass(frozen=True, slots=True)
class StoryNames:
    """What people and stations are called: by the text of their actor, and by id."""

    people: Mapping[str, str] = field(default_factory=dict)
    stations: Mapping[str, str] = field(default_factory=dict)

    def person(self, actor: str) -> str:
        """Or that it was none: the system."""
        return self.people.get(actor) or _("系统")

    def station(self, station_id: object) -> str:
        """Or that it is not known."""
        return self.stations.get(str(station_id)) or _("未知")


def when(part: StoryPart, now: datetime) -> str:
    """From when until when: `02:00–02:04`, `02:05`."""
    begins = day_and_time(part.since, now)
    same = moment(part.since) == moment(part.until)
    return begins if same else f"{begins}–{moment(part.until)}"


def span(seconds: int) -> str:
    """`5 分 12 秒`."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("%(hours)s 小时 %(minutes)s 分", hours=hours, minutes=minutes)
    if minutes:
        return _("%(minutes)s 分 %(seconds)s 秒", minutes=minutes, seconds=rest)
    return _("%(n)s 秒", n=rest)


def sentence(part: StoryPart, names: StoryNames) -> str:
    """One part, as a person would tell it."""
    if part.kind == REACH:
        return _reached(part, names)
    who, facts = names.person(part.actor), part.entries[0].facts
    if part.kind == "raised":
        level = label("risk", str(facts.get("level", "")))
        return _("%(who)s 标记危机（%(level)s）", who=who, level=level)
    if part.kind == "handed_to":
        to, former = names.station(facts.get("to")), names.station(facts.get("from"))
        return _(
            "%(who)s 转给 %(to)s，不再由 %(from)s 负责", **{"who": who, "to": to, "from": former}
        )
    if part.kind == "silence":
        return _("确认后没有下文，重新呼叫")
    if part.kind not in DONE:
        return _("其他记录") + _times(part.times)
    said = _(DONE[part.kind], who=who)
    if part.took is not None:
        said += _("（标记后 %(span)s）", span=span(part.took))
    return said if part.kind == "acknowledged" else said + _times(part.times)


def _times(times: int) -> str:
    return f" ×{times}" if times > 1 else ""


def _reached(part: StoryPart, names: StoryNames) -> str:
    paged = _("；已通知督导") if part.paged else ""
    if not part.attempts:
        return (_("没有可以呼叫的人") if part.paged else _("系统记录") + _times(part.times)) + paged
    told = _("、").join(_rings(one) for one in part.rings)
    where = {"station": names.station(part.station_id), "told": told}
    if part.is_reached:
        return _("已联系上 %(station)s：%(told)s", **where) + paged
    if part.rings_now:
        return _("正在呼叫 %(station)s：%(told)s", **where) + paged
    return _("未联系上 %(station)s：%(told)s", **where) + paged


def _rings(one: Rings) -> str:
    outcomes = " ".join(_(OUTCOMES.get(word, word)) + _times(n) for word, n in one.outcomes)
    return f"{one.contact} {outcomes}"
