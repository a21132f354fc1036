"""Whose certificate for danger has ended is not asked as certified any more, whatever files say."""

from datetime import date, timedelta
from typing import Any

import pytest

from hotline.quality.certificates import (
    NewCertificate,
    Noting,
    note_certificate,
    take_certificate_back,
)
from hotline.quality.look import QualityLook
from hotline.quality.model import CertificateKind
from hotline.storage.tables import Staff, StaffCertificate
from hotline.supervision import RowFaults
from hotline.switchboard.mirror import availability_of, read_rows
from routing.care import Care
from tests.fakes import NOON
from tests.hotline.switchboard.conftest import SwitchboardScene

pytestmark = pytest.mark.anyio

CERTIFIED = {"skills": {"languages": {"cmn": 5}, "certified": True}}
LAST_DAY = date(2026, 3, 20)


def certificate(**other: Any) -> StaffCertificate:
    """Of li, for danger."""
    known = {"id": "old", "kind": "crisis", "issued_on": date(2024, 3, 21)}
    values = {"valid_until": LAST_DAY, "noted_by_id": "li", **known, **other}
    return StaffCertificate(**{"staff_id": "li", "noted_at": NOON, **values})


async def with_certificates(floor: SwitchboardScene, *rows: StaffCertificate) -> None:
    """li is ready, and certified by the file."""
    await floor.counselor("li", staff=CERTIFIED)
    await floor.add(*rows)


async def seen_as_certified(floor: SwitchboardScene) -> bool:
    """As the engine is told of them."""
    async with floor.database.work() as work:
        rows = await read_rows(work)
    place = availability_of(*rows.counselors["li"], Care())
    assert place is not None
    return place.signature.skills.certified


async def looks(floor: SwitchboardScene, days: float = 0) -> None:
    floor.clock.advance(days * 86400)
    await QualityLook(floor.database, RowFaults()).look(at=floor.clock.now())


async def test_of_whom_no_certificate_is_kept_the_file_speaks(floor: SwitchboardScene) -> None:
    await with_certificates(floor)

    await looks(floor, 1000)

    assert await seen_as_certified(floor)


async def test_a_certificate_counts_through_its_last_day_and_no_longer(
    floor: SwitchboardScene,
) -> None:
    await with_certificates(floor, certificate())

    await looks(floor, 19)  # evening of its last day
    assert await seen_as_certified(floor)

    await looks(floor, 1)
    assert not await seen_as_certified(floor)


async def test_the_switchboard_hears_of_it_and_offers_made_before_fall(
    floor: SwitchboardScene,
) -> None:
    await with_certificates(floor, certificate())
    [before] = await floor.all(Staff)

    await looks(floor, 30)

    assert ("presence", "li") in {(one.topic, one.row_id) for one in await floor.heard()}
    [after] = await floor.all(Staff)
    assert after.revision == before.revision + 1
    await looks(floor, 1)
    assert [one.revision for one in await floor.all(Staff)] == [after.revision]


async def test_a_certificate_that_goes_on_is_enough(floor: SwitchboardScene) -> None:
    await with_certificates(floor, certificate(), certificate(id="new", valid_until=None))

    await looks(floor, 400)

    assert await seen_as_certified(floor)


async def test_an_end_of_another_kind_takes_nothing_away(floor: SwitchboardScene) -> None:
    await with_certificates(floor, certificate(kind="counselling"))

    await looks(floor, 400)

    assert await seen_as_certified(floor)


async def test_a_new_one_brings_it_back_at_once_and_taken_back_it_is_gone_again(
    floor: SwitchboardScene,
) -> None:
    await with_certificates(floor, certificate())
    await floor.counselor("he", "offline", staff={"roles": ["supervisor"]})
    await looks(floor, 30)
    today = floor.clock.now().date()
    new = NewCertificate(
        kind=CertificateKind.CRISIS, issued_on=today, valid_until=today + timedelta(days=700)
    )

    async with floor.database.work() as work:
        noting = Noting(staff_id="li", by_id="he", at=floor.clock.now())
        made = await note_certificate(work, noting, new)
    assert await seen_as_certified(floor)

    async with floor.database.work() as work:
        await take_certificate_back(work, made.id, by_id="he", at=floor.clock.now())
    assert not await seen_as_certified(floor)


async def test_a_certificate_makes_nobody_certified_whom_the_file_does_not(
    floor: SwitchboardScene,
) -> None:
    await floor.counselor("li")
    await floor.add(certificate())

    await looks(floor)

    assert not await seen_as_certified(floor)
