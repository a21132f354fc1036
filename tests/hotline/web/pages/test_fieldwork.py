"""Files and shifts on the pages of an officer and of a supervisor."""

from datetime import timedelta

import pytest

from hotline.deliveries.push_keys import make_push_key
from hotline.fieldwork.policy import TAKEN_WITHIN
from hotline.fieldwork.shift_look import ShiftLook
from hotline.staff.model import Role
from hotline.storage.tables import Attachment, Escalation
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


@pytest.fixture
async def flagged(scene: ApiScene) -> str:
    """tianhe has the escalation of li's call."""
    told = await scene.person("li").does("POST", "/calls/call/flags", {"level": "high"})
    escalation = str(told["escalation_id"])
    await scene.person("tianhe").does("POST", f"/escalations/{escalation}/acknowledge")
    return escalation


def a_photo(escalation: str, scene: ApiScene, file_id: str = "photo") -> Attachment:
    now = scene.clock.now()
    return Attachment(id=file_id, subject_kind="escalation", subject_id=escalation, kind="picture",
                      added_by="tianhe", added_at=now, path="x", small=1, size=5, sha256="",
                      key_id="", keep_until=now, due_at=now)  # fmt: skip


async def test_pictures_are_listed_and_none_is_opened_by_the_list(
    scene: ApiScene, flagged: str, tianhe: Reader
) -> None:
    await scene.add(a_photo(flagged, scene))

    page = await tianhe.reads(f"/escalations/{flagged}/files")

    assert len(page.all("file")) == 1
    assert "<img" not in page.html
    assert page.has("open-picture")
    assert page.has("remove-file")
    assert not [one for one in await scene.kinds() if "opened" in one]


async def test_a_list_that_is_shown_already_is_not_brought_again(
    scene: ApiScene, flagged: str, tianhe: Reader
) -> None:
    first = await tianhe.reads(f"/escalations/{flagged}/files")
    mark = first.html.split("shown=")[1].split('"')[0]

    again = await tianhe.opens(f"/escalations/{flagged}/files?shown={mark}")
    await scene.add(a_photo(flagged, scene))
    changed = await tianhe.opens(f"/escalations/{flagged}/files?shown={mark}")

    assert (again.status, changed.status) == (204, 200)


async def test_after_ten_minutes_only_a_supervisor_is_asked_why(
    scene: ApiScene, flagged: str, tianhe: Reader, he: Reader
) -> None:
    await scene.add(a_photo(flagged, scene))
    scene.clock.advance(601)

    theirs, seen = [await who.reads(f"/escalations/{flagged}/files") for who in (tianhe, he)]

    assert not theirs.has("remove-file")
    assert "为什么删除" in seen.text


async def test_the_page_of_an_escalation_has_a_place_for_files_for_its_readers(
    flagged: str, tianhe: Reader, he: Reader, li: Reader
) -> None:
    pages = [await tianhe.reads(f"/station/{flagged}")]
    pages += [await who.reads(f"/escalations/{flagged}") for who in (he, li)]

    assert [page.has("files") for page in pages] == [True, True, False]


async def test_a_station_sees_at_its_top_what_a_colleague_hands_over(
    scene: ApiScene, flagged: str, tianhe: Reader
) -> None:
    await scene.hires("wei", Role.OFFICER, line="", station="tianhe")
    assert 'hx-get="/station/shift"' in (await tianhe.reads("/station")).html
    assert (await tianhe.reads("/station/shift")).has("end-shift")

    await scene.person("tianhe").does("POST", "/stations/handovers", {"to": "wei", "note": "钥匙"})

    own = await tianhe.reads("/station/shift")
    seen = await Reader(scene, "wei").reads("/station/shift")
    assert own.has("shift-waits")
    assert seen.has("take-shift")
    assert seen.has("open-note")
    assert "钥匙" not in own.html + seen.html
    english = await Reader(scene, "wei").reads("/station/shift", language="en")
    assert "hands over to" in english.text


async def test_supervisors_see_what_nobody_took_over(
    scene: ApiScene, flagged: str, he: Reader
) -> None:
    await scene.person("tianhe").does("POST", "/stations/handovers", {})
    look = ShiftLook(database=scene.house.database, clock=scene.clock)
    await look.tick()
    early = await he.reads("/escalations/untaken")
    scene.clock.advance((TAKEN_WITHIN + timedelta(seconds=1)).total_seconds())
    await look.tick()

    page = await he.reads("/escalations/untaken")

    assert not early.has("shift-untaken")
    assert "name of tianhe 已交班，没有人接" in page.text
    assert 'hx-get="/escalations/untaken"' in (await he.reads("/escalations")).html
    assert "交班半小时没有人接" in (await he.reads(f"/escalations/{flagged}")).text


@pytest.mark.parametrize(
    "since", [{"acknowledged_by": "staff:wei"}, {"state": "closed", "next_due_at": None}], ids=str
)
async def test_supervisors_are_not_shown_what_its_former_holder_has_no_more(
    scene: ApiScene, flagged: str, he: Reader, since: dict[str, str | None]
) -> None:
    await scene.hires("wei", Role.OFFICER, line="", station="tianhe")
    await scene.person("tianhe").does("POST", "/stations/handovers", {})
    scene.clock.advance(TAKEN_WITHIN.total_seconds())
    await ShiftLook(database=scene.house.database, clock=scene.clock).tick()
    assert (await he.reads("/escalations/untaken")).has("shift-untaken")

    await scene.change(Escalation, flagged, **since)

    assert not (await he.reads("/escalations/untaken")).has("shift-untaken")


async def test_the_switch_of_a_browser_knows_whose_it_is(scene: ApiScene, tianhe: Reader) -> None:
    keys = {"push_keys": make_push_key()}
    scene.house.settings = scene.house.settings.model_copy(update=keys)

    assert 'data-owner="tianhe"' in (await tianhe.reads("/station/push")).html
