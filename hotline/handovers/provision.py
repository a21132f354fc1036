"""The ledger: each hand-over of personal data to another body, with what carries it.

Whoever hands data over calls `provide` in the same unit of work; where nothing carries it, nothing
of it happens. 网络数据安全管理条例 §12: the ledger is kept for three years.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict, Unpack

from sqlmodel import select

from hotline.errors import IllegalMove, NotFound
from hotline.handovers.consents import carries, lock_consent, scope_of
from hotline.handovers.guardians import is_suspected
from hotline.handovers.model import (
    Article,
    Basis,
    DataKind,
    EmergencyGround,
    Giver,
    Purpose,
    RecipientKind,
    ToldHow,
    needs_guardian,
)
from hotline.handovers.refusals import WhyRefused, refused
from hotline.staff.actor import Actor
from hotline.staff.model import Role
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import DataConsent, Escalation, Provision, Staff
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

TELL_WITHIN = timedelta(days=3)  # PIPL §18 says "in time" and no number

NOT_OWED = "Nobody has to be told of this hand-over afterwards, or it was settled already."


class DataHandOver(TypedDict):
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


async def provide(work: Work, **handed: Unpack[DataHandOver]) -> Provision:
    """Write it into the ledger. Raises `HandOverRefused`: nothing carries it, and what would.

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
            if provision.urgency == EmergencyGround.SUPERVISOR:
                provision.supervisor_id = handed.get("supervisor_id")
            provision.tell_due_at = handed["at"] + TELL_WITHIN
    work.add(provision)
    await work.flush()
    return provision


def _check(handed: DataHandOver) -> None:
    if not handed["kinds"]:
        raise refused(WhyRefused.NO_DATA)
    if not handed["recipient"].strip():
        raise refused(WhyRefused.NO_BODY)


def _row(handed: DataHandOver) -> Provision:
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


async def _carried_by_consent(work: Work, handed: DataHandOver) -> DataConsent:
    if handed["consent_id"] is None:
        raise refused(WhyRefused.NO_CONSENT)
    consent = await lock_consent(work, handed["consent_id"])
    of = {handed["case_id"], handed["call_id"], *handed.get("together", ())} - {None}
    if not of & {consent.case_id, consent.call_id}:
        raise refused(WhyRefused.ANOTHER_CASE)
    if consent.withdrawn_at is not None:
        raise refused(WhyRefused.WITHDRAWN)
    await _check_giver(work, consent, handed["basis"])
    if not scope_of(consent).covers(handed["recipient_kind"], handed["purpose"], handed["kinds"]):
        raise refused(WhyRefused.TOO_FAR)
    return consent


async def _check_giver(work: Work, consent: DataConsent, basis: Basis) -> None:
    is_guardian = consent.given_by == Giver.GUARDIAN
    if basis is Basis.GUARDIAN_CONSENT and not is_guardian:
        raise refused(
            WhyRefused.GUARDIAN_FIRST if needs_guardian(consent.age) else WhyRefused.NOT_A_GUARDIANS
        )
    if basis is Basis.CONSENT and is_guardian:
        raise refused(WhyRefused.NOT_THE_PERSONS)
    if not carries(consent):
        raise refused(WhyRefused.GUARDIAN_FIRST)
    suspected = is_guardian and await is_suspected(
        work, person_id=consent.person_id, number_index=consent.giver_index
    )
    if suspected:
        raise refused(WhyRefused.SUSPECTED)


def _commanded_by(handed: DataHandOver) -> Article:
    article = handed.get("article")
    if article is None:
        raise refused(WhyRefused.NO_ARTICLE)
    return article


async def _urgency(work: Work, handed: DataHandOver) -> EmergencyGround:
    """A flag of danger or a supervisor's word: whoever hands over cannot declare one alone."""
    escalation_id, supervisor_id = handed.get("escalation_id"), handed.get("supervisor_id")
    if escalation_id is not None:
        level = (
            await work.exec(select(Escalation.level).where(Escalation.id == escalation_id))
        ).one_or_none()
        if level is not None:
            return EmergencyGround(level)
    supervisor = await work.get(Staff, supervisor_id) if supervisor_id is not None else None
    if supervisor is None or not supervisor.active or Role.SUPERVISOR not in supervisor.roles:
        raise refused(WhyRefused.NO_EMERGENCY)
    return EmergencyGround.SUPERVISOR


# ── told afterwards ─────────────────────────────────────────────────────────────────────────────


async def tell_afterwards(
    work: Work, provision_id: str, *, how: ToldHow, told_at: datetime, by: Actor, at: datetime
) -> Provision:
    """The person was told of it. Raises `NotFound`, `IllegalMove`, `HandOverRefused`."""
    provision = await _lock_owed(work, provision_id)
    if not provision.at <= told_at <= at:
        raise refused(WhyRefused.BEFORE_HANDED)
    provision.told_at, provision.told_how, provision.told_by = told_at, how, str(by)
    return provision


async def leave_untold(
    work: Work, vault: Vault, provision_id: str, *, why: str, by: Actor, at: datetime
) -> Provision:
    """A supervisor decides that they are not told. Raises as `tell_afterwards`."""
    if not why.strip():
        raise refused(WhyRefused.WHY_NOT_TOLD)
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
