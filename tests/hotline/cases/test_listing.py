"""The list of cases: whose they are, what is late, in pages, and found by their number."""

from datetime import date, timedelta
from typing import Any

import pytest

from hotline.cases.listing import A_PAGE, CasePage, SoughtCases, WhichCases, list_cases
from hotline.cases.merging import merge
from hotline.cases.model import CaseState
from hotline.cases.plan import add_step, drop_step, finish_step
from hotline.errors import Invalid
from hotline.staff.model import Role
from hotline.staff.sign_in import SignedIn
from hotline.storage.tables import Call, Case
from tests.hotline.cases.conftest import Casework

pytestmark = pytest.mark.anyio


def somebody(role: Role, station: str | None = None, name: str = "somebody") -> SignedIn:
    lines = () if role is Role.OFFICER else ("12355",)
    return SignedIn(staff_id=name, username=name, name=name, roles=(role,), lines=lines,
                    station_id=station)  # fmt: skip


HE = somebody(Role.SUPERVISOR)
OFFICER, ABOVE = somebody(Role.OFFICER, "district"), somebody(Role.OFFICER, "city")


async def listed(casework: Casework, who: SignedIn, after: str = "", **sought: Any) -> CasePage:
    async with casework.scene.work() as work:
        at = casework.scene.clock.now()
        return await list_cases(work, who, SoughtCases(**sought), at=at, after=after)


async def ids(casework: Casework, who: SignedIn, **sought: Any) -> list[str]:
    return [one.id for one in (await listed(casework, who, **sought)).cases]


@pytest.mark.parametrize(
    ("who", "which", "seen"),
    [
        (HE, WhichCases.ALL, True),
        (OFFICER, WhichCases.STATION, True),
        (OFFICER, WhichCases.BELOW, False),
        (ABOVE, WhichCases.STATION, False),
        (ABOVE, WhichCases.BELOW, True),
        (OFFICER, WhichCases.MINE, False),
        (somebody(Role.OFFICER, "next"), WhichCases.ALL, False),
        (somebody(Role.COUNSELOR), WhichCases.ALL, False),
        (somebody(Role.ADMIN), WhichCases.ALL, False),
    ],
)
async def test_everybody_is_listed_what_is_theirs(
    casework: Casework,
    who: SignedIn,
    which: WhichCases,
    seen: bool,  # noqa: FBT001 – a column of the table above
) -> None:
    assert await ids(casework, who, which=which) == ([casework.case_id] if seen else [])


async def test_what_somebody_looks_after_is_theirs(casework: Casework) -> None:
    await casework.scene.change(Case, casework.case_id, owner_id="li")
    li = somebody(Role.COUNSELOR, name="li")

    [row] = (await listed(casework, li, which=WhichCases.MINE)).cases

    assert (row.owner, row.station, row.station_en) == ("Li", "区", "D")


async def test_the_next_day_of_the_plan_is_shown_and_what_is_late_is_found(
    casework: Casework,
) -> None:
    other = await casework.another("other")
    async with casework.scene.work() as work:
        act, today = casework.act(), casework.scene.clock.now().date()
        await add_step(work, act, other, "x", today - timedelta(days=2))
        await add_step(work, act, other, "y", today + timedelta(days=2))

    [row] = (await listed(casework, HE, which=WhichCases.LATE)).cases

    assert (row.id, row.due_on, row.late) == (other, today - timedelta(days=2), True)


async def test_a_merged_case_is_found_by_its_number_in_the_one_that_stands(
    casework: Casework,
) -> None:
    other = await casework.another("other")
    gone: Case = await casework.get(Case, other)
    async with casework.scene.work() as work:
        await add_step(work, casework.act(), other, "x", date(2026, 1, 1))
        await merge(work, casework.act(), other, casework.case_id, "same")

    assert await ids(casework, HE) == [casework.case_id]
    [row] = (await listed(casework, HE, number=f" {gone.number} ")).cases
    assert (row.id, row.due_on) == (casework.case_id, date(2026, 1, 1))
    stranger = somebody(Role.OFFICER, "next")
    assert await ids(casework, stranger, number=gone.number) == []
    assert await ids(casework, HE, number="0000000") == []


async def test_a_counselor_is_listed_the_case_that_theirs_went_into(casework: Casework) -> None:
    other = await casework.another("other")
    await casework.scene.change(Call, "other", counselor_id="li")
    li = somebody(Role.COUNSELOR, name="li")
    assert await ids(casework, li) == [other]

    async with casework.scene.work() as work:
        await merge(work, casework.act(), other, casework.case_id, "same")

    assert await ids(casework, li) == [casework.case_id]


async def test_what_went_on_through_several_cases_is_listed_with_the_one_that_stands(
    casework: Casework,
) -> None:
    second, third = await casework.another("second"), await casework.another("third")
    await casework.scene.change(Call, "third", counselor_id="li")
    async with casework.scene.work() as work:
        await add_step(work, casework.act(), third, "x", date(2026, 1, 1))
        await merge(work, casework.act(), third, second, "same")
        await merge(work, casework.act(), second, casework.case_id, "same")
    li = somebody(Role.COUNSELOR, name="li")

    [row] = (await listed(casework, li)).cases

    assert (row.id, row.due_on, row.late) == (casework.case_id, date(2026, 1, 1), True)
    assert await ids(casework, HE, which=WhichCases.LATE) == [casework.case_id]


async def test_what_is_done_or_dropped_is_due_no_more(casework: Casework) -> None:
    today = casework.scene.clock.now().date()
    async with casework.scene.work() as work:
        act, days = casework.act(), (today - timedelta(days=3), today - timedelta(days=2))
        done, dropped = [(await add_step(work, act, casework.case_id, "x", day)).id for day in days]
        await add_step(work, act, casework.case_id, "y", today + timedelta(days=2))
        assert (await list_cases(work, HE, SoughtCases(), at=act.at)).cases[0].late
        await finish_step(work, act, (casework.case_id, done), "")
        await drop_step(work, act, (casework.case_id, dropped), "not needed")

    [row] = (await listed(casework, HE)).cases

    assert (row.due_on, row.late) == (today + timedelta(days=2), False)
    assert await ids(casework, HE, which=WhichCases.LATE) == []


async def test_closed_ones_are_listed_where_they_are_asked_for(casework: Casework) -> None:
    now = casework.scene.clock.now()
    await casework.scene.change(Case, casework.case_id, state="closed", closed_at=now)

    assert await ids(casework, HE) == []
    assert await ids(casework, HE, state=CaseState.CLOSED) == [casework.case_id]
    assert await ids(casework, HE, state=CaseState.CLOSED, opened_as="high") == []


async def test_a_page_goes_on_where_the_one_before_ended(casework: Casework) -> None:
    at = casework.scene.clock.now()
    many = [
        Case(id=f"c{n:02}", number=str(2000000 + n), line_id="12355", opened_as="by_hand",
             opened_by="system", opened_at=at - timedelta(minutes=n // 2))
        for n in range(A_PAGE + 5)
    ]  # fmt: skip
    await casework.scene.add(*many)

    first = await listed(casework, HE)
    await casework.another("meanwhile")
    second = await listed(casework, HE, after=first.next)

    seen = [one.id for one in (*first.cases, *second.cases)]
    assert len(first.cases) == A_PAGE
    assert second.next == ""
    assert sorted(seen) == sorted([casework.case_id, *(one.id for one in many)])


@pytest.mark.parametrize("after", ["x", "1", "1.", "1.'; drop", "9" * 30])
async def test_a_place_that_is_none_is_refused(casework: Casework, after: str) -> None:
    with pytest.raises(Invalid):
        await listed(casework, HE, after=after)
