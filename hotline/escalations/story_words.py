"""The parts of a story as sentences, in the present language. No words of what people wrote."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hotline.escalations.queries import EscalationEntryRow
from hotline.escalations.story import PAGED, REACH, Rings, StoryPart
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
    "handed_on": "转给下一位",
    "delivered": "已送到",
    "being_sent": "正在发送",
    "sent": "已发往对方",
    "not_delivered": "没送达",
    "dead_in_writing": "发不出",
    "acknowledged_in_writing": "用链接确认",
}
AGENCIES: Mapping[str, str] = {"110": "110", "119": "119", "120": "120", "other": "其他救援方"}
WAYS: Mapping[str, str] = {
    "text": "用短信",
    "mail": "用邮件",
    "webhook": "用系统接口",
    "push": "用推送",
}
WHY_STATION: Mapping[str, str] = {
    "chosen": "指定由 %(station)s 负责",
    "record": "按记录里的地址由 %(station)s 负责",
    "place": "按来电者说的地方由 %(station)s 负责",
    "number": "按号码归属地由 %(station)s 负责",
    "line": "由这条线路的 %(station)s 负责",
    "intake": "不知道在哪里，由 %(station)s 先接",
    "top": "没有别的站可找，由 %(station)s 负责",
}
BEGINNINGS = ("escalation.raised", "escalation.handed_to")
"""After each of them a station answers, and the first alone says why."""

DONE: Mapping[str, str] = {
    "acknowledged": "%(who)s 已确认接收",
    "accepted": "%(who)s 已受理",
    "given_back": "%(who)s 已退回",
    "on_the_way": "%(who)s 已出发",
    "contact_made": "%(who)s 已联系孩子",
    "reported": "%(who)s 已反馈",
    "closed": "%(who)s 已结案",
    "taken_back": "%(who)s 误选，未呼叫任何人就已撤回",
    "opened_again": "%(who)s 重新打开",
    "reminded": "%(who)s 督办",
    "rung": "%(who)s 要求马上呼叫",
    "commented": "%(who)s 补充了说明",
    "flag_added": "%(who)s 再次标记危机",
    "read": "%(who)s 查阅了内容",
    "number_opened": "%(who)s 查看了来电号码",
    "exported": "%(who)s 导出了经过",
    "shift_note_read": "%(who)s 查阅了交班留言",
    "shift_not_taken": "交班半小时没有人接，已提示督导",
    "file_added": "%(who)s 添加了附件",
    "file_opened": "%(who)s 查看了附件",
    "file_commented": "%(who)s 写了附件说明",
    "file_removed": "%(who)s 删除了附件",
    "file_erased": "附件已从磁盘删除",
    "linked": "同一号码的另一通来电也有上报，已关联",
    "supervisors_rung": "呼叫督导的电话",
    "seen": "%(who)s 已看到",
    "rescue_asked": "须由救援方确认",
    "rescue_confirmed": "%(who)s 记下：救援方已接手",
    "rescue_unconfirmed": "救援尚未确认，已再次提醒督导",
    "rescue_left": "%(who)s 在救援未确认时结案",
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
        said = _("%(who)s 标记危机（%(level)s）", who=who, level=level)
        return said + _whose(facts, names)
    if part.kind == "handed_to":
        to, former = names.station(facts.get("to")), names.station(facts.get("from"))
        return _("%(who)s 转给 %(to)s，不再由 %(former)s 负责", who=who, to=to, former=former)
    if part.kind == "handed_over":
        former = names.person(str(facts.get("former", "")))
        return _("%(who)s 从 %(former)s 手里接过，期限不变", who=who, former=former)
    if part.kind == "silence":
        return _("确认后没有下文，重新呼叫")
    return _plainly(part, names, who)


def _plainly(part: StoryPart, names: StoryNames, who: str) -> str:
    facts = part.entries[0].facts
    if part.kind not in DONE:
        return _("其他记录") + _times(part.times)
    said = _(DONE[part.kind], who=who)
    if part.took is not None:
        said += _("（标记后 %(span)s）", span=span(part.took))
    if facts.get("agency") in AGENCIES:
        said += _("（%(agency)s）", agency=_(AGENCIES[facts["agency"]]))
    said += _in_the_field(facts, part.since)
    if facts.get("station_wished"):
        said += _("，希望由 %(station)s 负责", station=names.station(facts["station_wished"]))
    return said if part.kind == "acknowledged" else said + _times(_done(part))


def _in_the_field(facts: Mapping[str, object], told_at: datetime) -> str:
    """How soon somebody is there, whether the child was seen, and when, if it was told late."""
    said = ""
    if facts.get("minutes"):
        said += _("，约 %(n)s 分钟到", n=facts["minutes"])
    if facts.get("child"):
        said += _("（%(agency)s）", agency=label("child", str(facts["child"])))
    if facts.get("done_at"):
        done_at = datetime.fromisoformat(str(facts["done_at"]))
        said += _("（做于 %(at)s，断网后补发）", at=day_and_time(done_at, told_at))
    return said


def _done(part: StoryPart) -> int:
    """How often it was done: that supervisors were told of it besides is not once more."""
    return sum(entry.kind != PAGED for entry in part.entries) or part.times


def _whose(facts: Mapping[str, object], names: StoryNames) -> str:
    """Why this station: and that the one which was asked for could not be found."""
    why = why_this_station(facts, names)
    in_vain = _("；指定的工作站没有找到") if facts.get("chosen_in_vain") else ""
    return (_("，%(why)s", why=why) if why else "") + in_vain


def why_this_station(facts: Mapping[str, object], names: StoryNames) -> str:
    """By what the responsible station was found, where the flag says so."""
    why = WHY_STATION.get(str(facts.get("why_station", "")))
    return "" if why is None else _(why, station=names.station(facts.get("station_id")))


def beginning_of(timeline: Iterable[EscalationEntryRow]) -> Mapping[str, object]:
    """What was written down when its present station was asked to answer."""
    facts: Mapping[str, object] = {}
    for entry in timeline:
        if entry.kind in BEGINNINGS:
            facts = entry.facts
    return facts


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
    if part.is_withdrawn:
        return _("停止呼叫 %(station)s：%(told)s", **where) + paged
    return _("未联系上 %(station)s：%(told)s", **where) + paged


def _rings(one: Rings) -> str:
    outcomes = " ".join(_(OUTCOMES.get(word, word)) + _times(n) for word, n in one.outcomes)
    way = f"{_(WAYS[one.channel])} " if one.channel in WAYS else ""
    return f"{one.contact} {way}{outcomes}"
