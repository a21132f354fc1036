"""What to find among records, as API and pages are asked for it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from pydantic import BaseModel, Field

from hotline.calls.queries import permitted_call
from hotline.errors import Forbidden, Invalid
from hotline.floor.earlier import keep_shown
from hotline.i18n.catalog import HERE
from hotline.records.finding import RecordState, Sought
from hotline.records.model import ContactType, Topic
from hotline.records.number_searches import index_of_caller, open_search
from hotline.risk.levels import Risk
from hotline.staff.model import Role
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call
from hotline.web.deps import Backend

BACK = timedelta(days=90)
NO_DAY = "There is no such day."


class FindIn(BaseModel):
    """What to find. `caller`: the `search` that `POST /records/number-searches` answered with.

    `same_as`: of the caller of this call, which the reader sees; that they looked is kept there.
    `since`, `until`: days here, both included; 90 days back where neither `since` nor a caller is
    named. `counselor`: for supervisors.
    """

    line: str = Field(default="", max_length=80)
    since: date | Literal[""] = ""
    until: date | Literal[""] = ""
    contact_type: ContactType | Literal[""] = ""
    topic: Topic | Literal[""] = ""
    risk: Risk | Literal[""] = ""
    counselor: str = Field(default="", max_length=80)
    state: RecordState | Literal[""] = ""
    escalated: bool | Literal[""] = ""
    caller: str = Field(default="", max_length=400)
    same_as: str = Field(default="", max_length=80)
    after: str = Field(default="", max_length=80)


async def sought_by(backend: Backend, work: Work, who: SignedIn, wanted: FindIn) -> Sought:
    """What a request means. Raises `Forbidden`, `Invalid`, `NotFound`."""
    if wanted.counselor not in ("", who.staff_id) and not who.is_a(Role.SUPERVISOR):
        raise Forbidden
    index = await _caller_of(backend, work, who, wanted)
    since = _midnight(wanted.since)
    if since is None and index is None:
        since = backend.clock.now() - BACK
    return Sought(
        number_index=index,
        line=wanted.line or None,
        since=since,
        until=_midnight(wanted.until, days=1),
        contact_type=wanted.contact_type or None,
        topic=wanted.topic or None,
        risk=wanted.risk or None,
        counselor=wanted.counselor or None,
        state=RecordState(wanted.state) if wanted.state else None,
        escalated=None if wanted.escalated == "" else wanted.escalated,
    )


async def _caller_of(backend: Backend, work: Work, who: SignedIn, wanted: FindIn) -> str | None:
    """By whose calls it is searched; None: by anybody's."""
    at = backend.clock.now()
    if wanted.same_as:
        found = await work.get(Call, wanted.same_as)
        call = await permitted_call(work, found, who, Permission.SEE_CALL)
        await keep_shown(work, call, who, at=at)
        return index_of_caller(call)
    if wanted.caller:
        return open_search(backend.vault, wanted.caller, by=who.staff_id, at=at)
    return None


def _midnight(day: date | Literal[""], *, days: int = 0) -> datetime | None:
    """With which that day begins here, or the one so many days later."""
    if day == "":
        return None
    try:  # both ways of telling it have to exist: the database wants the other
        return datetime.combine(day + timedelta(days=days), time(), tzinfo=HERE).astimezone(UTC)
    except OverflowError as fault:
        raise Invalid(NO_DAY) from fault
