"""On the way to the child: what an officer says moves no deadline and hides no age."""

from datetime import timedelta

import pytest

from hotline.errors import IllegalMove, Invalid
from hotline.escalations import service
from hotline.escalations.acts import remind
from hotline.escalations.export import WishedForm, export_escalation
from hotline.escalations.heard import TOLD, read_station_news, station_news
from hotline.escalations.in_the_field import Contact, SetOut, make_contact, set_out
from hotline.escalations.late import DoneInField
from hotline.escalations.model import EscalationState
from hotline.escalations.queries import detail, open_summary
from hotline.escalations.story import ACTS
from hotline.escalations.story_words import DONE
from hotline.escalations.way import STEPS, next_step, steps_taken
from hotline.i18n.catalog import speaking
from hotline.staff.actor import Actor
from hotline.storage.tables import Call, Escalation
from tests.hotline.escalations.conftest import EscalationScene

pytestmark = pytest.mark.anyio

NOTE = "奶奶开的门，孩子在里屋"


@pytest.fixture
async def accepted(scene: EscalationScene, officer: Actor) -> Escalation:
    """Of a call that li had; the station has taken it on."""
    await scene.change(Call, "call", counselor_id="li", joined_at=scene.clock.now())
    raised = await scene.flag()
    async with scene.work() as work:
        await service.acknowledge(work, raised.id, by=officer, at=scene.clock.now())
        return await service.accept(work, raised.id, by=officer, at=scene.clock.now())


async def sets_out(scene: EscalationScene, raised: Escalation, by: Actor, **said: object) -> None:
    going = SetOut(**said)  # type: ignore[arg-type] # the words of a test
    async with scene.work() as work:
        await set_out(work, scene.vault, raised.id, by=by, going=going, at=scene.clock.now())


async def meets(scene: EscalationScene, raised: Escalation, by: Actor, met: Contact) -> None:
    async with scene.work() as work:
        await make_contact(work, scene.vault, raised.id, by=by, met=met, at=scene.clock.now())


async def last(scene: EscalationScene, raised: Escalation) -> dict[str, object]:
    async with scene.work() as work:
        return (await detail(work, raised.id)).timeline[-1].facts


async def test_whoever_is_on_the_way_still_owes_the_report_by_the_same_minute(
    scene: EscalationScene, accepted: Escalation, officer: Actor
) -> None:
    scene.clock.advance(20 * 60)
    await sets_out(scene, accepted, officer, minutes=15)
    scene.clock.advance(5 * 60)
    await meets(scene, accepted, officer, Contact(child="seen"))

    now = await scene.escalation()
    assert now.state == EscalationState.ACCEPTED
    assert now.next_due_at == accepted.next_due_at

    await scene.passes(6 * 60)
    assert (await scene.escalation()).state == EscalationState.OPEN


async def test_what_is_reported_keeps_its_deadline_when_they_go_there_again(
    scene: EscalationScene, accepted: Escalation, officer: Actor
) -> None:
    async with scene.work() as work:
        reported = await service.report(
            work, scene.vault, accepted.id, by=officer, done=DoneInField("x"), at=scene.clock.now()
        )
    scene.clock.advance(3600)

    await sets_out(scene, accepted, officer)

    now = await scene.escalation()
    assert (now.state, now.next_due_at) == (EscalationState.REPORTED, reported.next_due_at)


async def test_a_reminder_is_not_answered_by_being_on_the_way(
    scene: EscalationScene, accepted: Escalation, officer: Actor
) -> None:
    async with scene.work() as work:
        reminded = await remind(
            work, scene.vault, accepted.id, by=Actor.of_staff("li"), at=scene.clock.now()
        )

    await sets_out(scene, accepted, officer, minutes=60)

    assert (await scene.escalation()).next_due_at == reminded.next_due_at


@pytest.mark.parametrize("far", ["open", "acknowledged"])
async def test_nobody_sets_out_for_what_they_have_not_accepted(
    scene: EscalationScene, officer: Actor, far: str
) -> None:
    raised = await scene.flag()
    if far == "acknowledged":
        async with scene.work() as work:
            await service.acknowledge(work, raised.id, by=officer, at=scene.clock.now())

    with pytest.raises(IllegalMove):
        await sets_out(scene, raised, officer)
    with pytest.raises(IllegalMove):
        await meets(scene, raised, officer, Contact(child="seen"))


async def test_what_was_written_is_sealed_and_opened_with_the_story_alone(
    scene: EscalationScene, accepted: Escalation, officer: Actor
) -> None:
    await meets(scene, accepted, officer, Contact(child="not_seen", done=DoneInField(NOTE)))

    async with scene.work() as work:
        entry = (await detail(work, accepted.id)).timeline[-1]
        text = await open_summary(work, scene.vault, accepted.id, by=officer, at=scene.clock.now())
    assert entry.facts == {"child": "not_seen"}
    assert entry.has_note
    assert text.notes[entry.id] == NOTE


async def test_what_is_told_late_keeps_both_times(
    scene: EscalationScene, accepted: Escalation, officer: Actor
) -> None:
    done_at = scene.clock.now() + timedelta(minutes=3)
    scene.clock.advance(25 * 60)

    await meets(scene, accepted, officer, Contact(child="seen", done=DoneInField(at=done_at)))

    assert await last(scene, accepted) == {"child": "seen", "done_at": done_at.isoformat()}


async def test_what_is_told_at_once_has_one_time_whatever_the_clock_of_the_phone(
    scene: EscalationScene, accepted: Escalation, officer: Actor
) -> None:
    for seconds in (-59, 0, 59):
        at = scene.clock.now() + timedelta(seconds=seconds)
        await sets_out(scene, accepted, officer, done=DoneInField(at=at))
        assert await last(scene, accepted) == {}


@pytest.mark.parametrize("minutes", [2, -60])
async def test_nothing_was_done_in_the_future_or_before_the_flag(
    scene: EscalationScene, accepted: Escalation, officer: Actor, minutes: int
) -> None:
    done = DoneInField("visited", scene.clock.now() + timedelta(minutes=minutes))

    with pytest.raises(Invalid):
        await sets_out(scene, accepted, officer, done=done)
    with pytest.raises(Invalid):
        async with scene.work() as work:
            await service.report(
                work, scene.vault, accepted.id, by=officer, done=done, at=scene.clock.now()
            )
    assert (await scene.escalation()).state == EscalationState.ACCEPTED


@pytest.mark.parametrize(
    ("language", "going", "met"),
    [
        ("zh", "已出发，约 20 分钟到", "已联系孩子（电话联系上）"),
        ("en", "set out, there in about 20 min", "was in contact with the child (Spoke by phone)"),
    ],
)
async def test_the_story_says_how_soon_and_whom_in_both_languages_and_may_be_taken_away(
    scene: EscalationScene,
    accepted: Escalation,
    officer: Actor,
    language: str,
    going: str,
    met: str,
) -> None:
    await sets_out(scene, accepted, officer, minutes=20)
    await meets(scene, accepted, officer, Contact(child="by_phone", done=DoneInField(NOTE)))

    wish = WishedForm(form="json", in_english=language == "en")
    with speaking(language):
        async with scene.work() as work:
            taken = await export_escalation(
                work, accepted.id, wish, by=officer, at=scene.clock.now()
            )

    said = [line.said for line in taken.story]
    assert any(one.endswith(going) for one in said), said
    assert any(one.endswith(met) for one in said), said
    kinds = {one.kind: one.facts for one in taken.timeline}
    assert kinds["escalation.on_the_way"] == {"minutes": 20}
    assert kinds["escalation.contact_made"] == {"child": "by_phone"}
    assert NOTE not in str(taken)


# ── the way ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "kinds", "then"),
    [
        ("open", [], "acknowledged"),
        ("acknowledged", ["acknowledged"], "accepted"),
        ("accepted", ["acknowledged", "accepted"], "on_the_way"),
        ("accepted", ["acknowledged", "accepted", "on_the_way"], "contact_made"),
        ("accepted", ["acknowledged", "accepted", "contact_made"], "reported"),
        ("reported", ["acknowledged", "accepted", "reported"], "closed"),
        ("closed", ["acknowledged", "closed"], ""),
        ("accepted", ["on_the_way", "reopened", "acknowledged", "accepted"], "on_the_way"),
        ("open", ["acknowledged", "accepted", "on_the_way", "handed_to"], "acknowledged"),
    ],
)
def test_one_step_is_next(state: str, kinds: list[str], then: str) -> None:
    taken = steps_taken(f"escalation.{kind}" for kind in kinds)

    assert next_step(state, taken) == then


def test_what_somebody_else_did_before_silence_is_no_step_of_whoever_has_it_now() -> None:
    before = ["acknowledged", "accepted", "on_the_way", "contact_made"]
    again = [*before, "reopened", "acknowledged"]

    assert steps_taken(f"escalation.{kind}" for kind in again) == ("acknowledged",)
    assert steps_taken(f"escalation.{kind}" for kind in before) == STEPS[:4]


# ── what the desk hears ─────────────────────────────────────────────────────────────────────────


async def news_of(scene: EscalationScene, who: str = "li") -> list[tuple[str, int]]:
    async with scene.work() as work:
        since = scene.clock.now() - timedelta(hours=24)
        return [(one.kind, one.entry_id) for one in await station_news(work, who, since=since)]


async def test_who_raised_the_flag_hears_the_newest_act_until_they_have_read_it(
    scene: EscalationScene, accepted: Escalation, officer: Actor
) -> None:
    ((kind, entry_id),) = await news_of(scene)
    assert kind == "escalation.accepted"

    async with scene.work() as work:
        await read_station_news(work, accepted.id, "li", seen=entry_id, at=scene.clock.now())
    assert await news_of(scene) == []
    await sets_out(scene, accepted, officer)
    assert [kind for kind, _ in await news_of(scene)] == ["escalation.on_the_way"]
    async with scene.work() as work:  # an answer that came late takes nothing back
        await read_station_news(work, accepted.id, "li", seen=entry_id, at=scene.clock.now())
    assert [kind for kind, _ in await news_of(scene)] == ["escalation.on_the_way"]


async def test_ones_own_acts_are_no_news_and_old_ones_neither(
    scene: EscalationScene, accepted: Escalation
) -> None:
    async with scene.work() as work:
        await service.close(
            work, scene.vault, accepted.id, by=Actor.of_staff("li"), reason="x",
            at=scene.clock.now(),
        )  # fmt: skip
    assert [kind for kind, _ in await news_of(scene)] == ["escalation.accepted"]

    scene.clock.advance(24 * 3600 + 1)

    assert await news_of(scene) == []
    assert await news_of(scene, "somebody") == []


def test_every_act_of_a_station_is_told_and_has_a_sentence() -> None:
    assert set(TOLD) <= ACTS.keys()
    assert {ACTS[kind] for kind in TOLD} <= DONE.keys()
