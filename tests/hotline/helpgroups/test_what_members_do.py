"""What a member reads and does, who hears of it, and that nobody else sees more than that."""

import pytest
from sqlmodel import col, select
from structlog.testing import capture_logs

from hotline.cases.timeline import CaseAct, keep_trace
from hotline.deliveries.model import DeliveryState
from hotline.errors import GroupRefused, NotFound
from hotline.escalations.model import EscalationState
from hotline.helpgroups.living import WhyOver, why_over
from hotline.helpgroups.member import (
    MemberPart,
    hold_live,
    read_part,
    tick_task,
    write_note,
)
from hotline.helpgroups.queries import group_of, read_notes
from hotline.helpgroups.rights import SEES, WRITTEN, GroupField, MemberKind
from hotline.helpgroups.service import ask_for, end_member, leave, narrow, set_visit
from hotline.helpgroups.telling import news_reported, say_cannot, say_danger
from hotline.staff.actor import Actor
from hotline.storage.tables import (
    AuditEntry,
    Case,
    CaseEntry,
    CaseLink,
    CrisisFlag,
    Delivery,
    Escalation,
    GroupMember,
    GroupNote,
    GroupTask,
    Line,
    StationContact,
)
from tests.fakes import NOON
from tests.hotline.escalations.conftest import DUTY
from tests.hotline.handovers.conftest import LI
from tests.hotline.helpgroups.conftest import GroupScene

pytestmark = pytest.mark.anyio

CANARY = "the sentence of a canary"


def theirs(group: GroupScene, member: GroupMember) -> CaseAct:
    by = Actor.of_member(member.id)
    return CaseAct(vault=group.vault, by=by, at=group.clock.now())


async def reads(group: GroupScene, member: GroupMember) -> MemberPart:
    async with group.work() as work:
        held = await hold_live(work, group.vault, member.id, at=group.clock.now())
        return await read_part(work, group.vault, held, at=group.clock.now())


async def writes(group: GroupScene, member: GroupMember, words: str, key: str = "k") -> None:
    async with group.work() as work:
        held = await hold_live(work, group.vault, member.id, at=group.clock.now())
        await write_note(work, theirs(group, member), held, words, key=key)


async def says(group: GroupScene, member: GroupMember, what: str, key: str = "k") -> None:
    say = {"cannot": say_cannot, "danger": say_danger}[what]
    async with group.work() as work:
        held = await hold_live(work, group.vault, member.id, at=group.clock.now())
        await say(work, theirs(group, member), held, CANARY, key=key)


@pytest.mark.parametrize("kind", MemberKind)
async def test_each_kind_reads_the_fields_of_its_row_and_no_others(
    group: GroupScene, kind: MemberKind
) -> None:
    member = await group.invites(kind, visit_on=NOON.date(), tasks=("ring the aunt",))
    await writes(group, member, "mine")

    part = await reads(group, member)

    assert part.sees == SEES[kind]
    assert part.words == {one: f"words of {one}" for one in WRITTEN if one in SEES[kind]}
    assert part.visit_on == (NOON.date() if GroupField.VISIT in SEES[kind] else None)
    assert [one.words for one in part.tasks] == ["ring the aunt"]
    assert [one.words for one in part.notes] == ["mine"]


async def test_each_read_is_kept_with_who_and_which_fields_and_is_in_the_audit(
    group: GroupScene,
) -> None:
    member = await group.invites()
    await reads(group, member)
    await reads(group, member)

    told = [one for one in await group.told() if one.kind == "group.read"]
    assert [one.actor for one in told] == [f"member:{member.id}"] * 2
    assert told[0].facts["group_fields"] == sorted(SEES[MemberKind.CLASS_TEACHER])
    async with group.work() as work:
        assert (await work.get_one(GroupMember, member.id)).seen_at == group.clock.now()
    audited = [one for one in await group.all(AuditEntry) if one.kind == "group.read"]
    assert [(one.source, one.source_id) for one in audited] == [
        ("case_event", str(one.id)) for one in told
    ]
    assert {one.by_id for one in audited} == {f"member:{member.id}"}


async def test_nobody_sees_what_another_member_wrote_or_was_told(group: GroupScene) -> None:
    teacher = await group.invites()
    doctor = await group.invites(MemberKind.DOCTOR, phone="15400000902", tasks=("look",))
    await writes(group, doctor, CANARY)

    part = await reads(group, teacher)

    assert CANARY not in str(part)
    assert "words of health" not in str(part)
    assert part.tasks == []


async def test_less_is_shown_from_the_next_look_on_and_never_more(group: GroupScene) -> None:
    member = await group.invites(tasks=("x",), visit_on=NOON.date())
    await writes(group, member, "mine")
    asked = frozenset({GroupField.ASKED})
    async with group.work() as work:
        await narrow(work, group.act(), group.case_id, member.id, asked)
    async with group.work() as work:
        with pytest.raises(GroupRefused):
            await narrow(work, group.act(), group.case_id, member.id, asked | {GroupField.CALLED})

    part = await reads(group, member)

    assert (part.sees, part.words) == (asked, {"asked": "words of asked"})
    assert (part.tasks, part.notes, part.visit_on) == ([], [], None)
    with pytest.raises(GroupRefused):
        await writes(group, member, "more", "k2")
    async with group.work() as work:
        held = await hold_live(work, group.vault, member.id, at=group.clock.now())
        task = (await work.exec(select(GroupTask))).one()
        with pytest.raises(NotFound):
            await tick_task(work, theirs(group, member), held, task.id, done=True)
        with pytest.raises(GroupRefused):
            await ask_for(work, group.act(), group.case_id, member.id, "x", None)
        with pytest.raises(GroupRefused):
            await set_visit(work, group.act(), group.case_id, member.id, None)


async def test_a_task_is_done_and_not_done_after_all_and_of_nobody_else(
    group: GroupScene,
) -> None:
    member = await group.invites()
    other = await group.invites(phone="15400000902")
    async with group.work() as work:
        due = NOON.date()
        await ask_for(work, group.act(), group.case_id, member.id, "ring the aunt", due)
    [task] = (await reads(group, member)).tasks
    assert (task.words, task.due_on, task.done_at) == ("ring the aunt", NOON.date(), None)

    for done in (True, True, False, True):
        async with group.work() as work:
            held = await hold_live(work, group.vault, member.id, at=group.clock.now())
            await tick_task(work, theirs(group, member), held, task.id, done=done)

    assert (await reads(group, member)).tasks[0].done_at == group.clock.now()
    kinds = await group.kinds()
    assert (kinds.count("group.task_done"), kinds.count("group.task_open")) == (2, 1)
    async with group.work() as work:
        held = await hold_live(work, group.vault, other.id, at=group.clock.now())
        with pytest.raises(NotFound):
            await tick_task(work, theirs(group, other), held, task.id, done=True)
        with pytest.raises(NotFound):
            await tick_task(work, theirs(group, other), held, "none", done=True)


async def test_what_is_sent_twice_is_kept_once(group: GroupScene) -> None:
    member = await group.invites()
    for _ in range(2):
        await writes(group, member, "mine", "one try")
        await says(group, member, "cannot", "another try")

    assert len((await reads(group, member)).notes) == 2
    kinds = await group.kinds()
    assert (kinds.count("group.noted"), kinds.count("group.cannot")) == (1, 1)


async def test_those_who_answer_for_the_case_read_notes_and_leave_a_trace(
    group: GroupScene,
) -> None:
    member = await group.invites()
    await writes(group, member, CANARY)

    async with group.work() as work:
        [note] = await read_notes(work, group.act(), group.case_id, member.id)
        keep_trace(work, group.case_id, ["group"], by=LI, at=group.clock.now())
        rows = await group_of(work, group.vault, group.case_id, at=group.clock.now())

    assert note.words == CANARY
    assert (rows[0].notes, rows[0].name) == (1, "name of the member")
    told = (await group.told())[-1]
    assert (told.kind, told.actor) == ("group.notes_read", str(LI))
    async with group.work() as work:
        query = select(CaseEntry).where(CaseEntry.kind == "case.read")
        read = (await work.exec(query)).one()
    assert (read.actor, read.facts) == (str(LI), {"what": ["group"]})


async def test_who_cannot_tells_those_on_duty_without_a_word_of_the_child(
    group: GroupScene,
) -> None:
    member = await group.invites()
    async with group.work() as work:
        (await work.get_one(StationContact, "head")).language = "eng"
    await says(group, member, "cannot")
    await group.sends()

    news = [one for one in group.texts.sent if one not in group.to_member()]
    assert len(news) == 2
    assert all(group.case_id in one.body and CANARY not in one.body for one in news)
    assert {one.body.split("：")[0].split(":")[0][:2] for one in news} == {"个案", "Ca"}
    assert (await group.told())[-1].kind == "group.cannot"
    assert CANARY not in str((await group.told())[-1].facts)


async def test_while_no_station_holds_the_case_supervisors_are_told(group: GroupScene) -> None:
    await group.change(Case, group.case_id, station_id=None)
    await group.change(Line, "12355", supervisor_phone="15400000777")
    member = await group.invites()

    await says(group, member, "cannot")
    await group.sends()

    assert [one.to for one in group.texts.sent][-1] == "+8615400000777"


async def test_a_contact_who_is_told_by_mail_gets_mail(group: GroupScene) -> None:
    await group.change(StationContact, "duty", channels=["mail"], email="duty@station.example")
    member = await group.invites()

    await says(group, member, "danger")
    await group.sends()

    assert "duty@station.example" in [one.to for one in group.mails.had]
    assert any(one.written.subject.startswith("【紧急】") for one in group.mails.had)


async def test_danger_raises_the_alarm_that_only_a_person_closes(group: GroupScene) -> None:
    member = await group.invites()
    async with group.work() as work:
        for one in (await work.exec(select(Escalation))).all():
            one.state, one.next_due_at = EscalationState.CLOSED, None
            one.closed_at = group.clock.now()

    await says(group, member, "danger")
    await says(group, member, "danger")
    await group.tick()

    async with group.work() as work:
        query = select(Escalation).where(Escalation.state != EscalationState.CLOSED)
        alarm = (await work.exec(query)).one()
        flags = select(CrisisFlag).where(CrisisFlag.escalation_id == alarm.id)
        flag = (await work.exec(flags)).one()
    assert (alarm.level, alarm.call_id, flag.raised_by) == ("imminent", "call", None)
    assert alarm.next_due_at is not None
    assert DUTY in group.carrier.dialled()
    assert CANARY not in str(flag.model_dump())
    assert (await group.kinds()).count("group.danger") == 1


async def test_danger_is_told_even_where_no_call_is_left_in_the_case(group: GroupScene) -> None:
    member = await group.invites()
    async with group.work() as work:
        for link in (await work.exec(select(CaseLink))).all():
            link.ended_at = group.clock.now()

    await says(group, member, "danger")
    await group.sends()

    assert (await group.told())[-1].kind == "group.danger"
    assert any("紧急" in one.body for one in group.texts.sent)


async def test_the_carriers_word_on_such_a_text_is_taken(group: GroupScene) -> None:
    member = await group.invites()
    await says(group, member, "cannot")
    await group.sends()
    async with group.work() as work:
        query = select(Delivery).where(Delivery.purpose == "group_news")
        sent = (await work.exec(query.order_by(col(Delivery.id)))).first()
        assert sent is not None
        await news_reported(work, sent.id, "delivered", at=group.clock.now())
        await news_reported(work, member.link_delivery_id, "delivered", at=group.clock.now())

    async with group.work() as work:
        arrived = await work.get_one(Delivery, sent.id)
        link = await work.get_one(Delivery, member.link_delivery_id)
    assert (arrived.state, link.state) == (DeliveryState.DELIVERED, DeliveryState.SUBMITTED)


async def test_news_that_a_carrier_could_not_deliver_is_in_the_log(group: GroupScene) -> None:
    member = await group.invites()
    await says(group, member, "cannot")
    await group.sends()
    async with group.work() as work:
        query = select(Delivery.id).where(Delivery.purpose == "group_news")
        sent = (await work.exec(query.order_by(col(Delivery.id)))).first()
    assert sent is not None

    with capture_logs() as logs:
        for _ in range(2):
            async with group.work() as work:
                await news_reported(work, sent, "undelivered", at=group.clock.now())

    lost = [one for one in logs if one["event"] == "group.news_lost"]
    assert [(one["delivery_id"], one["why"]) for one in lost] == [(sent, "undelivered")]


async def test_who_leaves_is_out_at_once_and_their_notes_stay(group: GroupScene) -> None:
    member = await group.invites()
    session = await group.comes_in()
    await writes(group, member, CANARY)

    async with group.work() as work:
        held = await hold_live(work, group.vault, member.id, at=group.clock.now())
        await leave(work, theirs(group, member), held)

    assert not await group.is_in(session, member)
    async with group.work() as work:
        held = await work.get_one(GroupMember, member.id)
        assert await why_over(work, group.vault, held, at=group.clock.now()) is WhyOver.LEFT
        assert len((await work.exec(select(GroupNote))).all()) == 1
    assert (await group.told())[-1].actor == f"member:{member.id}"


async def test_who_was_ended_meanwhile_writes_nothing_any_more(group: GroupScene) -> None:
    member = await group.invites()
    async with group.work() as work:
        await end_member(work, group.act(), group.case_id, member.id, "over")

    with pytest.raises(GroupRefused):
        await writes(group, member, "late")
    with pytest.raises(GroupRefused):
        await says(group, member, "danger")
