"""An entry of a case's timeline as a person would tell it, in the present language."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from hotline.cases.timeline import CaseEntrySeen
from hotline.escalations.queries import names_of
from hotline.escalations.stations import station_names
from hotline.escalations.story_words import StoryNames
from hotline.i18n.case_words import CASE_FACTS, CASE_SENTENCES
from hotline.i18n.catalog import _
from hotline.i18n.words import label
from hotline.staff.actor import Actor, ActorKind
from hotline.storage.session import Work

PEOPLE = ("to_person", "from_person")
STATIONS = ("to_station", "from_station")


async def names_in(work: Work, entries: Iterable[CaseEntrySeen], *, in_english: bool) -> StoryNames:
    """What people and stations in these entries are called."""
    told = list(entries)
    actors = {Actor.parse(one.actor) for one in told}
    actors |= {Actor.of_staff(person) for one in told for person in _of(one, PEOPLE)}
    stations = {station for one in told for station in _of(one, STATIONS)}
    named = (one for one in actors if one.kind is not ActorKind.SYSTEM)
    people = await names_of(work, named)
    return StoryNames(people, await station_names(work, stations, in_english=in_english))


def case_sentence(entry: CaseEntrySeen, names: StoryNames) -> str:
    """What was done, without a word of what anybody wrote."""
    sentence = CASE_SENTENCES.get(entry.kind)
    if sentence is None:
        return _("其他记录")
    told = _FactsTold({name: _fact(name, value, names) for name, value in entry.facts.items()})
    told["who"] = names.person(entry.actor)
    return _(sentence) % told


class _FactsTold(dict[str, str]):
    """An older entry may lack a fact that its sentence asks for by now."""

    def __missing__(self, name: str) -> str:
        return _("未知")


def _of(entry: CaseEntrySeen, keys: Iterable[str]) -> list[str]:
    return [str(entry.facts[key]) for key in keys if entry.facts.get(key)]


def _fact(name: str, value: Any, names: StoryNames) -> str:
    if name in CASE_FACTS:
        codes = value if isinstance(value, list) else [value]
        return _("、").join(label(CASE_FACTS[name], str(code)) for code in codes) or _("未知")
    if name in PEOPLE:
        return names.person(str(Actor.of_staff(str(value))))
    if name in STATIONS:
        return names.station(value)
    if name == "due_on":
        return _day(value)
    return str(value)


def _day(value: Any) -> str:
    return str(date.fromisoformat(str(value))) if value else _("没有期限")
