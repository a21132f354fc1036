"""What of a case goes to a receiver, and on which basis. Nothing else here hands anything over."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from hotline.cases.model import PersonRole
from hotline.errors import Invalid
from hotline.handovers.model import Article, Basis, DataKind, Purpose, RecipientKind
from hotline.handovers.provision import provide
from hotline.handovers.queries import still_stands
from hotline.staff.actor import Actor
from hotline.storage.sealed import open_cell, place_in
from hotline.storage.session import Work
from hotline.storage.tables import CasePerson, Provision, Referral, ReferralPlace
from hotline.storage.vault import Vault

NOBODY_KNOWN = "The case names nobody yet: write down who it is about, or hand over less."
SUSPECTED = (
    "Every guardian of this case is suspected of the harm: nothing of theirs is handed over."
    " Leave the guardian out."
)
NO_WORDS = "Write the reason in words, or do not hand any over."

MAY_BE_HANDED = (
    DataKind.IDENTITY,
    DataKind.CONTACT,
    DataKind.WHEREABOUTS,
    DataKind.FAMILY,
    DataKind.STORY,
)
ALWAYS = DataKind.RISK  # why, and how soon: without it nobody could say whether they take it

# The first that holds: what sort of body a place is, and what it is told for.
BODIES: Mapping[str, tuple[RecipientKind, Purpose]] = {
    "hospital": (RecipientKind.HOSPITAL, Purpose.TREATMENT),
    "protection": (RecipientKind.STATION, Purpose.PROTECTION),
    "legal_aid": (RecipientKind.LEGAL_AID, Purpose.LEGAL_HELP),
    "youth_post": (RecipientKind.YOUTH_LEAGUE, Purpose.SUPPORT),
    "volunteers": (RecipientKind.YOUTH_LEAGUE, Purpose.SUPPORT),
    "school": (RecipientKind.SCHOOL, Purpose.SUPPORT),
    "shelter": (RecipientKind.CIVIL_AFFAIRS, Purpose.SUPPORT),
    "welfare": (RecipientKind.CIVIL_AFFAIRS, Purpose.SUPPORT),
}
ANY_BODY = RecipientKind.SOCIAL_WORK, Purpose.SUPPORT


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """On what the hand-over stands. `supervisor_id`: who says that it is an emergency."""

    basis: Basis
    consent_id: str | None = None
    article: Article | None = None
    escalation_id: str | None = None
    supervisor_id: str | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """One thing that the receiver reads. `kind`: a word of `data_kind`."""

    kind: str
    said: str


def body_of(place: ReferralPlace) -> tuple[RecipientKind, Purpose]:
    """What sort of body it is, and what it is told for."""
    return next((body for kind, body in BODIES.items() if kind in place.kinds), ANY_BODY)


async def about_person(
    work: Work, vault: Vault, case_ids: Collection[str], kinds: Collection[str]
) -> list[Handed]:
    """What the case says of these kinds, exactly as it would be handed over."""
    query = select(CasePerson).where(
        col(CasePerson.case_id).in_(case_ids), col(CasePerson.left_at).is_(None)
    )
    people = (await work.exec(query.order_by(col(CasePerson.at), col(CasePerson.id)))).all()
    theirs = [one for one in people if one.role == PersonRole.AT_RISK]
    guardians = [one for one in people if one.role == PersonRole.GUARDIAN]
    trusted = [one for one in guardians if not one.suspected_abuser]
    if DataKind.FAMILY in kinds and guardians and not trusted:
        raise Invalid(SUSPECTED)
    found = [
        *_said(vault, DataKind.IDENTITY, theirs, "name_sealed"),
        *_said(vault, DataKind.CONTACT, theirs, "phone_sealed"),
        *_said(vault, DataKind.WHEREABOUTS, theirs, "address_sealed"),
        *_said(vault, DataKind.FAMILY, trusted, "name_sealed", "phone_sealed"),
    ]
    return [one for one in found if one.kind in kinds]


def _said(
    vault: Vault, kind: DataKind, people: Sequence[CasePerson], *columns: str
) -> list[Handed]:
    told = [" ".join(filter(None, (open_cell(vault, one, of) for of in columns))) for one in people]
    return [Handed(kind, words) for words in told if words]


async def compose(
    work: Work, vault: Vault, case_ids: Collection[str], kinds: Collection[str], words: str
) -> list[Handed]:
    """What the receiver gets. Raises `Invalid` where a kind that was chosen holds nothing."""
    if DataKind.STORY in kinds and not words.strip():
        raise Invalid(NO_WORDS)
    found = await about_person(work, vault, case_ids, kinds)
    if {DataKind.IDENTITY, DataKind.CONTACT} & {*kinds} and not found:
        raise Invalid(NOBODY_KNOWN)
    story = [Handed(DataKind.STORY, words.strip())] if DataKind.STORY in kinds else []
    return [*found, *story]


def sealed_document(vault: Vault, referral: Referral, handed: Sequence[Handed]) -> str:
    """What was handed over, as it was at that moment: the ledger and the receiver read the same."""
    document = json.dumps([[one.kind, one.said] for one in handed], ensure_ascii=False)
    return vault.seal(document, place=place_in(Referral, "handed_sealed", id=referral.id))


def open_document(vault: Vault, referral: Referral) -> list[Handed]:
    """As the receiver reads it."""
    if not referral.handed_sealed:
        return []
    return [Handed(*one) for one in json.loads(open_cell(vault, referral, "handed_sealed"))]


async def hand_over(
    work: Work,
    referral: Referral,
    place: ReferralPlace,
    grounds: Grounds,
    *,
    together: Collection[str],
    by: Actor,
) -> Provision:
    """Into the ledger, in the unit of work of the referral. Raises `HandOverRefused`.

    `together`: all cases and calls that are read as one with the referral's.
    """
    body, purpose = body_of(place)
    return await provide(
        work,
        case_id=referral.case_id,
        call_id=None,
        recipient_kind=body,
        recipient=place.name["zh"],
        recipient_id=place.id,
        purpose=purpose,
        kinds=[DataKind(kind) for kind in referral.kinds],
        basis=grounds.basis,
        consent_id=grounds.consent_id,
        article=grounds.article,
        escalation_id=grounds.escalation_id,
        supervisor_id=grounds.supervisor_id,
        together=together,
        by=by,
        at=referral.at,
    )


async def is_carried(work: Work, referral: Referral) -> bool:
    """Whether what was handed over may still be shown to the receiver."""
    return bool(referral.provision_id) and await still_stands(work, referral.provision_id)
