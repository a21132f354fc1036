"""How many reports there were in a month, by code: numbers alone, and few enough are not told."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.i18n.catalog import HERE
from hotline.statutory.model import CODES_OF, ReportKind, ReportState
from hotline.storage.session import Work
from hotline.storage.tables import StatutoryReport

FEWEST = 5  # domain research 57: below that a cell is not told to who may not see the cases
DECEMBER = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfReports:
    """By kind and code, of all codes there are; None: too few to be told. `late`: phones rang."""

    mandatory: dict[str, int | None]
    emergency: dict[str, int | None]
    reported: int | None
    not_reportable: int | None
    late: int | None


async def count_month(
    work: Work, lines: Collection[str], year: int, month: int, *, suppress: bool
) -> MonthOfReports:
    """Of these lines, by the day on which each began, in the time of Guangdong."""
    first = datetime(year, month, 1, tzinfo=HERE)
    end = datetime(year + month // DECEMBER, month % DECEMBER + 1, 1, tzinfo=HERE)
    query = select(StatutoryReport).where(
        col(StatutoryReport.line_id).in_(lines),
        col(StatutoryReport.opened_at) >= first,
        col(StatutoryReport.opened_at) < end,
    )
    found = (await work.exec(query)).all()
    by_code = Counter((one.kind, code) for one in found for code in one.codes)
    states = Counter(one.state for one in found if one.kind == ReportKind.MANDATORY)
    late = sum(one.breached_at is not None for one in found)

    def told(number: int) -> int | None:
        return None if suppress and 0 < number < FEWEST else number

    def of(kind: ReportKind) -> dict[str, int | None]:
        return {code: told(by_code[kind, code]) for code in sorted(CODES_OF[kind])}

    return MonthOfReports(
        mandatory=of(ReportKind.MANDATORY),
        emergency=of(ReportKind.EMERGENCY),
        reported=told(states[ReportState.REPORTED] + states[ReportState.ANSWERED]),
        not_reportable=told(states[ReportState.NOT_REPORTABLE]),
        late=told(late),
    )
