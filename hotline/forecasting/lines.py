"""A line with those who work for it and those who called it, and the calls that it may expect."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlmodel import col, select

from hotline.configuration.plans import setting_of_rows
from hotline.errors import Invalid
from hotline.forecasting.calendar import kinds_of
from hotline.forecasting.model import (
    LEAST_DAYS,
    CallHistory,
    ExpectedQuarter,
    ForecastFits,
    forecast_calls,
)
from hotline.forecasting.past import past_calls, usual_profile
from hotline.forecasting.queries import arrivals
from hotline.lines.hours import SHANGHAI, ServiceHours, hours_of
from hotline.lines.plans import policy_of
from hotline.storage.session import Work
from hotline.storage.tables import Line, Staff
from routing.policy import Policy
from routing.policy.lint import Setting
from routing.simulate.history import PastCall, profile_of
from routing.simulate.load import Profile, Ringing

KNOWN_DAYS = 730  # two years: the way that the level went a year ago
LIKE_NOW_DAYS = 90  # how talks, languages and patience are


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledLine:
    """As it stands, and as it was called until yesterday; `calls`: of the last months."""

    name: str
    policy: Policy
    setting: Setting
    hours: ServiceHours
    history: CallHistory
    calls: Sequence[PastCall]

    @property
    def profile(self) -> Profile:
        """What its callers are like, and its phones."""
        usual = usual_profile(self.setting)
        profile = profile_of(self.calls, usual).profile if self.calls else usual
        return replace(profile, ringing=Ringing(ring_s=self.policy.ring_s))


async def called_line(work: Work, row: Line, today: date) -> CalledLine:
    """What a forecast and a simulation need to know of a line."""
    staff = (await work.exec(select(Staff).order_by(col(Staff.username)))).all()
    until = datetime.combine(today, time(), SHANGHAI)
    came = await arrivals(work, row.id, since=until - timedelta(days=KNOWN_DAYS), until=until)
    return CalledLine(
        name=row.name,
        policy=policy_of(row),
        setting=setting_of_rows(row, staff),
        hours=hours_of(row),
        history=CallHistory.of(came, until=today),
        calls=await past_calls(work, row.id, since=until - timedelta(days=LIKE_NOW_DAYS)),
    )


def expected_calls(found: CalledLine, days: int, fits: ForecastFits) -> list[ExpectedQuarter]:
    """From today on; none while the line is closed. Raises `Invalid` with too little history."""
    known = len(found.history.days)
    if known < LEAST_DAYS:
        raise Invalid(
            f"{found.name} has {known} whole days of calls, and a forecast needs {LEAST_DAYS}:"
            " ask again then, or ask `hotline simulate` with --calls-per-day."
        )
    quarters = forecast_calls(found.history, days, kinds_of(found.hours), fits)
    return [
        one if found.hours.open_at(one.begin) else replace(one, mean=0.0, sd=0.0)
        for one in quarters
    ]
