"""What pages and the API are shown, and what they are not."""

import json
from dataclasses import asdict

import pytest

from hotline.errors import NotFound
from hotline.escalations.queries import (
    EscalationDetail,
    detail,
    list_open,
    names_of,
    open_summary,
)
from hotline.escalations.service import acknowledge, close, give_back
from hotline.escalations.stations import names_of_stations
from hotline.staff.actor import SYSTEM, Actor
from hotline.staff.sign_in import SignedIn
from hotline.storage.tables import StationContact as Contact
from tests.hotline.counting import counted_statements
from tests.hotline.escalations.conftest import DUTY, HEAD, EscalationScene

pytestmark = pytest.mark.anyio


def somebody(role: str, *, lines: tuple[str, ...] = (), station: str | None = None) -> SignedIn:
    """A reader of this role."""
    return SignedIn(
        staff_id="he", username="he", name="", roles=(role,), station_id=station, lines=lines
    )


HE = somebody("supervisor", lines=("12355",))


async def test_who_works_for_another_line_is_shown_nothing(scene: EscalationScene) -> None:
    await scene.flag()

    async with scene.work() as work:
        shown = [
            await list_open(work, somebody(role, lines=("another",)))
            for role in ("supervisor", "counselor", "officer", "admin")
        ]

    assert shown == [[], [], [], []]


async def test_the_list_says_what_is_open_and_whom_to_ring_oneself(scene: EscalationScene) -> None:
    escalation = await scene.flag()

    async with scene.work() as work:
        [row] = await list_open(work, HE)

    assert (row.id, row.number, row.line_name) == (escalation.id, escalation.number, "青少年热线")
    assert (row.contact_name, row.contact_phone) == ("name of duty", DUTY)
    assert row.stations == ("district", "city")
    assert row.next_due_at == escalation.next_due_at


async def test_the_next_deadline_comes_first_and_closed_escalations_do_not_come(
    scene: EscalationScene,
) -> None:
    await scene.add(scene.call("second"), scene.call("third"))
    later, over = await scene.flag("key-1"), await scene.flag("key-3", call="third")
    async with scene.work() as work:
        await acknowledge(work, later.id, by=Actor.of_staff("li"), at=scene.clock.now())
        await close(
            work, scene.vault, over.id, by=Actor.of_staff("li"), reason="safe", at=scene.clock.now()
        )
    soon = await scene.flag("key-2", call="second")

    async with scene.work() as work:
        rows = await list_open(work, HE)

    assert [row.id for row in rows] == [soon.id, later.id]


async def test_a_station_sees_the_escalations_of_its_own_chains_only(
    scene: EscalationScene,
) -> None:
    await scene.flag()

    async with scene.work() as work:
        own = await list_open(work, somebody("officer", station="city"))
        others = await list_open(work, somebody("officer", station="elsewhere"))

    assert (len(own), others) == (1, [])


async def test_an_escalation_of_nobody_is_listed_without_a_number_to_ring(
    scene: EscalationScene,
) -> None:
    for contact in ("duty", "head", "city"):
        await scene.change(Contact, contact, active=False)
    await scene.flag()

    async with scene.work() as work:
        [row] = await list_open(work, HE)

    assert (row.contact_name, row.contact_phone, row.stations) == ("", "", ("district",))


async def statements_of_the_list(scene: EscalationScene, *, rows: int) -> int:
    async with scene.work() as work:
        with counted_statements(scene.database) as statements:
            assert len(await list_open(work, HE)) == rows
    return len(statements)


async def test_a_list_of_thirty_costs_as_many_statements_as_a_list_of_one(
    scene: EscalationScene,
) -> None:
    await scene.flag("key-0")
    for_one = await statements_of_the_list(scene, rows=1)
    await scene.add(*(scene.call(f"call-{number}") for number in range(1, 30)))
    for number in range(1, 30):
        await scene.flag(f"key-{number}", call=f"call-{number}")

    for_thirty = await statements_of_the_list(scene, rows=30)

    assert (for_one, for_thirty) == (1, 1)


async def statements_of_the_page(scene: EscalationScene) -> int:
    escalation = await scene.escalation()
    async with scene.work() as work:
        with counted_statements(scene.database) as statements:
            page = await detail(work, escalation.id)
            await names_of_stations(work, page.row)
    return len(statements)


async def test_the_page_of_a_long_story_costs_as_many_statements_as_that_of_a_short_one(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await scene.rings()
    short = await statements_of_the_page(scene)
    for _ in range(10):
        await scene.passes(120)

    long = await statements_of_the_page(scene)

    assert (short, long) == (4, 4)


async def test_stations_are_named_in_the_order_of_the_chain(scene: EscalationScene) -> None:
    await scene.flag()
    page = await details(scene)

    async with scene.work() as work:
        names = await names_of_stations(work, page.row)

    assert list(names.items()) == [("district", "区"), ("city", "市")]


async def details(scene: EscalationScene) -> EscalationDetail:
    """The page of the one escalation."""
    escalation = await scene.escalation()
    async with scene.work() as work:
        return await detail(work, escalation.id)


async def test_the_page_of_an_escalation_tells_what_happened_and_who_was_tried(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await scene.rings()
    await scene.passes(120)

    page = await details(scene)

    assert [attempt.contact_name for attempt in page.attempts] == ["name of duty", "name of head"]
    assert [entry.kind for entry in page.timeline][:2] == ["escalation.raised", "attempt.planned"]
    assert page.timeline[0].actor == "staff:li"


async def test_the_page_of_an_escalation_holds_no_story_and_no_number_but_the_one_to_ring(
    scene: EscalationScene,
) -> None:
    escalation = await scene.flag()
    duty, now = Actor.of_contact("duty"), scene.clock.now()
    async with scene.work() as work:
        await acknowledge(work, escalation.id, by=duty, at=now)
        await give_back(work, scene.vault, escalation.id, by=duty, reason="moved", at=now)

    page = await details(scene)

    shown = json.dumps(asdict(page), default=str)
    assert "says so" not in shown
    assert "moved" not in shown
    assert DUTY not in shown
    assert shown.count(HEAD) == 1
    assert [entry.kind for entry in page.timeline if entry.has_note] == ["escalation.given_back"]


async def test_a_page_of_no_escalation_is_not_found(scene: EscalationScene) -> None:
    async with scene.work() as work:
        with pytest.raises(NotFound):
            await detail(work, "none")


async def test_the_story_is_opened_on_request_and_that_is_written_down(
    scene: EscalationScene,
) -> None:
    escalation = await scene.flag()
    duty, now = Actor.of_contact("duty"), scene.clock.now()
    async with scene.work() as work:
        await acknowledge(work, escalation.id, by=duty, at=now)
        await give_back(work, scene.vault, escalation.id, by=duty, reason="moved", at=now)

    async with scene.work() as work:
        text = await open_summary(
            work, scene.vault, escalation.id, by=Actor.of_staff("chen"), at=scene.clock.now()
        )

    assert text.summaries == ("says so",)
    assert list(text.notes.values()) == ["moved"]
    last = (await scene.timeline())[-1]
    assert (last.kind, last.actor) == ("escalation.summary_read", "staff:chen")


async def test_the_story_of_no_escalation_is_not_found(scene: EscalationScene) -> None:
    async with scene.work() as work:
        with pytest.raises(NotFound):
            await open_summary(
                work, scene.vault, "none", by=Actor.of_staff("li"), at=scene.clock.now()
            )


async def test_people_and_contacts_are_named_and_nobody_else(scene: EscalationScene) -> None:
    li, duty = Actor.of_staff("li"), Actor.of_contact("duty")

    async with scene.work() as work:
        with counted_statements(scene.database) as statements:
            names = await names_of(work, [li, duty, li, SYSTEM, Actor.of_staff("gone")])

        nobody = await names_of(work, [SYSTEM])

    assert names == {"staff:li": "Li", "contact:duty": "name of duty"}
    assert (len(statements), nobody) == (2, {})
