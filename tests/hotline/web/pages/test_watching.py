"""The floor says who watches, and what they found; the wall says only what is broken."""

from datetime import timedelta

import pytest

from hotline.deliveries.tick_loop import BEAT
from hotline.incidents.watch import AUDITOR
from hotline.storage.tables import (
    Beat,
    ContactDrill,
    Delivery,
    DrillRun,
    Leadership,
    StationContact,
    WatchFinding,
)
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Page, Reader

pytestmark = pytest.mark.anyio

YEARS = timedelta(days=1000)  # also by the database's own clock


async def beats(scene: ApiScene, name: str, *, ago_s: float) -> None:
    await scene.add(Beat(name=name, at=scene.clock.now() - timedelta(seconds=ago_s)))


def states(page: Page) -> dict[str, str]:
    tags = [tag.split('"') for tag in page.all("watched-part")]
    return {tag[tag.index(" data-part=") + 1]: tag[tag.index(" data-state=") + 1] for tag in tags}


async def test_each_part_stands_there_with_its_last_beat(scene: ApiScene, he: Reader) -> None:
    await beats(scene, AUDITOR, ago_s=15)
    await beats(scene, BEAT, ago_s=1)
    await scene.add(Leadership(name="switchboard", epoch=1, expires_at=scene.clock.now() + YEARS))

    page = await he.reads("/floor/watch")

    told = states(page)
    assert {name: told[name] for name in (AUDITOR, BEAT, "switchboard")} == dict.fromkeys(
        (AUDITOR, BEAT, "switchboard"), "good"
    )
    assert "data-since" in page.part("watched-part").html


async def test_an_auditor_that_is_silent_for_a_minute_is_told_in_red(
    scene: ApiScene, he: Reader
) -> None:
    await beats(scene, AUDITOR, ago_s=61)

    page, wall = await he.reads("/floor/watch"), await he.reads("/floor/watch?wall=true")

    assert states(page)[AUDITOR] == states(wall)[AUDITOR] == "late"
    assert "监察没有动静" in wall.text
    english = await he.reads("/floor/watch", language="en")
    assert "The auditor is silent" in english.text


async def test_a_house_without_an_auditor_says_so_on_the_floor_and_not_on_the_wall(
    he: Reader,
) -> None:
    page, wall = await he.reads("/floor/watch"), await he.reads("/floor/watch?wall=true")

    assert states(page)[AUDITOR] == "never"
    assert not wall.has("watch")


async def test_nobody_who_leads_and_no_dispatcher_are_broken(scene: ApiScene, he: Reader) -> None:
    await beats(scene, BEAT, ago_s=11)
    await scene.add(Leadership(name="switchboard", epoch=1, expires_at=scene.clock.now() - YEARS))

    wall = await he.reads("/floor/watch?wall=true")

    assert states(wall) == {BEAT: "late", "switchboard": "late"}


async def test_what_was_found_stands_with_what_to_do_and_the_way_there(
    scene: ApiScene, he: Reader
) -> None:
    at = scene.clock.now()
    await scene.add(
        WatchFinding(kind="escalation_overdue", row_id="one", since=at, found_at=at),
        WatchFinding(kind="redis_away", since=at, found_at=at, gone_at=at),
    )

    page, wall = await he.reads("/floor/watch"), await he.reads("/floor/watch?wall=true")

    assert len(page.all("finding")) == 1
    assert "照上面的电话自己打给工作站" in page.part("finding").text
    assert "/escalations/one" in page.html
    assert wall.has("finding")
    assert "/escalations/one" not in wall.html


async def test_a_counselor_is_shown_none_of_it(li: Reader) -> None:
    assert (await li.opens("/floor/watch")).status == 403


# ── drills ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_contact_whose_number_is_no_more_stands_in_red_and_without_the_number(
    scene: ApiScene, he: Reader
) -> None:
    at = scene.clock.now()
    await scene.add(
        Delivery(id="d", channel="phone", purpose="contact_drill", address="1", sender="2",
                 dedupe_key="d", state="failed", due_at=at, created_at=at),
        ContactDrill(id="d", contact_id="duty", asked_at=at, ended_at=at,
                     outcome="no_such_number"),
    )  # fmt: skip

    page = await he.reads("/incidents/drills")

    assert "号码不存在" in page.part("contact-drill").text
    assert "从未有人应答" in page.part("contact-drill").text
    assert "02000000202" not in page.html


async def test_of_many_contacts_only_those_worth_a_look_are_spread_out(
    scene: ApiScene, he: Reader
) -> None:
    crowd = [
        StationContact(id=f"c{n}", station_id="tianhe", rank=n, name="", phone="1", pin_hash="")
        for n in range(1, 30)
    ]
    await scene.add(*crowd)

    page = await he.reads("/incidents/drills")
    [folded] = page.all("contacts-folded")

    assert " open" not in folded
    assert "30" in page.part("contacts-folded").text


async def test_the_last_drills_say_how_far_they_came(scene: ApiScene, he: Reader) -> None:
    at = scene.clock.now()
    later, took = at + timedelta(minutes=5), timedelta(seconds=9)
    await scene.add(
        DrillRun(through="carrier", began_at=at, sent_at=at, ended_at=at + took, outcome="failed"),
        DrillRun(through="web", began_at=later, answered_at=later, ended_at=later + took,
                 outcome="passed"),
    )  # fmt: skip

    page = await he.reads("/incidents/drills")
    english = await he.reads("/incidents/drills", language="en")

    assert [tag.partition('data-outcome="')[2][:6] for tag in page.all("drill-run")] == [
        "passed", "failed",
    ]  # fmt: skip
    assert "没有演练号码，只试到我方网页" in page.text
    assert "as far as: rung" in english.text


async def test_before_the_first_drill_it_says_so(he: Reader) -> None:
    page = await he.reads("/incidents/drills")

    assert "还没有演练过" in page.text
    assert "还没有试呼过" in page.part("contacts-folded").text


async def test_a_counselor_reads_nothing_of_drills(li: Reader) -> None:
    assert (await li.opens("/incidents/drills")).status == 403
