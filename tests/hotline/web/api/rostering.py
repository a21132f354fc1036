"""A line with a roster: Monday the 2nd of March is staffed by a supervisor and two counselors."""

from datetime import datetime
from typing import Any

from hotline.staff.model import Role
from hotline.storage.tables import Line, Staff
from tests.hotline.web.api.conftest import ApiScene

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MONDAY = "2026-03-02"
WEEK = f"/roster?from={MONDAY}&to=2026-03-08"
PROOF = f"/roster/proof?from={MONDAY}&to={MONDAY}"
BILINGUAL = {"languages": {"cmn": 5, "yue": 4}, "certified": True}


async def furnish_roster(scene: ApiScene) -> None:
    """Served from nine to five in two languages. Li and wong speak both and are certified."""
    hours = [{"days": DAYS, "from": "09:00", "to": "17:00"}]
    await scene.change(Line, "youth", hours=hours, languages=["cmn", "yue"])
    await scene.hires("wong", Role.COUNSELOR)
    for name in ("li", "wong"):
        await scene.change(Staff, name, skills=BILINGUAL)
    await scene.change(Staff, "chen", skills={"languages": {"cmn": 5}})


def time_of(
    who: str, day: str = MONDAY, start: str = "09:00", end: str = "17:00"
) -> dict[str, Any]:
    return {"staff": who, "lines": ["youth"], "day": day, "start": start, "end": end}


async def plans(scene: ApiScene, who: str, *when: str, **more: Any) -> str:
    """The supervisor plans one shift. Returns its id."""
    body = {**time_of(who, *when), **more}
    told = await scene.person("he").does("POST", "/roster/shifts", body)
    return str(told["shifts"][0])


async def staffed_monday(scene: ApiScene) -> dict[str, str]:
    """By person: their shift."""
    await furnish_roster(scene)
    return {name: await plans(scene, name) for name in ("he", "li", "chen")}


async def holes(scene: ApiScene, where: str = PROOF) -> list[tuple[str, str, str, int, list[str]]]:
    """What the proof tells: from, to (hours here), what lacks, how many, which languages."""
    return told_holes(await scene.person("he").gets(where))


def told_holes(found: list[dict[str, Any]]) -> list[tuple[str, str, str, int, list[str]]]:
    return [
        (here(one["begins_at"]), here(one["ends_at"]), one["lack"], one["missing"],
         one["languages"])
        for one in found
    ]  # fmt: skip


def here(moment: str) -> str:
    """Day and hour as clocks show it here."""
    hours = datetime.fromisoformat(moment).timestamp() / 3600 + 8
    day, hour = divmod(round(hours * 4), 96)
    return f"{datetime.fromordinal(719163 + day):%d} {hour // 4:02}:{hour % 4 * 15:02}"


def named(fixes: list[dict[str, Any]]) -> list[tuple[str, str, list[str]]]:
    """Who could take what: from, to, people."""
    return [
        (here(one["begins_at"]), here(one["ends_at"]), [each["id"] for each in one["people"]])
        for one in fixes
    ]


async def people_of(scene: ApiScene, who: str = "he", where: str = WEEK) -> list[tuple[str, str]]:
    """The shifts that somebody sees: whose, and when they begin."""
    found = await scene.person(who).gets(where)
    return [(one["staff_id"] or "", here(one["begins_at"])) for one in found["shifts"]]
