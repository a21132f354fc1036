"""A contact of several ways is told by all at once; what arrived in writing is no answer."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from hotline.deliveries.by_text import ByText
from hotline.deliveries.channels import Letter, Parcel
from hotline.deliveries.model import Channel, DeliveryEvent
from hotline.deliveries.sending import Askers, Sender
from hotline.errors import CarrierRefused, NotFound
from hotline.escalations.attempts import PURPOSE
from hotline.escalations.letters import StationLetters
from hotline.escalations.model import EscalationState
from hotline.escalations.service import acknowledge
from hotline.escalations.station_call import StationCalls, call_ended, text_reported
from hotline.escalations.webhook_secrets import make_webhook_secret
from hotline.ports import LegStatus
from hotline.staff.actor import Actor
from hotline.storage.sealed import place_in
from hotline.storage.tables import AckToken, Delivery, Line, StationContact
from tests.fakes import FakeTextCarrier, Fault
from tests.hotline.escalations.conftest import BASE, DUTY, HEAD, EscalationScene

pytestmark = pytest.mark.anyio

SYSTEM = "https://station.test/hotline"


class TheirSystem:
    """A station's system that has what was posted."""

    repeatable, taken_as = True, DeliveryEvent.DELIVERED

    def __init__(self) -> None:
        self.had: list[Letter] = []
        self.down = False

    async def send(self, parcel: Parcel) -> str:
        if self.down:
            raise CarrierRefused(404)
        self.had.append(parcel.written)
        return parcel.delivery_id

    async def find(self, parcel: Parcel) -> tuple[()]:
        return ()


@pytest.fixture
def texts(scene: EscalationScene) -> FakeTextCarrier:
    return FakeTextCarrier(scene.clock)


@pytest.fixture
def system() -> TheirSystem:
    return TheirSystem()


@pytest.fixture(autouse=True)
async def ways(scene: EscalationScene, texts: FakeTextCarrier, system: TheirSystem) -> None:
    """The duty contact is told by three ways."""
    askers = Askers(
        by_purpose={PURPOSE: StationCalls()},
        base_url=BASE,
        writers={PURPOSE: StationLetters(BASE, scene.vault)},
        channels={Channel.TEXT: ByText(texts), Channel.WEBHOOK: system},
    )
    scene.sender = Sender(
        database=scene.database, carrier=scene.carrier, clock=scene.clock, askers=askers
    )
    scene.dispatcher = scene.another_dispatcher()
    place = place_in(StationContact, "webhook_secret_sealed", id="duty")
    await duty(
        scene,
        channels=["phone", "text", "webhook"],
        webhook_url=SYSTEM,
        webhook_secret_sealed=scene.vault.seal("of the two", place=place),
    )


async def duty(scene: EscalationScene, **values: Any) -> None:
    await scene.change(StationContact, "duty", **values)


async def by(scene: EscalationScene, channel: str) -> Delivery:
    async with scene.work() as work:
        query = select(Delivery).where(Delivery.channel == channel)
        found = (await work.exec(query)).first()
    assert found is not None
    return found


async def phone_fails(scene: EscalationScene) -> None:
    phone = await by(scene, "phone")
    async with scene.work() as work:
        await call_ended(work, phone.id, LegStatus.BUSY, scene.clock.now())


async def text_is(scene: EscalationScene, word: str, error: str = "") -> None:
    sent = await by(scene, "text")
    async with scene.work() as work:
        await text_reported(work, sent.id, word, error, scene.clock.now())


async def due_in(scene: EscalationScene) -> timedelta:
    due_at = (await scene.escalation()).next_due_at
    assert due_at is not None
    return due_at - scene.clock.now()


async def test_all_ways_of_a_contact_are_taken_at_once(
    scene: EscalationScene, texts: FakeTextCarrier, system: TheirSystem
) -> None:
    await scene.flag()

    await scene.rings()

    assert scene.carrier.dialled() == [DUTY]
    assert (len(texts.sent), len(system.had)) == (1, 1)
    assert sorted(await scene.states()) == [
        ("duty", "delivered"),
        ("duty", "submitted"),
        ("duty", "submitted"),
    ]


async def test_a_text_says_line_number_level_and_a_link_and_nothing_of_the_child(
    scene: EscalationScene, texts: FakeTextCarrier
) -> None:
    escalation = await scene.flag()
    await scene.rings()

    (sent,) = texts.sent
    begun, _, token = sent.body.partition(f"{BASE}/a/")
    assert begun == (
        f"【青少年热线】个案{escalation.number}（紧急）待您确认。请在30分钟内打开，凭密码确认："
    )
    assert len(token) >= 24
    assert "says so" not in sent.body


async def test_who_reads_english_is_written_to_in_english(
    scene: EscalationScene, texts: FakeTextCarrier
) -> None:
    await duty(scene, language="eng")
    await scene.flag()

    await scene.rings()

    assert texts.sent[0].body.startswith("Youth: case ")


async def test_a_text_comes_from_the_number_that_the_line_has_for_texts(
    scene: EscalationScene, texts: FakeTextCarrier
) -> None:
    await scene.change(Line, "12355", text_number="02000000009")
    await scene.flag()

    await scene.rings()

    assert texts.sent[0].from_ == "02000000009"
    assert scene.carrier.legs[0].dial.from_ == "12355"


async def test_of_a_link_only_its_hash_is_kept(
    scene: EscalationScene, texts: FakeTextCarrier
) -> None:
    await scene.flag()
    await scene.rings()

    token = texts.sent[0].body.rpartition("/")[2]
    async with scene.work() as work:
        (kept,) = (await work.exec(select(AckToken))).all()
    assert token not in repr(kept)
    assert kept.expires_at == scene.clock.now() + timedelta(minutes=30)


async def test_their_own_system_is_told_ids_and_codes_alone_and_no_link(
    scene: EscalationScene, system: TheirSystem
) -> None:
    escalation = await scene.flag()
    await scene.rings()

    (letter,) = system.had
    assert letter.secret == "of the two"
    assert set(letter.payload) == {
        "kind", "delivery_id", "escalation_id", "number", "level", "line", "division", "station",
        "raised_at", "sent_at", "answer_by",
    }  # fmt: skip
    assert letter.payload["escalation_id"] == escalation.id
    assert letter.payload["level"] == "imminent"
    assert letter.words == ""


async def test_a_way_that_leads_nowhere_is_none(
    scene: EscalationScene, texts: FakeTextCarrier, system: TheirSystem
) -> None:
    await duty(scene, channels=["phone", "mail", "webhook"], webhook_url="")
    await scene.flag()

    await scene.rings()

    assert await scene.states() == [("duty", "submitted")]


async def test_a_delivered_text_is_no_acknowledgement(scene: EscalationScene) -> None:
    await scene.flag()
    await scene.rings()

    await text_is(scene, "delivered")

    assert (await scene.escalation()).state == EscalationState.OPEN
    assert (await by(scene, "text")).state == "delivered"


async def test_when_the_phone_fails_whoever_was_written_to_has_a_moment_to_read(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await scene.rings()
    scene.clock.advance(20)

    await phone_fails(scene)

    assert await due_in(scene) == timedelta(seconds=25)
    await scene.passes(25)
    assert scene.carrier.dialled() == [DUTY, HEAD]


async def test_what_was_written_long_ago_does_not_hold_up_the_next(scene: EscalationScene) -> None:
    await scene.flag()
    await scene.rings()
    scene.clock.advance(60)

    await phone_fails(scene)

    assert await due_in(scene) == timedelta()


async def test_a_text_that_arrives_late_gives_time_from_then_on(scene: EscalationScene) -> None:
    await scene.flag()
    await scene.rings()
    scene.clock.advance(60)
    await text_is(scene, "delivered")
    scene.clock.advance(5)

    await phone_fails(scene)

    assert await due_in(scene) == timedelta(seconds=40)


async def test_the_moment_to_read_never_outlasts_the_step(scene: EscalationScene) -> None:
    await scene.flag()
    await scene.rings()
    scene.clock.advance(110)
    await text_is(scene, "delivered")

    await phone_fails(scene)

    assert await due_in(scene) == timedelta(seconds=10)


async def test_while_the_phone_rings_a_failed_text_changes_nothing(scene: EscalationScene) -> None:
    await scene.flag()
    await scene.rings()
    before = await due_in(scene)

    await text_is(scene, "undelivered", "30003")

    assert await due_in(scene) == before
    assert (await by(scene, "text")).last_error == "error 30003"


async def test_who_can_only_be_written_to_and_is_not_reached_is_not_waited_for(
    scene: EscalationScene, texts: FakeTextCarrier
) -> None:
    await duty(scene, channels=["text"])
    texts.fails(CarrierRefused(21211))
    await scene.flag()

    await scene.rings()

    assert await due_in(scene) == timedelta()


async def test_a_phone_that_is_refused_leaves_time_to_read_what_is_being_sent(
    scene: EscalationScene,
) -> None:
    scene.carrier.fails(Fault(CarrierRefused(21211)))
    await duty(scene, channels=["phone", "text"])
    await scene.flag()

    await scene.rings()

    assert timedelta() < await due_in(scene) <= timedelta(seconds=45)


async def test_once_somebody_has_it_nobody_is_written_to(
    scene: EscalationScene, texts: FakeTextCarrier, system: TheirSystem
) -> None:
    escalation = await scene.flag()
    async with scene.work() as work:
        await acknowledge(work, escalation.id, by=Actor.of_staff("li"), at=scene.clock.now())

    await scene.rings()

    assert (texts.sent, system.had) == ([], [])


async def test_who_changed_their_system_meanwhile_is_not_told_at_the_old_one(
    scene: EscalationScene, system: TheirSystem
) -> None:
    await scene.flag()
    await duty(scene, webhook_url="https://other.test/x")

    await scene.rings()

    assert system.had == []


async def test_a_system_that_was_down_hears_the_newest_alone(
    scene: EscalationScene, system: TheirSystem
) -> None:
    await duty(scene, channels=["webhook"])
    await scene.change(StationContact, "head", active=False)
    await scene.change(StationContact, "city", active=False)
    await scene.flag()
    scene.clock.advance(121)
    await scene.deadlines.tick()

    await scene.rings()

    assert len(system.had) == 1
    assert sorted(state for _, state in await scene.states()) == ["delivered", "superseded"]


async def test_a_system_that_is_never_reached_is_told_in_the_timeline_and_pages_nobody(
    scene: EscalationScene, system: TheirSystem
) -> None:
    system.down = True
    await scene.flag()

    await scene.rings()

    failed = await scene.facts("attempt.failed")
    assert [(one["channel"], one["why"]) for one in failed] == [("webhook", "refused 404")]
    assert "supervisors.paged" not in await scene.kinds()


async def test_a_report_about_a_text_that_nobody_sent_changes_nothing(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await scene.rings()
    phone = await by(scene, "phone")

    async with scene.work() as work:
        await text_reported(work, "none", "failed", "", scene.clock.now())
        await text_reported(work, phone.id, "failed", "", scene.clock.now())
        await text_reported(work, (await by(scene, "text")).id, "mumble", "", scene.clock.now())

    assert ("duty", "failed") not in await scene.states()


async def test_a_new_secret_signs_from_then_on_and_is_kept_sealed(
    scene: EscalationScene, system: TheirSystem
) -> None:
    async with scene.work() as work:
        secret = await make_webhook_secret(work, scene.vault, "district", 1)
    await scene.flag()

    await scene.rings()

    assert system.had[0].secret == secret
    async with scene.work() as work:
        contact = await work.get_one(StationContact, "duty")
    assert secret not in contact.webhook_secret_sealed


@pytest.mark.parametrize("number", [2, 9])
async def test_who_has_no_system_or_is_not_there_gets_no_secret(
    scene: EscalationScene, number: int
) -> None:
    async with scene.work() as work:
        with pytest.raises(NotFound):
            await make_webhook_secret(work, scene.vault, "district", number)
