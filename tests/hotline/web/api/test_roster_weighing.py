"""A change is weighed beside the loop, as far ahead as it helps, and told to who plans there."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar

import pytest

from hotline.roster.weighing import holes_and_fixes
from hotline.staff.model import Role
from hotline.storage.tables import Line, Staff
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.rostering import (
    DAYS,
    MONDAY,
    furnish_roster,
    plans,
    staffed_monday,
    time_of,
)

pytestmark = pytest.mark.anyio

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class NotedThreads(ThreadPoolExecutor):
    """Notes what the loop hands to a thread."""

    def __init__(self) -> None:
        super().__init__(2)
        self.noted: list[object] = []

    def submit(
        self, fn: Callable[Asked, Answer], /, *args: Asked.args, **kwargs: Asked.kwargs
    ) -> Future[Answer]:
        if isinstance(fn, partial):
            self.noted += fn.args  # asyncio.to_thread: the context's run, of what was handed over
        return super().submit(fn, *args, **kwargs)


async def a_year_of_li(scene: ApiScene) -> str:
    await furnish_roster(scene)
    repeat: dict[str, Any] = {"days": DAYS, "until": "2027-02-28"}
    for name in ("he", "chen", "wong"):
        await plans(scene, name, repeat=repeat)
    return await plans(scene, "li", repeat=repeat)


async def test_a_change_is_weighed_in_a_thread_so_that_the_loop_goes_on(scene: ApiScene) -> None:
    shifts = await staffed_monday(scene)
    threads = NotedThreads()
    asyncio.get_running_loop().set_default_executor(threads)

    await scene.person("he").does("POST", f"/roster/shifts/{shifts['li']}/remove")

    assert threads.noted.count(holes_and_fixes) == 1


async def test_of_a_year_that_is_removed_the_first_weeks_are_told_and_all_of_it_goes(
    scene: ApiScene,
) -> None:
    first = await a_year_of_li(scene)
    he = scene.person("he")
    await he.does("POST", f"/roster/shifts/{first}/remove", {"rest": True})
    [wong] = [one["id"] for one in (await he.gets(f"/roster?from={MONDAY}&to={MONDAY}"))["shifts"]
              if one["staff_id"] == "wong"]  # fmt: skip

    told = await he.does("POST", f"/roster/shifts/{wong}/remove", {"rest": True})

    days = sorted({one["begins_at"][:10] for one in told["holes"]})
    assert (days[0], days[-1], len(days)) == ("2026-03-02", "2026-04-26", 56)
    later = (await he.gets("/roster?from=2026-12-01&to=2026-12-01"))["shifts"]
    assert {one["staff_id"] for one in later} == {"he", "chen"}


async def works_for_two_lines(scene: ApiScene) -> str:
    """Li is alone on legal on Monday morning, and on youth in the afternoon. The id of a leave."""
    await furnish_roster(scene)
    hours: list[dict[str, Any]] = [{"days": DAYS, "from": "09:00", "to": "17:00"}]
    legal = Line(id="legal", name="法律", name_en="Legal", number_shown="2", languages=["cmn"])
    legal.hours = hours
    await scene.add(legal)
    await scene.change(Staff, "li", lines=["youth", "legal"])
    await scene.hires("lee", Role.COUNSELOR, line="legal")
    await scene.hires("law", Role.SUPERVISOR, line="legal")
    body = time_of("li", MONDAY, "09:00", "12:00") | {"lines": ["legal"]}
    await scene.person("law").does("POST", "/roster/shifts", body)
    await plans(scene, "li", MONDAY, "13:00", "17:00")
    away = {"begins_at": f"{MONDAY}T00:00", "ends_at": "2026-03-03T00:00"}
    return str((await scene.person("li").does("POST", "/roster/leaves", away))["id"])


async def test_who_approves_a_leave_is_told_of_holes_of_their_own_lines_alone(
    scene: ApiScene,
) -> None:
    leave = await works_for_two_lines(scene)

    answer = await scene.person("he").asks("POST", f"/roster/leaves/{leave}/approve")

    told = answer.json()
    assert (answer.status_code, told["reason"], told["elsewhere"]) == (409, "opens_hole", True)
    assert {one["line"] for one in told["holes"]} == {"youth"}
    assert [one["lines"] for one in told["fixes"]] == [["youth"]]
    assert "lee" not in answer.text


async def test_a_hole_on_another_line_alone_refuses_a_leave_too(scene: ApiScene) -> None:
    leave = await works_for_two_lines(scene)
    await plans(scene, "wong", MONDAY, "13:00", "17:00")

    answer = await scene.person("he").asks("POST", f"/roster/leaves/{leave}/approve")

    told = answer.json()
    assert (answer.status_code, told["reason"]) == (409, "opens_hole")
    assert told["elsewhere"]
    assert "legal" not in answer.text
