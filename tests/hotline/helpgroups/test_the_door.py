"""A link shows nothing, a code opens once, five wrong ones shut it; and what an attacker tries."""

import asyncio
import re

import pytest
from sqlmodel import select

from hotline.deliveries.model import DeliveryState
from hotline.deliveries.service import lock_delivery
from hotline.errors import GroupRefused
from hotline.helpgroups.door import (
    MOST_CODES,
    DoorState,
    ask_for_code,
    tell_code,
)
from hotline.helpgroups.letters import post_reported
from hotline.helpgroups.service import end_member, invite, renew_link
from hotline.storage.tables import (
    Delivery,
    GroupCode,
    GroupLink,
    GroupMember,
    GroupSession,
    Line,
)
from tests.hotline.helpgroups.conftest import CODE, LINK, TEACHER_MAIL, TEACHER_PHONE, GroupScene
from tests.hotline.locks import somebody_waits_for_a_lock

pytestmark = pytest.mark.anyio

S = DoorState
HOUR_S = 3600


def another(code: str) -> str:
    """Six other digits."""
    return f"{(int(code) + 1) % 10**6:06}"


async def row(group: GroupScene, member: GroupMember) -> GroupMember:
    async with group.work() as work:
        return await work.get_one(GroupMember, member.id)


# ── what is sent ────────────────────────────────────────────────────────────────────────────────


async def test_link_and_code_come_apart_and_say_nothing_of_what_they_are_about(
    group: GroupScene,
) -> None:
    await group.invites()
    await group.comes_in()

    link, code = group.to_member()
    assert LINK.search(link.body)
    assert not CODE.search(link.body.replace(group.token, ""))
    assert CODE.search(code.body)
    assert "/g/" not in code.body
    for text in (link.body, code.body):
        assert not re.search("青少年|热线|个案|孩子|帮扶|心理|name of the member|words of", text)


async def test_neutral_texts_come_from_the_neutral_number(group: GroupScene) -> None:
    await group.change(Line, "12355", text_number="02000000777")

    await group.invites()

    assert [one.from_ for one in group.to_member()] == ["02000000777"]


async def test_where_there_is_a_mail_address_the_link_goes_there_and_the_code_to_the_phone(
    group: GroupScene,
) -> None:
    await group.invites(mail=TEACHER_MAIL, language="eng")
    [mail] = group.mails.had
    assert (mail.to, mail.written.subject) == (TEACHER_MAIL, "You are asked for your help.")

    await group.comes_in()

    assert [one.body.split()[0] for one in group.to_member()] == ["Your"]


async def test_who_has_a_mail_address_alone_is_told_the_code_by_telephone(
    group: GroupScene,
) -> None:
    member = await group.invites(phone="", mail=TEACHER_MAIL)
    assert not (await group.looks()).by_text
    assert await group.asks() is S.ASKS

    async with group.work() as work:
        code = await tell_code(work, group.act(), group.case_id, member.id)

    assert (await group.enters(code)).state is S.OPEN
    assert "group.code_told" in await group.kinds()
    assert code not in str([one.facts for one in await group.told()])


async def test_no_row_holds_a_link_a_code_or_an_address(group: GroupScene) -> None:
    await group.invites()
    session = await group.comes_in()

    rows = []
    async with group.work() as work:
        for table in (GroupLink, GroupCode, GroupSession, Delivery, GroupMember):
            rows += [str(one.model_dump()) for one in (await work.exec(select(table))).all()]
    for secret in (group.token, session, group.code, TEACHER_PHONE):
        assert secret not in "".join(rows)
    assert len(group.token) >= 22  # 128 bits in letters of six


async def test_a_text_that_did_not_arrive_is_told_in_the_case(group: GroupScene) -> None:
    member = await group.invites()

    async with group.work() as work:
        sent = member.link_delivery_id
        await post_reported(work, sent, "undelivered", at=group.clock.now(), sid="SM1")
        await post_reported(work, sent, "undelivered", at=group.clock.now(), sid="SM1")
        await post_reported(work, "no such", "delivered", at=group.clock.now())

    assert (await group.kinds()).count("group.not_reached") == 1
    async with group.work() as work:
        assert (await lock_delivery(work, sent)).state == DeliveryState.FAILED


async def test_a_link_that_nobody_needs_any_more_is_not_sent(group: GroupScene) -> None:
    async with group.work() as work:
        member = await invite(work, group.act(), group.case_id, group.invited())
        await end_member(work, group.act(), group.case_id, member.id, "at once")

    await group.sends()

    assert group.texts.sent == []


# ── looking ─────────────────────────────────────────────────────────────────────────────────────


async def test_looking_sends_nothing_uses_nothing_up_and_shows_nothing(group: GroupScene) -> None:
    member = await group.invites()
    await group.asks()
    before, sent = await row(group, member), len(group.texts.sent)

    seen = [await group.looks() for _ in range(30)]
    await group.sends()

    assert {one.state for one in seen} == {S.ASKS}
    assert (await row(group, member)).model_dump() == before.model_dump()
    assert len(group.texts.sent) == sent
    assert (await group.enters(group.code)).state is S.OPEN


@pytest.mark.parametrize("token", ["", "x", "0" * 10_000, "%00", "ä"])
async def test_a_link_that_nobody_made_says_nothing(group: GroupScene, token: str) -> None:
    await group.invites()
    token = token or "-"

    assert (await group.looks(token)).state is S.UNKNOWN
    assert await group.asks(token) is S.UNKNOWN
    assert (await group.enters("123456", token)).state is S.UNKNOWN


async def test_a_longer_link_that_begins_as_ours_is_not_ours(group: GroupScene) -> None:
    await group.invites()

    assert (await group.looks(group.token + "x")).state is S.UNKNOWN


# ── codes ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_code_works_once(group: GroupScene) -> None:
    member = await group.invites()
    session = await group.comes_in()

    assert (await group.enters(group.code)).state is S.NO_CODE
    assert await group.is_in(session, member)
    assert await group.kinds() == ["group.invited", "group.joined"]


async def test_the_next_visit_needs_a_new_code_and_ends_the_earlier_browser(
    group: GroupScene,
) -> None:
    member = await group.invites()
    first = await group.comes_in()
    group.clock.advance(HOUR_S)
    second = await group.comes_in()

    assert (await group.is_in(first, member), await group.is_in(second, member)) == (False, True)
    assert (await group.kinds())[-1] == "group.signed_in"


async def test_digits_may_be_typed_as_people_type_them(group: GroupScene) -> None:
    await group.invites()
    await group.asks()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in group.code)

    assert (await group.enters(f" {wide[:3]} {wide[3:]} ")).state is S.OPEN


async def test_after_ten_minutes_a_code_is_worth_nothing_and_is_no_wrong_one(
    group: GroupScene,
) -> None:
    member = await group.invites()
    await group.asks()
    group.clock.advance(601)

    assert (await group.enters(group.code)).state is S.NO_CODE
    assert (await row(group, member)).tries == 0


async def test_only_the_newest_code_counts(group: GroupScene) -> None:
    await group.invites()
    await group.asks()
    first = group.code
    group.clock.advance(61)
    await group.asks()

    if first != group.code:
        assert (await group.enters(first)).state is S.WRONG_CODE
    assert (await group.enters(group.code)).state is S.OPEN


async def test_an_empty_form_is_no_try(group: GroupScene) -> None:
    member = await group.invites()
    await group.asks()

    for nothing in ("", " ", "", "", "", ""):
        assert (await group.enters(nothing)).state is S.ASKS
    assert (await row(group, member)).tries == 0


async def test_five_wrong_codes_shut_the_link_until_somebody_sends_a_new_one(
    group: GroupScene,
) -> None:
    member = await group.invites()
    await group.asks()
    wrong = another(group.code)

    said = [(await group.enters(wrong)).state for _ in range(5)]

    assert said == [S.WRONG_CODE] * 4 + [S.LOCKED]
    assert (await group.enters(group.code)).state is S.LOCKED
    assert await group.asks() is S.LOCKED
    group.clock.advance(30 * 24 * HOUR_S)  # for good
    assert (await group.looks()).state is S.LOCKED
    assert (await group.kinds())[-1] == "group.locked"
    async with group.work() as work:
        with pytest.raises(GroupRefused, match="new one first"):
            await tell_code(work, group.act(), group.case_id, member.id)

    old = group.token
    async with group.work() as work:
        await renew_link(work, group.act(), group.case_id, member.id)
    await group.sends()

    assert (await group.looks(old)).state is S.UNKNOWN
    assert await group.is_in(await group.comes_in(), member)


async def test_a_new_code_brings_no_new_tries(group: GroupScene) -> None:
    await group.invites()
    said = []
    for _ in range(5):
        await group.asks()
        said.append((await group.enters(another(group.code))).state)
        group.clock.advance(61)

    assert said[-1] is S.LOCKED


async def test_guesses_that_come_all_at_once_are_five_and_no_more(group: GroupScene) -> None:
    member = await group.invites()
    await group.asks()
    wrong = another(group.code)

    said = await asyncio.gather(*(group.enters(wrong) for _ in range(12)))

    states = [one.state for one in said]
    assert (states.count(S.WRONG_CODE), states.count(S.LOCKED)) == (4, 8)
    assert (await row(group, member)).tries == 5


async def test_a_code_that_is_entered_twice_at_once_opens_one_browser(group: GroupScene) -> None:
    await group.invites()
    await group.asks()

    said = await asyncio.gather(*(group.enters(group.code) for _ in range(4)))

    assert sorted(one.state for one in said) == [S.NO_CODE] * 3 + [S.OPEN]


async def test_a_guess_that_waits_while_a_new_link_is_sent_guesses_at_nothing(
    group: GroupScene,
) -> None:
    member = await group.invites()
    await group.asks()
    async with group.work() as work:
        await renew_link(work, group.act(), group.case_id, member.id)
        await work.flush()
        late = asyncio.create_task(group.enters(group.code))
        await somebody_waits_for_a_lock(group.database)

    assert (await late).state is S.UNKNOWN


async def test_codes_are_sent_one_a_minute_and_eight_a_day(group: GroupScene) -> None:
    await group.invites()
    assert await group.asks() is S.SENT
    assert await group.asks() is S.TOO_SOON
    said = []
    for _ in range(MOST_CODES):
        group.clock.advance(61)
        said.append(await group.asks())

    assert said == [S.SENT] * (MOST_CODES - 1) + [S.TOO_SOON]
    group.clock.advance(24 * HOUR_S)
    assert await group.asks() is S.SENT


async def test_many_who_ask_at_once_are_sent_one(group: GroupScene) -> None:
    await group.invites()
    token = group.token

    async def ask() -> DoorState:
        async with group.work() as work:
            return (await ask_for_code(work, group.vault, token, at=group.clock.now())).state

    said = await asyncio.gather(*(ask() for _ in range(8)))

    assert sorted(said) == [S.SENT] + [S.TOO_SOON] * 7
