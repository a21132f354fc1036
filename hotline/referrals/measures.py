"""How each receiver answers, in numbers alone. What is too small to tell of is not told.

asked: referrals sent, but for those taken back before any answer · accepted, declined: of these,
by what was said first · days to answer: from sending to the first word · days to appointment: from
sending to the appointment · results on time: of those that are over with a result, how many came
when it was promised.
"""

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlmodel import col, select

from hotline.referrals.model import DeclineReason
from hotline.referrals.queries import WAS_ASKED
from hotline.storage.session import Work
from hotline.storage.tables import Case, Referral, ReferralPlace
from hotline.texts import plain_cell

FEWEST = 5  # domain research §5: cells below are suppressed
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverMeasures:
    """Of one receiver. None: fewer than five, or nothing to count."""

    place: ReferralPlace
    asked: int | None
    accepted: int | None
    declined: Mapping[str, int | None]
    waiting: int | None
    days_to_answer: float | None
    days_to_appointment: float | None
    results: int | None
    on_time: int | None

    def share(self, part: int | None) -> int | None:
        """In percent of what it was asked."""
        return None if part is None or not self.asked else round(100 * part / self.asked)


async def measures(
    work: Work, lines: Collection[str], *, since: datetime, until: datetime
) -> list[ReceiverMeasures]:
    """Of referrals of these lines that were sent in this time, by receiver in their order."""
    query = (
        select(Referral, ReferralPlace)
        .join(ReferralPlace, col(ReferralPlace.id) == col(Referral.place_id))
        .join(Case, col(Case.id) == col(Referral.case_id))
        .where(col(Case.line_id).in_(lines), WAS_ASKED)
        .where(Referral.at >= since, Referral.at < until)
        .order_by(col(ReferralPlace.position), col(ReferralPlace.id))
    )
    found: dict[str, tuple[ReferralPlace, list[Referral]]] = {}
    for referral, place in (await work.exec(query)).all():
        found.setdefault(place.id, (place, []))[1].append(referral)
    return [measured(place, theirs) for place, theirs in found.values()]


def measured(place: ReferralPlace, theirs: Sequence[Referral]) -> ReceiverMeasures:
    """The numbers of one receiver."""
    counted = {
        reason.value: _count(one.decline == reason for one in theirs) for reason in DeclineReason
    }
    accepted = _count(one.answered_at is not None and not one.decline for one in theirs)
    waiting = len(theirs) - accepted - sum(counted.values())
    hidden = _suppressed({"accepted": accepted, "waiting": waiting, **counted})
    results = [one for one in theirs if one.in_time is not None]
    on_time = _count(one.in_time is True for one in results)
    of_results = _suppressed({"on_time": on_time, "late": len(results) - on_time})
    return ReceiverMeasures(
        place=place,
        asked=_big(len(theirs)),
        accepted=hidden["accepted"],
        declined={reason.value: hidden[reason.value] for reason in DeclineReason},
        waiting=hidden["waiting"],
        days_to_answer=_median_days((one.at, one.answered_at) for one in theirs),
        days_to_appointment=_median_days((one.at, one.appointment_at) for one in theirs),
        results=_big(len(results)),
        on_time=of_results["on_time"],
    )


def _count(those: Iterable[bool]) -> int:
    return sum(those)


def _big(number: int) -> int | None:
    return number if number >= FEWEST else None


def _suppressed(parts: Mapping[str, int]) -> dict[str, int | None]:
    """Parts of a whole that is told: where one alone is hidden, the next smallest is hidden with
    it, or it could be had by subtraction. Nothing of nothing may be told."""
    hidden = [name for name, number in parts.items() if 0 < number < FEWEST]
    if len(hidden) == 1:
        others = [name for name, number in parts.items() if number >= FEWEST]
        hidden += sorted(others, key=lambda name: parts[name])[:1]
    return {name: None if name in hidden else number for name, number in parts.items()}


def _median_days(spans: Iterable[tuple[datetime, datetime | None]]) -> float | None:
    days = [(end - start) / A_DAY for start, end in spans if end is not None]
    return round(median(days), 1) if len(days) >= FEWEST else None


HEAD = (
    "receiver",
    "asked",
    "accepted",
    *(f"declined_{reason.value}" for reason in DeclineReason),
    "waiting",
    "median_days_to_answer",
    "median_days_to_appointment",
    "results",
    "results_on_time",
)


def as_csv(rows: Iterable[ReceiverMeasures], *, language: str) -> str:
    """For a spreadsheet. What was suppressed is `<5`; no cell is ever a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for row in rows:
        numbers = (row.asked, row.accepted, *row.declined.values(), row.waiting)
        days = (row.days_to_answer, row.days_to_appointment)
        results = (row.results, row.on_time)
        cells = [*map(_told, numbers), *map(_days_told, days), *map(_told, results)]
        writer.writerow([plain_cell(row.place.name[language]), *cells])
    return out.getvalue()


def _told(number: int | None) -> str:
    return f"<{FEWEST}" if number is None else str(number)


def _days_told(days: float | None) -> str:
    return "" if days is None else str(days)
