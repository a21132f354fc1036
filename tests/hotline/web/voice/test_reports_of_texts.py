"""Whatever we write a text about, the carrier can tell us what became of it."""

import re

import pytest
from fastapi.routing import iter_route_contexts

from hotline.alerts.texts import AlertTexts
from hotline.deliveries.asker import Asker
from hotline.escalations.station_call import StationCalls
from hotline.helpgroups.letters import GroupPost
from hotline.helpgroups.telling import GroupNews
from hotline.referrals.letters import ReceiverDeliveries
from hotline.reminders.shifts import ReminderTexts
from hotline.visits.calls import VisitCalls
from hotline.web.voice.endpoints import voice_router

HEARD = {
    re.sub(r"{.*?}", "{id}", one.path or "") for one in iter_route_contexts(voice_router.routes)
}


@pytest.mark.parametrize(
    "asker",
    [StationCalls, ReceiverDeliveries, VisitCalls, GroupPost, GroupNews, ReminderTexts, AlertTexts],
)
def test_what_became_of_a_text_is_heard_where_the_carrier_is_asked_to_tell(
    asker: type[Asker],
) -> None:
    """The address is made by `deliveries.by_text`."""
    assert f"{asker.path}/{{id}}/text" in HEARD
