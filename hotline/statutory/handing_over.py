"""A mandatory report hands personal data on: the ledger has it, with the article of the law."""

from datetime import datetime

from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import StatutoryReport


async def write_into_ledger(
    work: Work, report: StatutoryReport, *, by: Actor, at: datetime
) -> None:
    """In the unit of work in which it was reported."""
