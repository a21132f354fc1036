"""The ledger: each hand-over of personal data to another body, with what carries it.

Whoever hands data over calls `provide` in the same unit of work; where nothing carries it, nothing
of it happens. 网络数据安全管理条例 §12: the ledger is kept for three years.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict, Unpack

from sqlmodel import select

from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.handovers.consents import carries, lock_consent, scope_of
from hotline.handovers.guardians import is_suspected
from hotline.handovers.model import (
    Article,
    Basis,
    DataKind,
    Giver,
    Purpose,
    RecipientKind,
    ToldHow,
    Urgency,
    needs_guardian,
)
from hotline.staff.actor import Actor
from hotline.staff.model import Role
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Consent, Escalation, Provision, Staff
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

TELL_WITHIN = timedelta(days=3)  # PIPL §18 says "in time" and no number

NOTHING = "Say which data are handed over."
NOBODY = "Say to which body the data go."
NO_CONSENT = "Name the consent that this hand-over stands on."
ANOTHER_CASE = "This consent was given for another case."
WITHDRAWN = "This consent was withdrawn: ask again, or name another basis."
SUSPECTED = (
    "This guardian is suspected of the harm, so that their consent does not count: another"
    " guardian's, a statutory duty or an emergency would carry it."
)
GUARDIAN_FIRST = (
    "Under 14, or of unknown age: a guardian's consent is needed. Without it only a statutory duty"
    " or an emergency carries this hand-over."
)
NOT_A_GUARDIANS = "This is not a guardian's consent: name it as the person's own."
NOT_THE_PERSONS = "This is a guardian's consent: name it as such."
TOO_FAR = (
    "The consent does not go that far: ask for one that names this body, this purpose and these"
    " data, or name another basis."
)
NO_ARTICLE = "Name the law that commands this hand-over."
NO_EMERGENCY = (
    "An emergency needs an open flag of high or imminent danger, or a supervisor who says so. Else"
    " a consent or a statutory duty would carry this hand-over."
)
NOT_OWED = "Nobody has to be told of this hand-over afterwards, or it was settled already."
NOT_TOLD_YET = "The person cannot have been told before the hand-over, or in the future."
WHY_NOT_TOLD = "Write why the person is not told."


class HandOver(TypedDict):
    """What is handed to whom, and what carries it.

    `recipient`: the name of the body, never of a person. `together`: ids of cases and calls that
    are read as one with `case_id` and `call_id`: a consent of any of them counts.
    `escalation_id`: the one whose station or service takes it; in an emergency, its ground.
    `once`: a key under which it is written once, such as a station's of an escalation.
    """

    case_id: str | None
    call_id: str | None
    recipient_kind: RecipientKind
    recipient: str
    purpose: Purpose
    kinds: Collection[DataKind]
    basis: Basis
    consent_id: str | None
    by: Actor
    at: datetime
    recipient_id: NotRequired[str]
    escalation_id: NotRequired[str | None]
    article: NotRequired[Article | None]
    supervisor_id: NotRequired[str | None]
    together: NotRequired[Collection[str]]
    once: NotRequired[str]


async def provide(work: Work, **handed: Unpack[HandOver]) -> Provision:
    """Write it into the ledger. Raises `Invalid`: the basis does not carry it, and what would.

    Asked again under the same key, it is what stands there.
    """
    _check(handed)
    known = await _of_key(work, handed.get("once"))
    if known is not None:
        return known
    provision = _row(handed)
    match handed["basis"]:
        case Basis.CONSENT | Basis.GUARDIAN_CONSENT:
            provision.consent_id = (await _carried_by_consent(work, handed)).id
        case Basis.STATUTORY_DUTY:
            provision.article = _commanded_by(handed)
        case Basis.EMERGENCY:
            provision.urgency = await _urgency(work, handed)
            provision.supervisor_id = handed.get("supervisor_id")
            provision.tell_due_at = handed["at"] + TELL_WITHIN
    work.add(provision)
    await work.flush()
    return provision


def _check(handed: HandOver) -> None:
    if not handed["kinds"]:
        raise Invalid(NOTHING)
    if not handed["recipient"].strip():
        raise Invalid(NOBODY)


def _row(handed: HandOver) -> Provision:
    return Provision(
        id=new_id(),
        case_id=handed["case_id"],
        call_id=handed["call_id"],
        escalation_id=handed.get("escalation_id"),
        once_key=handed.get("once"),
        recipient_kind=handed["recipient_kind"],
        recipient=handed["recipient"],
        recipient_id=handed.get("recipient_id", ""),
        purpose=handed["purpose"],
        kinds=sorted(handed["kinds"]),
        basis=handed["basis"],
        by=str(handed["by"]),
        at=handed["at"],
    )


async def _of_key(work: Work, key: str | None) -> Provision | None:
    if key is None:
        return None
    return (await work.exec(select(Provision).where(Provision.once_key == key))).one_or_none()


# ── what carries it ─────────────────────────────────────────────────────────────────────────────


async def _carried_by_consent(work: Work, handed: HandOver) -> Consent:
    if handed["consent_id"] is None:
        raise Invalid(NO_CONSENT)
    consent = await lock_consent(work, handed["consent_id"])
    of = {handed["case_id"], handed["call_id"], *handed.get("together", ())} - {None}
    if not of & {consent.case_id, consent.call_id}:
        raise Invalid(ANOTHER_CASE)
    if consent.withdrawn_at is not None:
        raise Invalid(WITHDRAWN)
    await _check_giver(work, consent, handed["basis"])
    if not scope_of(consent).covers(handed["recipient_kind"], handed["purpose"], handed["kinds"]):
        raise Invalid(TOO_FAR)
    return consent


async def _check_giver(work: Work, consent: Consent, basis: Basis) -> None:
    is_guardian = consent.given_by == Giver.GUARDIAN
    if basis is Basis.GUARDIAN_CONSENT and not is_guardian:
        raise Invalid(GUARDIAN_FIRST if needs_guardian(consent.age) else NOT_A_GUARDIANS)
    if basis is Basis.CONSENT and is_guardian:
        raise Invalid(NOT_THE_PERSONS)
    if not carries(consent):
        raise Invalid(GUARDIAN_FIRST)
    suspected = is_guardian and await is_suspected(
        work, person_id=consent.person_id, number_index=consent.giver_index
    )
    if suspected:
        raise Invalid(SUSPECTED)


def _commanded_by(handed: HandOver) -> Article:
    article = handed.get("article")
    if article is None:
        raise Invalid(NO_ARTICLE)
    return article


async def _urgency(work: Work, handed: HandOver) -> Urgency:
    """A flag of danger or a supervisor's word: whoever hands over cannot declare one alone."""
    escalation_id, supervisor_id = handed.get("escalation_id"), handed.get("supervisor_id")
    if escalation_id is not None:
        level = (
            await work.exec(select(Escalation.level).where(Escalation.id == escalation_id))
        ).one_or_none()
        if level is not None:
            return Urgency(level)
    supervisor = await work.get(Staff, supervisor_id) if supervisor_id is not None else None
    if supervisor is None or not supervisor.active or Role.SUPERVISOR not in supervisor.roles:
        raise Invalid(NO_EMERGENCY)
    return Urgency.SUPERVISOR


# ── told afterwards ─────────────────────────────────────────────────────────────────────────────


async def tell_afterwards(
    work: Work, provision_id: str, *, how: ToldHow, told_at: datetime, by: Actor, at: datetime
) -> Provision:
    """The person was told of it. Raises `NotFound`, `IllegalMove`, `Invalid`."""
    provision = await _lock_owed(work, provision_id)
    if not provision.at <= told_at <= at:
        raise Invalid(NOT_TOLD_YET)
    provision.told_at, provision.told_how, provision.told_by = told_at, how, str(by)
    return provision


async def leave_untold(
    work: Work, vault: Vault, provision_id: str, *, why: str, by: Actor, at: datetime
) -> Provision:
    """A supervisor decides that they are not told. Raises `NotFound`, `IllegalMove`, `Invalid`."""
    if not why.strip():
        raise Invalid(WHY_NOT_TOLD)
    provision = await _lock_owed(work, provision_id)
    provision.not_told_at, provision.not_told_by = at, str(by)
    provision.not_told_sealed = seal_cell(vault, provision, "not_told_sealed", why.strip())
    return provision


async def _lock_owed(work: Work, provision_id: str) -> Provision:
    query = select(Provision).where(Provision.id == provision_id).with_for_update()
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    settled = found.told_at is not None or found.not_told_at is not None
    if found.tell_due_at is None or settled:
        raise IllegalMove(NOT_OWED)
    return found
