"""The paper that says that a report was made: number, codes, agency, times, who by role.

Nothing of the child and nothing of the caller, who may be the one who reported to us.
"""

from dataclasses import dataclass
from datetime import datetime

from hotline.errors import IllegalMove
from hotline.staff.actor import Actor
from hotline.staff.model import Role
from hotline.statutory.model import ReportState
from hotline.statutory.service import lock_report
from hotline.statutory.telling import tell_of_report
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import Line, Staff, StatutoryReport
from hotline.storage.vault import Vault

NOT_YET = "Nothing was reported yet: there is no receipt."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReceipt:
    """What is printed. `role`: what whoever reported is here, without a name."""

    number: str
    kind: str
    codes: tuple[str, ...]
    line_name: str
    line_name_en: str
    opened_at: datetime
    reported_at: datetime
    agency: str
    how: str
    person: str
    receipt: str
    role: str
    printed_at: datetime


async def take_receipt(
    work: Work, vault: Vault, report_id: str, *, by: Actor, at: datetime
) -> ReportReceipt:
    """To be printed; that it was taken is kept, and audited. Raises `IllegalMove`."""
    report = await lock_report(work, report_id)
    if report.state not in (ReportState.REPORTED, ReportState.ANSWERED):
        raise IllegalMove(NOT_YET)
    assert report.reported_at is not None  # noqa: S101 – written with the state
    line = await work.get_one(Line, report.line_id)
    await tell_of_report(work, report, "receipt_exported", at=at, actor=by)
    return ReportReceipt(
        number=report.number,
        kind=report.kind,
        codes=tuple(report.codes),
        line_name=line.name,
        line_name_en=line.name_en,
        opened_at=report.opened_at,
        reported_at=report.reported_at,
        agency=report.agency,
        how=report.how,
        person=open_cell(vault, report, "person_sealed"),
        receipt=open_cell(vault, report, "receipt_sealed"),
        role=await _role(work, report),
        printed_at=at,
    )


async def _role(work: Work, report: StatutoryReport) -> str:
    """The first of theirs: everybody who may report is a counselor or a supervisor."""
    staff = await work.get(Staff, Actor.parse(report.reported_by).id)
    return Role.COUNSELOR if staff is None or not staff.roles else staff.roles[0]
