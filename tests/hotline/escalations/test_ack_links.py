"""A link in a text: anybody may look, only the PIN answers, and it answers once."""

from typing import Any

import pytest
from sqlmodel import col, select

from hotline.escalations.ack_links import (
    LinkState,
    LinkView,
    LinkWish,
    answer_link,
    look_at_link,
    make_token,
)
from hotline.escalations.model import EscalationState
from hotline.escalations.service import acknowledge, close
from hotline.escalations.station_call import PinResult, key_pressed
from hotline.staff.actor import Actor
from hotline.storage.tables import AckToken, Attempt, Delivery, StationContact
from tests.hotline.escalations.conftest import DUTY, HEAD, PIN, EscalationScene

pytestmark = pytest.mark.anyio


class Link:
    """A link that the duty contact has, and whoever opens it."""

    def __init__(self, scene: EscalationScene, token: str, attempt_id: str) -> None:
        self.scene, self.token, self.attempt_id = scene, token, attempt_id

    async def shows(self) -> LinkView:
        async with self.scene.work() as work:
            return await look_at_link(work, self.token, at=self.scene.clock.now())

    async def says(self, pin: str = PIN, wish: LinkWish = LinkWish.ACKNOWLEDGE) -> LinkState:
        async with self.scene.work() as work:
            now = self.scene.clock.now()
            return (await answer_link(work, self.token, pin, wish, at=now)).state


@pytest.fixture
async def link(scene: EscalationScene) -> Link:
    await scene.change(StationContact, "duty", channels=["phone", "text"])
    await scene.flag()
    async with scene.work() as work:
        query = select(Delivery).where(Delivery.channel == "text")
        sent = (await work.exec(query)).one()
        sent.state, sent.sent_at, sent.carrier_sid = "submitted", scene.clock.now(), "SM1"
        token = await make_token(work, sent.id, at=scene.clock.now())
    await scene.rings()
    return Link(scene, token, sent.id)


async def phone_attempt(scene: EscalationScene) -> Attempt:
    async with scene.work() as work:
        query = select(Attempt).join(Delivery, col(Delivery.id) == col(Attempt.id))
        found = (await work.exec(query.where(Delivery.channel == "phone"))).first()
    assert found is not None
    return found


async def row(scene: EscalationScene) -> AckToken:
    async with scene.work() as work:
        return (await work.exec(select(AckToken))).one()


async def test_a_look_shows_number_level_and_line_and_changes_nothing(
    scene: EscalationScene, link: Link
) -> None:
    before, told = await scene.escalation(), await scene.kinds()

    for _ in range(20):
        seen = await link.shows()

    assert (seen.state, seen.number, seen.level) == ("fresh", before.number, "imminent")
    assert (seen.line_name, seen.phone) == ("青少年热线", "12355")
    assert (await scene.escalation()).model_dump() == before.model_dump()
    assert await scene.kinds() == told
    assert (await row(scene)).used_at is None


async def test_the_right_pin_acknowledges_for_that_contact(
    scene: EscalationScene, link: Link
) -> None:
    assert await link.says() is LinkState.ACKNOWLEDGED

    found = await scene.escalation()
    assert (found.state, found.acknowledged_by) == ("acknowledged", "contact:duty")
    assert (await row(scene)).used_at == scene.clock.now()
    assert ("duty", "acknowledged") in await scene.states()


async def test_said_twice_it_counts_once(scene: EscalationScene, link: Link) -> None:
    first, again = await link.says(), await link.says()

    assert (first, again) == (LinkState.ACKNOWLEDGED, LinkState.YOURS)
    assert (await scene.kinds()).count("escalation.acknowledged") == 1


async def test_who_cannot_hands_on_and_the_next_is_rung_at_once(
    scene: EscalationScene, link: Link
) -> None:
    assert await link.says(wish=LinkWish.HAND_ON) is LinkState.HANDED_ON

    await scene.tick()

    assert scene.carrier.dialled() == [DUTY, HEAD]
    assert (await scene.escalation()).state == EscalationState.OPEN
    assert (await link.shows()).state is LinkState.USED
    (handed,) = await scene.facts("attempt.handed_on")
    assert handed["channel"] == "text"


async def test_whoever_hands_on_late_moves_nobody_elses_step(
    scene: EscalationScene, link: Link
) -> None:
    await scene.passes(121)
    before = await scene.escalation()

    assert await link.says(wish=LinkWish.HAND_ON) is LinkState.HANDED_ON

    assert (await scene.escalation()).next_due_at == before.next_due_at


async def test_a_link_of_an_earlier_step_still_acknowledges(
    scene: EscalationScene, link: Link
) -> None:
    await scene.passes(121)

    assert await link.says() is LinkState.ACKNOWLEDGED


async def test_a_wrong_pin_acknowledges_nothing_and_is_told(
    scene: EscalationScene, link: Link
) -> None:
    assert await link.says("0000") is LinkState.WRONG_PIN
    assert await link.says("12") is LinkState.WRONG_PIN

    assert (await scene.escalation()).state == EscalationState.OPEN
    assert [one["channel"] for one in await scene.facts("attempt.wrong_pin")] == ["text"] * 2


async def test_after_five_wrong_pins_the_link_is_shut_and_the_next_is_rung(
    scene: EscalationScene, link: Link
) -> None:
    said = [await link.says("0000") for _ in range(5)]
    await scene.tick()

    assert said == [LinkState.WRONG_PIN] * 4 + [LinkState.LOCKED]
    assert await link.says(PIN) is LinkState.LOCKED
    assert (await scene.escalation()).state == EscalationState.OPEN
    assert scene.carrier.dialled() == [DUTY, HEAD]


async def test_wrong_pins_by_phone_and_by_link_are_counted_together(
    scene: EscalationScene, link: Link
) -> None:
    phone = await phone_attempt(scene)
    for _ in range(3):
        await link.says("0000")

    async with scene.work() as work:
        fourth = await key_pressed(work, phone.id, "0000", scene.clock.now())
        fifth = await key_pressed(work, phone.id, "0000", scene.clock.now())
        right = await key_pressed(work, phone.id, PIN, scene.clock.now())

    assert (fourth, fifth, right) == (
        PinResult.TRY_AGAIN,
        PinResult.NO_MORE_TRIES,
        PinResult.NO_MORE_TRIES,
    )
    assert (await link.shows()).state is LinkState.LOCKED
    assert await link.says(PIN) is LinkState.LOCKED


async def test_the_next_round_begins_to_count_anew(scene: EscalationScene, link: Link) -> None:
    for _ in range(5):
        await link.says("0000")
    for seconds in (1, 121, 121, 31):
        await scene.passes(seconds)

    async with scene.work() as work:
        query = select(Attempt).where(Attempt.round == 1, Attempt.contact_id == "duty")
        again = (await work.exec(query)).first()
        assert again is not None
        assert await key_pressed(work, again.id, PIN, scene.clock.now()) is PinResult.ACKNOWLEDGED


async def test_after_half_an_hour_a_link_says_that_it_is_too_old(
    scene: EscalationScene, link: Link
) -> None:
    scene.clock.advance(30 * 60)

    assert (await link.shows()).state is LinkState.EXPIRED
    assert await link.says() is LinkState.EXPIRED
    assert (await scene.escalation()).state == EscalationState.OPEN


async def test_what_a_colleague_has_taken_is_not_taken_again(
    scene: EscalationScene, link: Link
) -> None:
    found = await scene.escalation()
    async with scene.work() as work:
        await acknowledge(work, found.id, by=Actor.of_staff("li"), at=scene.clock.now())

    assert (await link.shows()).state is LinkState.TAKEN
    assert await link.says() is LinkState.TAKEN
    assert (await scene.escalation()).acknowledged_by == "staff:li"


async def test_who_took_it_by_telephone_sees_that_it_is_theirs(
    scene: EscalationScene, link: Link
) -> None:
    phone = await phone_attempt(scene)
    async with scene.work() as work:
        await key_pressed(work, phone.id, PIN, scene.clock.now())

    assert (await link.shows()).state is LinkState.YOURS


async def test_a_closed_escalation_is_closed(scene: EscalationScene, link: Link) -> None:
    found = await scene.escalation()
    async with scene.work() as work:
        by, now = Actor.of_staff("li"), scene.clock.now()
        await close(work, scene.vault, found.id, by=by, reason="done", at=now)

    assert await link.says() is LinkState.CLOSED


@pytest.mark.parametrize("change", [{"active": False}, {"phone": "02000000999"}])
async def test_a_link_of_somebody_who_is_not_told_there_any_more_counts_no_more(
    scene: EscalationScene, link: Link, change: dict[str, Any]
) -> None:
    await scene.change(StationContact, "duty", **change)

    assert (await link.shows()).state is LinkState.REPLACED
    assert await link.says() is LinkState.REPLACED


@pytest.mark.parametrize("token", ["", "x", "0" * 10_000, "%00", "ä"])
async def test_a_link_that_nobody_made_says_nothing(scene: EscalationScene, token: str) -> None:
    link = Link(scene, token, "")

    assert await link.shows() == LinkView(state=LinkState.UNKNOWN)
    assert await link.says() is LinkState.UNKNOWN


async def test_a_longer_link_that_begins_as_ours_is_not_ours(
    scene: EscalationScene, link: Link
) -> None:
    assert (await Link(scene, link.token + "x", "").shows()).state is LinkState.UNKNOWN


async def test_two_links_of_one_delivery_both_lead_to_it(
    scene: EscalationScene, link: Link
) -> None:
    async with scene.work() as work:
        other = await make_token(work, link.attempt_id, at=scene.clock.now())

    assert await Link(scene, other, "").says() is LinkState.ACKNOWLEDGED
    assert (await link.shows()).state is LinkState.YOURS


async def test_a_form_sent_empty_is_no_try_and_locks_nobody_out(link: Link) -> None:
    for nothing in ("", " ", "", "", "", ""):
        assert await link.says(pin=nothing) == LinkState.FRESH

    assert await link.says() == LinkState.ACKNOWLEDGED
