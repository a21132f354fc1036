"""What supervisors plan and answer for: tables of `test_who_may`, their bodies and rows."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlmodel import SQLModel

from tests.hotline.web.api.alert_rights import (
    ALERT_BODIES,
    ALERT_COMMANDS,
    ALERT_PAGES,
    an_alert,
)
from tests.hotline.web.api.quality_rights import (
    QUALITY_BODIES,
    QUALITY_COMMANDS,
    QUALITY_PAGES,
    a_review,
)
from tests.hotline.web.api.report_rights import REPORT_COMMANDS, REPORT_PAGES
from tests.hotline.web.api.roster_rights import (
    ROSTER_BODIES,
    ROSTER_COMMANDS,
    ROSTER_PAGES,
    a_roster,
)
from tests.hotline.web.api.what_if_rights import WHAT_IF_BODIES, WHAT_IF_COMMANDS, WHAT_IF_PAGES

API = "/api/v1"
SUPERVISION_BODIES: dict[str, Any] = {
    **WHAT_IF_BODIES,
    **QUALITY_BODIES,
    **ROSTER_BODIES,
    **ALERT_BODIES,
}
SUPERVISION_TABLES = (
    (REPORT_PAGES, ""),
    (REPORT_COMMANDS, API),
    (QUALITY_PAGES, ""),
    (QUALITY_COMMANDS, API),
    (WHAT_IF_COMMANDS, API),
    (WHAT_IF_PAGES, ""),
    (ROSTER_PAGES, ""),
    (ROSTER_COMMANDS, API),
    (ALERT_PAGES, ""),
    (ALERT_COMMANDS, API),
)


def what_is_planned(now: datetime) -> Iterator[SQLModel]:
    """Shifts, a review of the call, and an alert of its line."""
    yield from a_roster(now)
    yield from a_review(now)
    yield an_alert(now)
