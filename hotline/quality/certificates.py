"""Courses and certificates of staff. An ended certificate for danger takes calls in danger away.

The rule itself is `hotline.staff.skills.is_certified`; here is what it reads, made true whenever a
certificate is noted or taken back, and each minute, since time alone ends one. Lock the account.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from sqlmodel import col, select

from hotline.errors import Forbidden, Invalid, NotFound
from hotline.i18n.catalog import HERE
from hotline.quality.model import CertificateKind
from hotline.quality.policy import is_lapsed
from hotline.staff.revocation import note_changes
from hotline.storage.session import Work
from hotline.storage.tables import Staff, StaffCertificate, StaffCourse

log = structlog.get_logger()

NOT_YET = "Write down what was done or issued already: the day lies ahead."
NO_TITLE = "Write which course it was."
ENDS_BEFORE = "A certificate cannot end before it was issued."
NOT_ONESELF = "Somebody else has to write this down: it is about yourself."


@dataclass(frozen=True, slots=True, kw_only=True)
class Noting:
    """About whom, by whom and when."""

    staff_id: str
    by_id: str
    at: datetime

    def require_past(self, day: date) -> None:
        """Raises `Invalid`."""
        if day > self.at.astimezone(HERE).date():
            raise Invalid(NOT_YET)

    def require_another(self) -> None:
        """Raises `Forbidden`."""
        if self.by_id == self.staff_id:
            raise Forbidden(NOT_ONESELF)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCertificate:
    """`valid_until`: its last day; None: without an end."""

    kind: CertificateKind
    issued_on: date
    valid_until: date | None


async def note_course(
    work: Work, noting: Noting, *, title: str, hours: int, done_on: date
) -> StaffCourse:
    """They have done it. Raises `Forbidden`, `Invalid`."""
    noting.require_another()
    noting.require_past(done_on)
    if not title.strip():
        raise Invalid(NO_TITLE)
    row = StaffCourse(
        staff_id=noting.staff_id,
        title=title.strip(),
        hours=hours,
        done_on=done_on,
        noted_by_id=noting.by_id,
        noted_at=noting.at,
    )
    await _add(work, row)
    return row


async def note_certificate(work: Work, noting: Noting, new: NewCertificate) -> StaffCertificate:
    """They hold it. Raises `Forbidden`, `Invalid`."""
    noting.require_another()
    noting.require_past(new.issued_on)
    if new.valid_until is not None and new.valid_until < new.issued_on:
        raise Invalid(ENDS_BEFORE)
    row = StaffCertificate(
        staff_id=noting.staff_id,
        kind=new.kind,
        issued_on=new.issued_on,
        valid_until=new.valid_until,
        noted_by_id=noting.by_id,
        noted_at=noting.at,
    )
    await _add(work, row)
    await make_lapse_true(work, noting.staff_id, at=noting.at)
    return row


async def take_certificate_back(
    work: Work, certificate_id: str, *, by_id: str, at: datetime
) -> None:
    """It was written down by mistake, or counts no more. Taken back already: fine."""
    row = await work.get(StaffCertificate, certificate_id)
    if row is None:
        raise NotFound
    Noting(staff_id=row.staff_id, by_id=by_id, at=at).require_another()
    if row.taken_back_at is None:
        row.taken_back_at, row.taken_back_by_id = at, by_id
        await work.flush()
        await make_lapse_true(work, row.staff_id, at=at)
        work.announce("quality", row.staff_id)


async def _add(work: Work, row: StaffCourse | StaffCertificate) -> None:
    work.add(row)
    await work.flush()
    work.announce("quality", row.staff_id)


async def certificates_of(work: Work, people: Collection[str]) -> Sequence[StaffCertificate]:
    """All that count or have ended, of these people; what ends first stands first."""
    query = (
        select(StaffCertificate)
        .where(col(StaffCertificate.staff_id).in_(people))
        .where(col(StaffCertificate.taken_back_at).is_(None))
        .order_by(col(StaffCertificate.valid_until).nulls_last(), col(StaffCertificate.id))
    )
    return (await work.exec(query)).all()


async def make_lapse_true(work: Work, staff_id: str, *, at: datetime) -> None:
    """Whether calls in danger are kept from somebody, by what is noted and by the day."""
    staff = await work.get_one(Staff, staff_id, with_for_update=True, populate_existing=True)
    kept = [
        one.valid_until
        for one in await certificates_of(work, {staff_id})
        if one.kind == CertificateKind.CRISIS
    ]
    lapsed = is_lapsed(kept, at)
    if staff.certificate_lapsed != lapsed:
        staff.certificate_lapsed = lapsed
        await note_changes(work, staff, {"skills"})
        work.announce("presence", staff.id)
        log.info("certificate.lapse_changed", staff_id=staff.id, lapsed=lapsed)


async def people_to_look_at(work: Work) -> Sequence[str]:
    """Whoever holds a certificate for danger that has an end, or is kept from such calls."""
    query = (
        select(StaffCertificate.staff_id)
        .join(Staff, col(Staff.id) == col(StaffCertificate.staff_id))
        .where(StaffCertificate.kind == CertificateKind.CRISIS)
        .where(col(StaffCertificate.valid_until).is_not(None) | col(Staff.certificate_lapsed))
        .order_by(col(StaffCertificate.staff_id))
        .distinct()
    )
    return (await work.exec(query)).all()
