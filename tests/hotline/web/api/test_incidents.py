"""Incidents for other software: the newest first, with what callers met."""

from datetime import timedelta

import pytest

from hotline.storage.tables import Incident
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio


async def test_incidents_are_listed_with_beginning_end_and_calls(
    scene: ApiScene, he: Person
) -> None:
    now = scene.clock.now()
    began, ended = now - timedelta(hours=2), now - timedelta(hours=1)
    await scene.add(Incident(part="redis", began_at=began, noticed_at=began, ended_at=ended))
    await scene.add(Incident(part="carrier", began_at=ended, noticed_at=now))

    listed = await he.gets("/incidents")

    assert [one["part"] for one in listed] == ["carrier", "redis"]
    assert [one["ended_at"] is None for one in listed] == [True, False]
    assert {one["touched"] for one in listed} == {0}
