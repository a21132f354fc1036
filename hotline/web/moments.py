"""Moments that people say: with a zone, and of years in which something can have happened.

Without a zone nothing can be compared with it. Years at the edge of the calendar are moved over it
by any sum or any change of the zone.
"""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from hotline.i18n.catalog import HERE

FIRST_YEAR, AFTER_LAST_YEAR = 2000, 9000
BEGIN, END = (datetime(year, 1, 1, tzinfo=UTC) for year in (FIRST_YEAR, AFTER_LAST_YEAR))
Moment = Annotated[AwareDatetime, Field(ge=BEGIN, lt=END)]


DayHere = Annotated[date, Field(ge=date(FIRST_YEAR, 1, 1), lt=date(AFTER_LAST_YEAR, 1, 1))]
"""A day of the place."""


def _here(said: datetime) -> datetime:
    return said if said.tzinfo is not None else said.replace(tzinfo=HERE)


MomentHere = Annotated[datetime, AfterValidator(_here), Field(ge=BEGIN, lt=END)]
"""Without a zone it is meant as clocks show it here."""
