"""A mandatory report hands personal data on: the ledger has it, with the article of the law."""

from collections.abc import Mapping
from datetime import datetime

from hotline.cases.queries import standing_case
from hotline.handovers.model import Article, Basis, DataKind, Purpose, RecipientKind
from hotline.handovers.provision import provide
from hotline.i18n.case_words_statutory import STATUTORY_WORDS
from hotline.staff.actor import Actor
from hotline.statutory.model import ReportAgency
from hotline.storage.session import Work
from hotline.storage.tables import StatutoryReport

BODIES: Mapping[ReportAgency, RecipientKind] = {
    ReportAgency.POLICE: RecipientKind.POLICE,
    ReportAgency.CIVIL_AFFAIRS: RecipientKind.CIVIL_AFFAIRS,
    ReportAgency.EDUCATION: RecipientKind.EDUCATION,
    ReportAgency.PROCURATORATE: RecipientKind.JUDICIARY,
    ReportAgency.COURT: RecipientKind.JUDICIARY,
    ReportAgency.HEALTH: RecipientKind.HOSPITAL,
}
# What a report cannot do without; never who told us, and no recording.
TOLD = (DataKind.IDENTITY, DataKind.WHEREABOUTS, DataKind.RISK, DataKind.STORY)


async def write_into_ledger(
    work: Work, report: StatutoryReport, *, by: Actor, at: datetime
) -> None:
    """In the unit of work in which it was reported. No consent is needed: the law commands it."""
    assert report.case_id is not None  # noqa: S101 – the table refuses one without
    await provide(
        work,
        case_id=await standing_case(work, report.case_id),
        call_id=report.call_id,
        recipient_kind=BODIES[ReportAgency(report.agency)],
        recipient=STATUTORY_WORDS["report_agency"][report.agency],
        purpose=Purpose.REPORT,
        kinds=TOLD,
        basis=Basis.STATUTORY_DUTY,
        article=Article.MINORS_11,
        consent_id=None,
        by=by,
        at=at,
        once=f"statutory|{report.id}",
    )
