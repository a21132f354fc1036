"""The parts of a case's page that the case itself has: people, plan, links, history."""

from typing import Any

from hotline.cases.belonging import who_may_have
from hotline.cases.fields import Field, HowMuch, what_is_shown
from hotline.cases.hindrances import in_the_way
from hotline.cases.merging import merged_into
from hotline.cases.model import CaseResult, CaseState, IsMinor, Kinship, PersonRole
from hotline.cases.splitting import was_split_off
from hotline.escalations.queries import names_of
from hotline.floor.case_hindrances import LOOKS
from hotline.floor.case_told import links_told, people_told, plan_told, story_told
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission, Relation
from hotline.web.pages.case_seen import CaseSeen


async def load_people(seen: CaseSeen) -> dict[str, Any] | None:
    """Who is in it; with names where they are opened."""
    if _shown(seen, Field.PEOPLE) is HowMuch.ABSENT:
        return None
    return {
        "people": await people_told(seen.work, seen.reading),
        "opened": seen.opened,
        "may_add": seen.may(Permission.ADD_TO_CASE) and _is_open(seen),
        "may_mark": seen.may(Permission.ADD_TO_CASE),
        "may_leave": seen.may(Permission.WORK_CASE) and _is_open(seen),
        "may_clear": seen.may(Permission.WORK_CASE, by=Relation.LINE),
        "may_release": seen.may(Permission.RELEASE_REPORTER),
        "roles": list(PersonRole),
        "kinships": list(Kinship),
        "ages": list(IsMinor),
    }


async def load_plan(seen: CaseSeen) -> dict[str, Any] | None:
    """What is to be done, by its day."""
    if _shown(seen, Field.PLAN) is HowMuch.ABSENT:
        return None
    steps = await plan_told(seen.work, seen.reading)
    actors = [Actor.parse(actor) for one in steps for actor in (one.by, one.done_by) if actor]
    return {
        "to_do": [one for one in steps if one.is_open],
        "over": [one for one in steps if not one.is_open],
        "names": await names_of(seen.work, actors),
        "may_work": seen.may(Permission.WORK_CASE) and _is_open(seen),
    }


async def load_links(seen: CaseSeen) -> dict[str, Any] | None:
    """Calls and alarms that belong to it."""
    if _shown(seen, Field.STORY) is not HowMuch.SHOWN:
        return None
    return {
        "links": await links_told(seen.work, seen.reading),
        "may_add": seen.may(Permission.ADD_TO_CASE) and _is_open(seen),
        "may_take_out": seen.may(Permission.WORK_CASE) and _is_open(seen),
        "may_split": seen.may(Permission.MERGE_CASE) and _is_open(seen),
    }


async def load_manage(seen: CaseSeen) -> dict[str, Any] | None:
    """Who has it, what it is merged with, and its end. For whoever works it."""
    if not seen.may(Permission.WORK_CASE) and not seen.may(Permission.EXPORT_CASE):
        return None
    work, case = seen.work, seen.case
    return {
        "is_open": _is_open(seen),
        "mine": case.owner_id == seen.frame.who.staff_id,
        "colleagues": await who_may_have(work, case),
        "may_hand": seen.may(Permission.WORK_CASE, by=Relation.LINE),
        "may_merge": seen.may(Permission.MERGE_CASE),
        "merged": await merged_into(work, case),
        "split_off": await was_split_off(work, case),
        "may_close": seen.may(Permission.CLOSE_CASE),
        "in_the_way": await in_the_way(work, seen.ids, LOOKS),
        "results": list(CaseResult),
        "may_export": seen.may(Permission.EXPORT_CASE),
    }


async def load_history(seen: CaseSeen) -> dict[str, Any] | None:
    """What was done, by days; with what was written where it is opened."""
    if _shown(seen, Field.STORY) is not HowMuch.SHOWN:
        return None
    return {"days": await story_told(seen.work, seen.reading), "opened": seen.opened}


def _shown(seen: CaseSeen, field: Field) -> HowMuch:
    return what_is_shown(seen.frame.who.roles, seen.standing)[field]


def _is_open(seen: CaseSeen) -> bool:
    return seen.case.state == CaseState.OPEN
