"""What happens with a member stands in the timeline of the case that stands for theirs."""

from datetime import datetime
from typing import Any

from hotline.cases.queries import standing_case
from hotline.cases.timeline import CaseAct, tell, tell_in_words
from hotline.staff.actor import SYSTEM, Actor
from hotline.storage.session import Work
from hotline.storage.tables import GroupMember


async def tell_of(
    work: Work,
    member: GroupMember,
    kind: str,
    *,
    at: datetime,
    actor: Actor = SYSTEM,
    **facts: Any,
) -> None:
    """One entry. Ids and codes only."""
    standing = await standing_case(work, member.case_id)
    tell(work, standing, f"group.{kind}", at=at, actor=actor, **_of(member), **facts)


async def tell_words_of(
    work: Work, act: CaseAct, member: GroupMember, kind: str, words: str
) -> None:
    """One with what somebody wrote, sealed for it."""
    standing = await standing_case(work, member.case_id)
    tell_in_words(work, act, standing, f"group.{kind}", words, **_of(member))


def _of(member: GroupMember) -> dict[str, str]:
    """Which member, and what they are: a sentence needs no name to be understood."""
    return {"member_id": member.id, "member_kind": member.kind}
