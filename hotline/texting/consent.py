"""Who wants texts from us, and why somebody is not written to now."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, exists, select

from hotline.callbacks.model import ClosedAs
from hotline.calls.returning import tries_at
from hotline.storage.session import Work
from hotline.storage.tables import Callback, CallerBlock, TextConsent


class ConsentGiven(StrEnum):
    """How we know that somebody wants them."""

    WROTE = "wrote"  # they wrote first: an answer is expected
    SAID = "said"  # to a counselor
    RESUMED = "resumed"  # they wrote START


class ConsentWithdrawn(StrEnum):
    """How we know that they do not want any more."""

    WROTE = "wrote"  # they wrote STOP
    SAID = "said"
    CARRIER = "carrier"  # it knows of a STOP that we did not hear


class WhyNotText(StrEnum):
    """What keeps us from writing to somebody."""

    WITHHELD = "withheld"
    NO_CONSENT = "no_consent"
    WITHDRAWN = "withdrawn"
    NOT_SAFE = "not_safe"
    GUARDIAN = "guardian"  # of somebody who is suspected of the harm


async def consent_of(work: Work, number_index: str) -> TextConsent:
    """Of a number, held until the unit of work ends. Made where nothing is known yet."""
    new = insert(TextConsent).values(number_index=number_index)
    await work.exec(new.on_conflict_do_nothing())
    query = select(TextConsent).where(TextConsent.number_index == number_index).with_for_update()
    return (await work.exec(query.execution_options(populate_existing=True))).one()


async def note_wrote(work: Work, number_index: str, *, at: datetime) -> None:
    """Who writes to us may be answered; not who said STOP: they start it again themselves."""
    consent = await consent_of(work, number_index)
    if consent.given_at is None and consent.withdrawn_at is None:
        consent.given_at, consent.given_how = at, ConsentGiven.WROTE


async def give_consent(
    work: Work, number_index: str, how: ConsentGiven, *, at: datetime, by_id: str | None = None
) -> None:
    """They want texts from now on, whatever was before."""
    consent = await consent_of(work, number_index)
    consent.given_at, consent.given_how, consent.given_by_id = at, how, by_id
    consent.withdrawn_at, consent.withdrawn_how, consent.withdrawn_by_id = None, "", None


async def withdraw_consent(
    work: Work, number_index: str, how: ConsentWithdrawn, *, at: datetime, by_id: str | None = None
) -> None:
    """Nothing is written to them any more; what waits to be sent is dropped when its time comes."""
    consent = await consent_of(work, number_index)
    consent.withdrawn_at, consent.withdrawn_how = at, how
    consent.withdrawn_by_id = by_id


async def why_no_text(work: Work, number_index: str) -> WhyNotText | None:
    """What stands against writing to this number now; None: nothing does."""
    if not number_index:
        return WhyNotText.WITHHELD
    tries = (await tries_at(work, [number_index]))[number_index]
    if tries.guardian:
        return WhyNotText.GUARDIAN
    consent = await work.get(TextConsent, number_index, populate_existing=True)
    if consent is not None and consent.withdrawn_at is not None:
        return WhyNotText.WITHDRAWN
    if tries.marked or await _owed_was_not_safe(work, number_index):
        return WhyNotText.NOT_SAFE
    given = consent is not None and consent.given_at is not None
    return None if given else WhyNotText.NO_CONSENT


async def _owed_was_not_safe(work: Work, number_index: str) -> bool:
    """What we owed them was closed for that reason."""
    query = select(Callback.id).where(
        Callback.from_index == number_index, Callback.closed_as == ClosedAs.NOT_SAFE
    )
    return (await work.exec(query.limit(1))).first() is not None


async def is_blocked(work: Work, number_index: str, *, at: datetime) -> bool:
    """Whether calls from this number are not put through now."""
    blocked = exists().where(
        col(CallerBlock.number_index) == number_index,
        col(CallerBlock.lifted_at).is_(None),
        col(CallerBlock.until) > at,
    )
    return bool((await work.exec(select(blocked))).one())
