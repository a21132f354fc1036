"""The number of somebody in a case, opened for one reader and one reason, which leave a trace.

As `opening` does for a caller's: supervisors of the line read it at once, and nothing of the number
is in the trace.
"""

from datetime import datetime

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.cases.queries import standing_case
from hotline.cases.timeline import CaseAct, tell_in_words
from hotline.numbers import as_people_dial
from hotline.staff.actor import Actor
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import Case, CasePerson
from hotline.storage.vault import Vault


async def open_number_in_case(
    work: Work, vault: Vault, person: CasePerson, reason: str, *, at: datetime, by: str
) -> str:
    """As people dial it; empty where none is known. Raises `SealBroken`."""
    number = open_cell(vault, person, "phone_sealed")
    case = await work.get_one(Case, await standing_case(work, person.case_id))
    new = NewAct(
        by_id=by,
        kind=ActKind.CASE_NUMBER_OPENED,
        subject=SubjectKind.CASE,
        subject_id=case.id,
        lines=frozenset({case.line_id}),
        reason=reason,
    )
    await record_act(work, new, at=at)
    act = CaseAct(vault=vault, by=Actor.of_staff(by), at=at)
    facts = {"person_id": person.id, "role": person.role}
    tell_in_words(work, act, case.id, "case.number_opened", reason, **facts)
    return as_people_dial(number) if number else ""
