"""The people of a case as far as they are this reader's to know, by `fields`."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.cases.model import PersonRole
from hotline.cases.people import may_know
from hotline.staff.permissions import Relation
from hotline.staff.sign_in import SignedIn
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import CasePerson
from hotline.storage.vault import Vault

ORDER = tuple(PersonRole)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSeen:
    """Somebody in a case. Name, address and note: None where they are not opened.

    `phone`: masked, empty where none is known. `released`: of a reporter.
    """

    id: str
    role: str
    relation: str
    minor: str
    name: str | None
    phone: str
    address: str | None
    note: str | None
    suspected_abuser: bool
    released: bool
    version: int
    at: datetime


async def people_of(
    work: Work,
    ids: frozenset[str],
    who: SignedIn,
    standing: frozenset[Relation],
    *,
    vault: Vault | None = None,
) -> list[PersonSeen]:
    """Those who are in it now, the person at risk first. `vault`: where the words are opened."""
    query = select(CasePerson).where(
        col(CasePerson.case_id).in_(ids), col(CasePerson.left_at).is_(None)
    )
    found = (await work.exec(query.order_by(col(CasePerson.at), col(CasePerson.id)))).all()
    known = [one for one in found if may_know(one, who, standing)]
    return [_seen(one, vault) for one in sorted(known, key=_place)]


def _place(person: CasePerson) -> int:
    return ORDER.index(PersonRole(person.role))


def _seen(person: CasePerson, vault: Vault | None) -> PersonSeen:
    name, address, note = (
        None if vault is None else open_cell(vault, person, column)
        for column in ("name_sealed", "address_sealed", "note_sealed")
    )
    return PersonSeen(
        id=person.id,
        role=person.role,
        relation=person.relation,
        minor=person.minor,
        name=name,
        phone=person.phone_masked,
        address=address,
        note=note,
        suspected_abuser=person.suspected_abuser,
        released=person.released_at is not None,
        version=person.version,
        at=person.at,
    )
