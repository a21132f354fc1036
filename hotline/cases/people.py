"""Who is in a case: added, changed, gone. Each change says which field, never the words.

The person at risk is a row of their own, whoever called (demand 33). Numbers are kept in one form,
found again by their index, and opened one at a time (`callers.of_cases`). Whoever is suspected of
the harm is kept out of every call and text by their number (`handovers.guardians`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from sqlmodel import col, select

from hotline.cases.fields import Field, HowMuch, field_of, what_is_shown
from hotline.cases.model import IsMinor, Kinship, PersonRole
from hotline.cases.queries import require_case, require_line, together
from hotline.cases.refusals import refusal
from hotline.cases.service import lock_kept_case, lock_open_case
from hotline.cases.timeline import CaseAct, tell, tell_in_words
from hotline.errors import Invalid, NotFound
from hotline.handovers.guardians import block, lift
from hotline.numbers import masked, normalised
from hotline.staff.permissions import Permission, Relation
from hotline.staff.sign_in import SignedIn
from hotline.storage.sealed import open_cell, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Case, CasePerson

NO_NUMBER = "This is no telephone number: write it with its area code, or leave it out."
NO_REASON = "Write why."
NOT_SUSPECTED = "Somebody at risk is not suspected: mark the person around them."
SEALED: Mapping[str, str] = {
    "name": "name_sealed",
    "address": "address_sealed",
    "note": "note_sealed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWords:
    """What somebody knows of a person. None: they say nothing of it; empty: nothing is known."""

    role: PersonRole | None = None
    relation: Kinship | None = None
    minor: IsMinor | None = None
    name: str | None = None
    phone: str | None = None
    address: str | None = None
    note: str | None = None


async def add_person(work: Work, act: CaseAct, case_id: str, words: PersonWords) -> CasePerson:
    """Somebody more. Raises `Invalid` for a number that is none, `CaseRefused`."""
    case = await lock_open_case(work, case_id)
    if words.role is PersonRole.AT_RISK:
        await _require_none_at_risk(work, case)
    role = words.role or PersonRole.OTHER
    person = CasePerson(case_id=case.id, role=role, by=str(act.by), at=act.at)
    told = list(_written(act, person, words))
    work.add(person)
    facts = {"person_id": person.id, "role": person.role, "fields": told}
    tell(work, case.id, "case.person_added", at=act.at, actor=act.by, **facts)
    return person


async def change_person(
    work: Work, act: CaseAct, key: tuple[str, str], words: PersonWords, *, based_on: int
) -> CasePerson:
    """What is known of them by now. The same again changes nothing. Raises `CaseRefused`.

    `key`: of the case, and of the person; `based_on`: the version that the writer has seen.
    """
    case = await lock_open_case(work, key[0])
    person = await _held(work, case, key[1])
    if words.role is PersonRole.AT_RISK and person.role != PersonRole.AT_RISK:
        if person.suspected_abuser:
            raise Invalid(NOT_SUSPECTED)
        await _require_none_at_risk(work, case)
    seen = person.version
    changed = list(_written(act, person, words))
    if not changed:
        return person
    if seen != based_on:
        raise refusal("changed")
    person.version = seen + 1
    if person.suspected_abuser:
        await _keep_blocked(work, act, person)
    facts = {"person_id": person.id, "role": person.role, "fields": changed}
    tell(work, case.id, "case.person_changed", at=act.at, actor=act.by, **facts)
    return person


async def leave(work: Work, act: CaseAct, key: tuple[str, str], reason: str) -> CasePerson:
    """They have no part in it any more; what was kept of them stays. Raises `CaseRefused`."""
    words, case = required(reason), await lock_open_case(work, key[0])
    person = await _held(work, case, key[1])
    person.left_at = act.at
    facts = {"person_id": person.id, "role": person.role}
    tell_in_words(work, act, case.id, "case.person_left", words, **facts)
    return person


async def release_reporter(
    work: Work, act: CaseAct, key: tuple[str, str], reason: str
) -> CasePerson:
    """From now on whoever works the case may know who reported it (demand 43). Twice is fine.

    Of a person in the case; the number of whoever called is released by `reporters.release_caller`.
    """
    words, case = required(reason), await lock_kept_case(work, key[0])
    person = await _held(work, case, key[1])
    if person.role != PersonRole.REPORTER:
        raise NotFound
    if person.released_at is not None:
        return person
    person.released_at = act.at
    facts = {"person_id": person.id}
    tell_in_words(work, act, case.id, "case.reporter_released", words, **facts)
    return person


async def mark_suspected(work: Work, act: CaseAct, key: tuple[str, str], reason: str) -> CasePerson:
    """They may be who harms the child: nobody rings or writes to them (demand 42).

    Also in a case that is closed, and of somebody who left. Twice is fine.
    """
    words, case = required(reason), await lock_kept_case(work, key[0])
    person = await _ever_in(work, case, key[1])
    if person.role == PersonRole.AT_RISK:
        raise Invalid(NOT_SUSPECTED)
    if person.suspected_abuser:
        return person
    person.suspected_abuser = True
    person.version += 1
    await _keep_blocked(work, act, person)
    facts = {"person_id": person.id, "role": person.role}
    tell_in_words(work, act, case.id, "case.suspected", words, **facts)
    return person


async def clear_suspicion(
    work: Work, act: CaseAct, key: tuple[str, str], reason: str
) -> CasePerson:
    """A supervisor takes the mark back, also of somebody who left. Twice is fine."""
    words, case = required(reason), await lock_kept_case(work, key[0])
    person = await _ever_in(work, case, key[1])
    if not person.suspected_abuser:
        return person
    person.suspected_abuser = False
    person.version += 1
    await lift(work, person.id, by=act.by, at=act.at)
    facts = {"person_id": person.id, "role": person.role}
    tell_in_words(work, act, case.id, "case.suspicion_cleared", words, **facts)
    return person


async def visible_person(
    work: Work,
    key: tuple[str, str],
    who: SignedIn,
    wanted: Permission,
    *,
    of_line: bool = False,
) -> CasePerson:
    """Somebody of a case who is there for this reader. Raises `NotFound`, `Forbidden`.

    `of_line`: only for supervisors of its line, whoever else has the permission.
    """
    from_here = await require_case(work, key[0], who, wanted)
    if of_line:
        require_line(who, from_here, wanted)
    person = await work.get(CasePerson, key[1])
    if person is None or person.case_id not in await together(work, key[0]):
        raise NotFound
    if not may_know(person, who, from_here):
        raise NotFound
    return person


def may_know(person: CasePerson, who: SignedIn, standing: frozenset[Relation]) -> bool:
    """Whether this person is there at all for somebody: a reporter is hidden until released."""
    shown = what_is_shown(who.roles, standing)
    released = person.role == PersonRole.REPORTER and person.released_at is not None
    return shown[Field.PEOPLE if released else field_of(person.role)] is HowMuch.SHOWN


def would_reveal(person: CasePerson, role: PersonRole | None) -> bool:
    """Whether the station would know of a reporter whom nobody released, once they are this."""
    hidden = person.role == PersonRole.REPORTER and person.released_at is None
    return hidden and role not in (None, PersonRole.REPORTER)


def required(reason: str) -> str:
    """Raises `Invalid` without one."""
    if not reason.strip():
        raise Invalid(NO_REASON)
    return reason


async def _keep_blocked(work: Work, act: CaseAct, person: CasePerson) -> None:
    """Their number as it is now is what nobody rings or writes to, wherever it stands."""
    whose = {"case_id": person.case_id, "person_id": person.id}
    await block(work, **whose, number_index=person.phone_index, by=act.by, at=act.at)


async def _require_none_at_risk(work: Work, case: Case) -> None:
    query = select(CasePerson.id).where(
        col(CasePerson.case_id).in_(await together(work, case.id)),
        CasePerson.role == PersonRole.AT_RISK,
        col(CasePerson.left_at).is_(None),
    )
    if (await work.exec(query.limit(1))).first() is not None:
        raise refusal("at_risk_known")


async def _held(work: Work, case: Case, person_id: str) -> CasePerson:
    """The case is held by then, and with it who is in it. Raises `CaseRefused` once they left."""
    held = await _ever_in(work, case, person_id)
    if held.left_at is not None:
        raise refusal("gone")
    return held


async def _ever_in(work: Work, case: Case, person_id: str) -> CasePerson:
    """Also who left."""
    query = select(CasePerson).where(
        CasePerson.id == person_id, col(CasePerson.case_id).in_(await together(work, case.id))
    )
    held = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if held is None:
        raise NotFound
    return held


def _written(act: CaseAct, person: CasePerson, words: PersonWords) -> Iterator[str]:
    """The fields that are other than they were, each written."""
    for one in fields(PersonWords):
        value = getattr(words, one.name)
        if value is None:
            continue
        if one.name == "phone":
            changed = _write_phone(act, person, value)
        elif one.name in SEALED:
            changed = _write_sealed(act, person, SEALED[one.name], value.strip())
        else:
            changed = getattr(person, one.name) != value
            setattr(person, one.name, value)
        if changed:
            yield one.name


def _write_sealed(act: CaseAct, person: CasePerson, column: str, text: str) -> bool:
    if open_cell(act.vault, person, column) == text:
        return False
    setattr(person, column, seal_cell(act.vault, person, column, text))
    return True


def _write_phone(act: CaseAct, person: CasePerson, raw: str) -> bool:
    number = normalised(raw) if raw.strip() else ""
    if number is None:
        raise Invalid(NO_NUMBER)
    index = act.vault.index(number)
    if index == person.phone_index:
        return False
    person.phone_sealed = seal_cell(act.vault, person, "phone_sealed", number)
    person.phone_index, person.phone_masked = index, masked(number) if number else ""
    return True
