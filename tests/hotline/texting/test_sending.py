"""A text at the carrier: by day, once, and never blindly again."""

from datetime import timedelta

import pytest

from hotline.errors import CarrierRefused, CarrierUnclear, CarrierUnreachable
from hotline.storage.tables import Call, Callback, LegalHold, TextConsent, TextMessage
from hotline.texting.consent import ConsentWithdrawn, withdraw_consent
from hotline.texting.policy import KEPT_FOR, LEASE, MOST_TRIES, UNCLEAR_FOR
from hotline.texting.reports import hear_report
from hotline.texting.templates import Template
from tests.hotline.texting.conftest import CHILD, OURS, TextScene

pytestmark = pytest.mark.anyio

THREE_HOURS = 3 * 3600  # from eight in the evening


@pytest.fixture
async def texting(texting: TextScene) -> TextScene:
    """The child wants texts."""
    await texting.wants_texts()
    return texting


async def hears(texting: TextScene, text_id: str, status: str, error: int = 0) -> None:
    async with texting.database.work() as work:
        text = await work.get_one(type(await texting.text(text_id)), text_id)
        await hear_report(work, text, status, error, at=texting.clock.now(), sid="SM1")


async def test_a_text_is_sent_once_and_its_report_is_heard(texting: TextScene) -> None:
    text_id = await texting.asks()

    await texting.ticks()
    await texting.ticks(60)
    await hears(texting, text_id, "delivered")

    text = await texting.text(text_id)
    [(to, from_, body, url)] = texting.carrier.sent
    assert (to, from_, body[:4]) == (CHILD, OURS, "什么时候")
    assert url == f"https://line.example/texts/status?text={text_id}"
    assert (text.state, text.carrier_sid, text.for_person) == ("delivered", "SM1", False)


async def test_at_night_it_waits_for_the_morning(texting: TextScene) -> None:
    texting.clock.advance(THREE_HOURS)
    text_id = await texting.asks()

    await texting.ticks(3600)
    assert texting.carrier.sent == []

    await texting.ticks(8 * 3600)
    assert (await texting.text(text_id)).state == "sent"


async def test_one_that_is_late_is_not_sent_into_the_night(texting: TextScene) -> None:
    text_id = await texting.asks()

    await texting.ticks(THREE_HOURS)

    text = await texting.text(text_id)
    assert (text.state, texting.carrier.sent) == ("queued", [])
    assert text.due_at is not None
    assert text.due_at > texting.clock.now()


async def test_who_says_stop_before_it_is_sent_gets_nothing(texting: TextScene) -> None:
    text_id = await texting.asks()
    async with texting.database.work() as work:
        now = texting.clock.now()
        await withdraw_consent(work, texting.index, ConsentWithdrawn.WROTE, at=now)

    await texting.ticks()

    text = await texting.text(text_id)
    assert (text.state, text.last_error, texting.carrier.sent) == ("dropped", "withdrawn", [])


async def test_a_word_of_a_call_that_was_made_meanwhile_is_dropped(texting: TextScene) -> None:
    await texting.writes("你好")
    [callback] = await texting.all(Callback)
    await texting.change(Callback, callback.id, state="done")

    await texting.ticks()

    [text] = await texting.texts("out")
    assert (text.state, text.last_error) == ("dropped", "call_not_owed")


async def test_a_follow_up_is_sent_whatever_became_of_the_call(texting: TextScene) -> None:
    await texting.writes("你好")
    [callback] = await texting.all(Callback)
    await texting.change(Callback, callback.id, state="done")
    to = texting.to(callback_id=callback.id)

    text_id = await texting.asks(Template.HOW_ARE_YOU, to=to)
    await texting.ticks()

    assert (await texting.text(text_id)).state == "sent"


async def test_a_carrier_out_of_reach_is_asked_again_later(texting: TextScene) -> None:
    texting.carrier.faults.append((CarrierUnreachable(), False))
    text_id = await texting.asks()

    await texting.ticks()
    await texting.ticks(1)
    assert texting.carrier.asked_for == 1

    await texting.ticks(10)
    assert (await texting.text(text_id)).state == "sent"


async def test_a_carrier_that_stays_away_leaves_it_to_a_person(texting: TextScene) -> None:
    texting.carrier.faults.extend([(CarrierUnreachable(), False)] * MOST_TRIES)
    text_id = await texting.asks()

    for _ in range(MOST_TRIES):
        await texting.ticks(400)

    text = await texting.text(text_id)
    assert (text.state, text.for_person, text.tries) == ("failed", True, MOST_TRIES)


async def test_an_unclear_one_that_was_sent_is_adopted_and_not_repeated(
    texting: TextScene,
) -> None:
    texting.carrier.faults.append((CarrierUnclear(), True))
    text_id = await texting.asks()

    await texting.ticks()
    await texting.ticks(1)
    await texting.ticks(60)

    text = await texting.text(text_id)
    assert (text.state, text.carrier_sid, len(texting.carrier.sent)) == ("sent", "SM1", 1)


async def test_an_unclear_one_that_the_carrier_does_not_know_is_sent_anew(
    texting: TextScene,
) -> None:
    texting.carrier.faults.append((CarrierUnclear(), False))
    text_id = await texting.asks()

    await texting.ticks()
    await texting.ticks(10)
    assert (await texting.text(text_id)).state == "unclear"

    await texting.ticks(20)
    await texting.ticks(60)
    assert ((await texting.text(text_id)).state, len(texting.carrier.sent)) == ("sent", 1)


async def test_while_nobody_can_know_it_is_not_repeated_and_a_person_decides(
    texting: TextScene,
) -> None:
    texting.carrier.faults.append((CarrierUnclear(), False))
    texting.carrier.list_error = CarrierUnreachable()
    text_id = await texting.asks()

    await texting.ticks()
    await texting.ticks(UNCLEAR_FOR.total_seconds())
    await texting.ticks(3600)

    text = await texting.text(text_id)
    assert (text.state, text.for_person, text.last_error) == ("unclear", True, "not_known")
    assert texting.carrier.asked_for == 1


async def test_a_sender_that_died_is_looked_after(texting: TextScene) -> None:
    text_id = await texting.asks()
    now = texting.clock.now()
    await texting.change(
        type(await texting.text(text_id)), text_id, state="sending", tries=1, fence=1,
        tried_at=now, lease_until=now + LEASE,
    )  # fmt: skip

    await texting.ticks(10)
    assert (await texting.text(text_id)).state == "sending"

    await texting.ticks(LEASE.total_seconds())
    await texting.ticks(60)
    assert ((await texting.text(text_id)).state, len(texting.carrier.sent)) == ("sent", 1)


async def test_a_clock_that_was_set_back_does_not_keep_a_dead_senders_text(
    texting: TextScene,
) -> None:
    text_id = await texting.asks()
    now = texting.clock.now()
    await texting.change(
        type(await texting.text(text_id)), text_id, state="sending", tries=1, fence=1,
        tried_at=now, lease_until=now + timedelta(days=1),
    )  # fmt: skip

    await texting.ticks()
    await texting.ticks(30)
    await texting.ticks(60)

    assert (await texting.text(text_id)).state == "sent"


async def test_who_stopped_texts_at_the_carrier_is_taken_at_their_word(
    texting: TextScene,
) -> None:
    texting.carrier.faults.append((CarrierRefused(21610), False))
    text_id = await texting.asks()

    await texting.ticks()

    text, [consent] = await texting.text(text_id), await texting.all(TextConsent)
    assert (text.state, text.for_person) == ("failed", False)
    assert consent.withdrawn_how == "carrier"


async def test_a_report_may_overtake_the_answer_to_our_request(texting: TextScene) -> None:
    texting.carrier.faults.append((CarrierUnclear(), True))
    text_id = await texting.asks()
    await texting.ticks()

    await hears(texting, text_id, "delivered")
    await hears(texting, text_id, "sent")
    await texting.ticks(60)

    text = await texting.text(text_id)
    assert (text.state, text.carrier_sid, len(texting.carrier.sent)) == ("delivered", "SM1", 1)


@pytest.mark.parametrize(
    ("status", "state"), [("undelivered", "undelivered"), ("failed", "failed")]
)
async def test_one_that_did_not_arrive_is_a_persons(
    texting: TextScene, status: str, state: str
) -> None:
    text_id = await texting.asks()
    await texting.ticks()

    await hears(texting, text_id, status, 30003)

    text = await texting.text(text_id)
    assert (text.state, text.for_person, text.last_error) == (state, True, "error 30003")


async def test_what_is_old_is_erased_and_that_it_was_there_is_known(texting: TextScene) -> None:
    text_id = await texting.asks()
    await texting.ticks()

    await texting.ticks(KEPT_FOR.total_seconds() + 1)

    text = await texting.text(text_id)
    assert (text.body_sealed, text.number_sealed, text.state) == ("", "", "sent")


@pytest.mark.parametrize("about", [{"call_id": "c1"}, {"callback_id": "b1"}])
async def test_what_is_old_is_kept_while_a_court_needs_its_call(
    texting: TextScene, about: dict[str, str]
) -> None:
    at = texting.clock.now()
    await texting.add(
        Call(id="c1", carrier_sid="CA", line_id="youth", state="ended", arrived_at=at, heard_at=at),
        Callback(id="b1", line_id="youth", call_id="c1", why="asked", state="done", promised_at=at,
                 place_at=at, due_at=at),
        LegalHold(id="court", line_id="youth", subject_kind="call", subject_id="c1", by="li",
                  at=at, review_on=at.date()),
    )  # fmt: skip
    held, other = await texting.asks(), await texting.asks()
    await texting.change(TextMessage, held, **about)
    await texting.ticks()

    await texting.ticks(KEPT_FOR.total_seconds() + 1)
    kept = [(await texting.text(one)).body_sealed != "" for one in (held, other)]
    await texting.change(LegalHold, "court", lifted_at=at)
    await texting.ticks()

    assert kept == [True, False]
    assert (await texting.text(held)).body_sealed == ""
