"""An invitation is a hand-over: what carries it, who is never invited, and how it ends."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlmodel import select

from hotline.cases.model import CaseResult, CaseState
from hotline.cases.service import CaseEnd, close_case, lock_case, open_again
from hotline.errors import GroupRefused, Invalid, NotFound
from hotline.escalations.model import EscalationState
from hotline.handovers.consents import withdraw
from hotline.handovers.guardians import block
from hotline.handovers.model import (
    Basis,
    DataKind,
    Purpose,
    RecipientKind,
    Scope,
    WithdrawnWho,
)
from hotline.helpgroups.grounds import Ground, consents_for
from hotline.helpgroups.living import WhyOver
from hotline.helpgroups.queries import group_of, read_notes
from hotline.helpgroups.rights import GroupField, MemberKind
from hotline.helpgroups.service import (
    ask_for,
    end_member,
    invite,
    lock_member,
    narrow,
    renew_link,
    set_visit,
)
from hotline.storage.sealed import open_cell, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import (
    Case,
    CasePerson,
    DataConsent,
    Escalation,
    GroupMember,
    Provision,
)
from tests.hotline.handovers.conftest import LI
from tests.hotline.helpgroups.conftest import DAY_S, TEACHER_MAIL, TEACHER_PHONE, GroupScene

pytestmark = pytest.mark.anyio

DONE = CaseEnd(CaseResult.SAFE, "well")
HIS = [{"phone": f"+86{TEACHER_PHONE}"}, {"name": "Name  of the Member"}]

TO_GROUP = Scope.of(
    [RecipientKind.SCHOOL], [Purpose.HELP_GROUP], [DataKind.IDENTITY, DataKind.PLAN]
)


async def mother_agrees(group: GroupScene) -> DataConsent:
    return await group.given(group.by_mother(scope=TO_GROUP))


def by_consent(consent: DataConsent) -> Ground:
    return Ground(basis=Basis.GUARDIAN_CONSENT, consent_id=consent.id)


async def test_it_stands_in_the_ledger_and_in_the_case_with_what_is_shown(
    group: GroupScene,
) -> None:
    consent = await mother_agrees(group)

    member = await group.invites(ground=by_consent(consent))

    async with group.work() as work:
        provision = (await work.exec(select(Provision))).one()
    assert (provision.id, provision.consent_id) == (member.provision_id, consent.id)
    assert (provision.recipient_kind, provision.purpose) == ("school", "help_group")
    assert (provision.recipient, provision.kinds) == ("第一中学", ["identity", "plan"])
    [told] = await group.told()
    assert (told.kind, told.facts["member_id"]) == ("group.invited", member.id)
    assert told.facts["legal_basis"] == "guardian_consent"
    assert await group.why(member) is None


async def test_a_consent_that_does_not_go_that_far_carries_nobody(group: GroupScene) -> None:
    consent = await group.given(group.by_mother())  # to the school, and for support alone

    with pytest.raises(Invalid):
        await group.invites(ground=by_consent(consent))
    with pytest.raises(Invalid):  # to the school, and no doctor
        await group.invites(MemberKind.DOCTOR, ground=by_consent(await mother_agrees(group)))
    with pytest.raises(Invalid):
        await group.invites(ground=Ground(basis=Basis.CONSENT))

    async with group.work() as work:
        assert (await work.exec(select(GroupMember))).all() == []
        assert (await work.exec(select(Provision))).all() == []
    assert group.texts.sent == []


async def test_only_consents_that_name_such_a_body_are_offered(group: GroupScene) -> None:
    consent = await mother_agrees(group)
    await group.given(group.by_mother())

    async with group.work() as work:
        teacher = await consents_for(work, group.case_id, MemberKind.CLASS_TEACHER)
        doctor = await consents_for(work, group.case_id, MemberKind.DOCTOR)

    assert [one.id for one in teacher] == [consent.id]
    assert doctor == []


async def test_an_emergency_stands_on_the_flag_that_is_open(group: GroupScene) -> None:
    await group.invites(ground=Ground(basis=Basis.EMERGENCY))

    async with group.work() as work:
        provision = (await work.exec(select(Provision))).one()
    assert (provision.urgency, provision.supervisor_id) == ("imminent", None)
    assert provision.tell_due_at is not None


async def test_a_flag_that_was_closed_is_no_emergency_any_more(group: GroupScene) -> None:
    async with group.work() as work:
        for one in (await work.exec(select(Escalation))).all():
            one.state, one.next_due_at = EscalationState.CLOSED, None
            one.closed_at = group.clock.now()

    with pytest.raises(Invalid, match="flag"):
        await group.invites(ground=Ground(basis=Basis.EMERGENCY))


async def test_a_withdrawn_consent_ends_the_membership_at_once(group: GroupScene) -> None:
    consent = await mother_agrees(group)
    member = await group.invites(ground=by_consent(consent))
    session = await group.comes_in()
    now = group.clock.now()

    async with group.work() as work:
        giver = WithdrawnWho.GIVER
        await withdraw(work, consent.id, who=giver, withdrawn_at=now, by=LI, at=now)

    assert await group.why(member) is WhyOver.BASIS_GONE
    assert not await group.is_in(session, member)


async def suspect(group: GroupScene, *, phone: str = "", name: str = "") -> None:
    """The father is suspected of the harm; his mark is set after that."""
    async with group.work() as work:
        father = await work.get_one(CasePerson, "father")
        father.suspected_abuser = True
        father.phone_index = group.vault.index(phone)
        father.name_sealed = seal_cell(group.vault, father, "name_sealed", name)


@pytest.mark.parametrize("his", HIS)
async def test_nobody_who_is_suspected_is_invited_by_name_or_by_number(
    group: GroupScene, his: dict[str, str]
) -> None:
    await suspect(group, **his)

    with pytest.raises(GroupRefused, match="suspected"):
        await group.invites()

    assert group.texts.sent == []


@pytest.mark.parametrize("his", HIS)
async def test_who_turns_out_to_be_suspected_reads_no_further(
    group: GroupScene, his: dict[str, str]
) -> None:
    member = await group.invites()
    session = await group.comes_in()

    await suspect(group, **his)

    assert await group.why(member) is WhyOver.BLOCKED
    assert not await group.is_in(session, member)


async def test_to_somebody_suspected_no_link_leaves_that_was_asked_for_before(
    group: GroupScene,
) -> None:
    async with group.work() as work:
        wanted = group.invited(phone="", mail=TEACHER_MAIL)
        member = await invite(work, group.act(), group.case_id, wanted)

    await suspect(group, name="Name  of the Member")
    await group.sends()

    assert group.mails.had == []
    assert await group.why(member) is WhyOver.BLOCKED


async def test_a_name_that_nobody_wrote_is_nobodys(group: GroupScene) -> None:
    member = await group.invites(phone="", mail=TEACHER_MAIL, name=" ")

    await suspect(group)

    assert await group.why(member) is None


async def block_teacher(group: GroupScene) -> None:
    """Nobody writes to that number, whoever's it is: no mark in this case says so."""
    index = group.vault.index(f"+86{TEACHER_PHONE}")
    async with group.work() as work:
        at = group.clock.now()
        await block(
            work, case_id=group.case_id, person_id="father", number_index=index, by=LI, at=at
        )


async def test_whose_number_is_blocked_meanwhile_reads_no_further(group: GroupScene) -> None:
    member = await group.invites()
    session = await group.comes_in()

    await block_teacher(group)

    assert await group.why(member) is WhyOver.BLOCKED
    assert not await group.is_in(session, member)


async def test_a_number_that_another_case_blocks_gets_no_link(group: GroupScene) -> None:
    await block_teacher(group)

    with pytest.raises(GroupRefused, match="suspected"):
        await group.invites()


@pytest.mark.parametrize(
    "other",
    [
        {"phone": "", "mail": ""},
        {"phone": "12355"},
        {"phone": "nonsense"},
        {"mail": "no address"},
        {"mail": "two@a.example,three@b.example"},
        {"words": {GroupField.HEALTH: "not for a teacher"}},
        {"tasks": ("one", ""), "fields": frozenset({GroupField.ASKED})},
    ],
)
async def test_what_makes_no_sense_is_refused(group: GroupScene, other: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        await group.invites(**other)


async def test_more_than_their_kind_sees_is_refused(group: GroupScene) -> None:
    with pytest.raises(GroupRefused):
        await group.invites(fields=frozenset({GroupField.KNOWN}), words={})


async def test_it_lasts_ninety_days_unless_said_otherwise_and_a_year_at_most(
    group: GroupScene,
) -> None:
    usual, longest = await group.invites(), await group.invites(days=1000)

    assert [(one.ends_at - one.at).days for one in (usual, longest)] == [90, 365]
    group.clock.advance(90 * DAY_S)
    assert await group.why(usual) is WhyOver.EXPIRED
    assert await group.why(longest) is None


async def test_it_ends_with_the_case_and_does_not_come_back_with_it(group: GroupScene) -> None:
    member = await group.invites()
    async with group.work() as work:
        await close_case(work, group.act(), group.case_id, DONE, looks=())

    assert await group.why(member) is WhyOver.CASE_CLOSED
    with pytest.raises(GroupRefused):
        await group.invites()
    group.clock.advance(-DAY_S)  # set back: the order of the timeline counts
    async with group.work() as work:
        case = await lock_case(work, group.case_id)
        open_again(work, case, by=LI, at=group.clock.now())
    assert await group.why(member) is WhyOver.CASE_CLOSED
    assert await group.why(await group.invites()) is None


async def test_it_ends_by_hand_with_a_reason_that_is_sealed(group: GroupScene) -> None:
    member = await group.invites()
    session = await group.comes_in()
    async with group.work() as work:
        with pytest.raises(Invalid):
            await end_member(work, group.act(), group.case_id, member.id, " ")
        await end_member(work, group.act(), group.case_id, member.id, "another school")
        await end_member(work, group.act(), group.case_id, member.id, "again")

    assert await group.why(member) is WhyOver.BY_HAND
    assert not await group.is_in(session, member)
    assert (await group.kinds()).count("group.ended") == 1
    assert "another school" not in str([one.facts for one in await group.told()])


async def test_who_is_no_member_gets_no_task_no_link_and_no_date(group: GroupScene) -> None:
    member = await group.invites()
    async with group.work() as work:
        await end_member(work, group.act(), group.case_id, member.id, "over")
    where = (group.case_id, member.id)

    acts: list[Callable[[Work], Awaitable[None]]] = [
        lambda work: renew_link(work, group.act(), *where),
        lambda work: narrow(work, group.act(), *where, frozenset()),
        lambda work: ask_for(work, group.act(), *where, "x", None),
        lambda work: set_visit(work, group.act(), *where, None),
    ]
    for late in acts:
        async with group.work() as work:
            with pytest.raises(GroupRefused):
                await late(work)


async def test_a_member_of_another_case_is_none_of_this_one(group: GroupScene) -> None:
    member = await group.invites()
    await group.add(group.call("other"))
    await group.change(Case, group.case_id, number="1000000")
    await group.flag("key-2", call="other")
    async with group.work() as work:
        query = select(Case.id).where(Case.id != group.case_id)
        other = (await work.exec(query)).one()

    async with group.work() as work:
        with pytest.raises(NotFound):
            await end_member(work, group.act(), other, member.id, "not theirs")
        with pytest.raises(NotFound):
            await read_notes(work, group.act(), other, member.id)


async def test_members_of_a_case_that_was_merged_act_on_the_one_that_stands(
    group: GroupScene,
) -> None:
    member = await group.invites()
    await group.add(group.call("other"))
    await group.flag("key-2", call="other")
    async with group.work() as work:
        query = select(Case.id).where(Case.id != group.case_id)
        standing = (await work.exec(query)).one()
    await group.change(Case, group.case_id, merged_into_id=standing)

    await group.comes_in()
    async with group.work() as work:
        rows = await group_of(work, group.vault, standing, at=group.clock.now())

    assert [(one.id, one.state) for one in rows] == [(member.id, "joined")]
    assert (await group.told())[-1].case_id == standing
    assert {one.kind for one in rows[0].events} >= {"group.invited", "group.joined"}
    async with group.work() as work:
        await close_case(work, group.act(), standing, DONE, looks=())
    assert await group.why(member) is WhyOver.CASE_CLOSED


async def test_who_was_invited_while_the_case_was_closing_is_no_member(group: GroupScene) -> None:
    member = await group.invites()
    # Its entry came before the invitation, so that the order of the timeline says nothing.
    await group.change(Case, group.case_id, state=CaseState.CLOSED, closed_at=group.clock.now())

    assert await group.why(member) is WhyOver.CASE_CLOSED


async def test_names_numbers_and_words_lie_sealed_in_rows_of_their_own(group: GroupScene) -> None:
    member = await group.invites(mail=TEACHER_MAIL, tasks=("a task of a canary",))

    async with group.work() as work:
        row = await lock_member(work, member.id)
        tables = [str(one) for one in (await work.exec(select(GroupMember))).all()]
    assert open_cell(group.vault, row, "name_sealed") == "name of the member"
    assert open_cell(group.vault, row, "phone_sealed") == f"+86{TEACHER_PHONE}"
    assert open_cell(group.vault, row, "mail_sealed") == TEACHER_MAIL
    assert open_cell(group.vault, row, "asked_sealed") == "words of asked"
    for word in ("name of the member", TEACHER_PHONE, TEACHER_MAIL, "words of"):
        assert word not in str(tables)
