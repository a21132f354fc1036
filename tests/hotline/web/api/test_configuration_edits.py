"""A change by form: written into the file, faults beside the field, put in force as any edit."""

from pathlib import Path

import pytest

from hotline.storage.tables import Line, Staff, StationContact
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

GUANGDONG = Path(__file__).parents[4] / "deploy" / "guangdong"
LINE = "women-12338"


def edit(part: str, key: str, **fields: object) -> dict[str, object]:
    dotted = {name.replace("__", "."): value for name, value in fields.items()}
    return {"base": 1, "part": part, "key": key, "fields": dotted}


async def test_hours_are_changed_and_every_comment_stays(scene: ApiScene, admin: Person) -> None:
    hours = [{"days": ["sat"], "from": "09:00", "to": "12:00"}]

    shown = await admin.does("POST", "/configuration/edit", edit("lines", LINE, hours=hours))
    await admin.does("POST", "/configuration", {"base": 1, "files": shown["files"], "note": "x"})

    assert shown["differences"] == [f"Hotline {LINE}: changed: Hours"]
    assert (await scene.get(Line, LINE)).hours == hours
    comments = (GUANGDONG / "lines.yaml").read_text().count("#")
    assert shown["files"]["lines.yaml"].count("#") == comments


async def test_each_fault_stands_beside_its_field(admin: Person) -> None:
    wrong = edit(
        "lines",
        LINE,
        duty_phone="nobody",
        recording__keep_days=0,
        hours=[{"days": ["sat"], "from": "9", "to": "12:00"}],
        calendar=[{"date": "soon", "is": "closed", "reason": "moving", "lines": [LINE]}],
    )

    shown = await admin.does("POST", "/configuration/edit", wrong)

    beside = {one["field"] for one in shown["faults"]}
    assert beside == {"duty_phone", "recording.keep_days", "hours", "calendar"}


async def test_a_rule_of_the_whole_account_stands_beside_the_field_it_names(
    admin: Person,
) -> None:
    wrong = edit("staff", "chen", roles=["counselor", "officer"])
    wrong["shown"] = ["name", "roles", "station", "skills.languages"]

    shown = await admin.does("POST", "/configuration/edit", wrong)

    assert [one["field"] for one in shown["faults"]] == ["station"]


async def test_a_new_account_is_written_at_the_end(scene: ApiScene, admin: Person) -> None:
    new = edit(
        "staff", "wu", name="吴", roles=["counselor"], lines=[LINE], skills__languages={"cmn": 5}
    )

    shown = await admin.does("POST", "/configuration/edit", new)
    await admin.does("POST", "/configuration", {"base": 1, "files": shown["files"]})

    (wu,) = [one for one in await scene.all(Staff) if one.username == "wu"]
    assert (wu.name, wu.lines) == ("吴", [LINE])


async def test_a_contact_who_gets_another_phone_keeps_the_pin(
    scene: ApiScene, admin: Person
) -> None:
    before = await contact_of(scene, "gz-city")
    contacts = [{"id": "02000000102", "name": "市值班", "phone": "02000000109"}]

    shown = await admin.does(
        "POST", "/configuration/edit", edit("stations", "gz-city", contacts=contacts)
    )
    await admin.does("POST", "/configuration", {"base": 1, "files": shown["files"]})

    assert shown["differences"] == ["Station gz-city: contact 1 changed"]
    assert await contact_of(scene, "gz-city") == before


async def contact_of(scene: ApiScene, station: str) -> str:
    contacts = await scene.all(StationContact)
    (known,) = [str(one.id) for one in contacts if one.station_id == station and one.active]
    return known


async def test_a_file_is_added_and_taken_away_where_nothing_uses_it(admin: Person) -> None:
    plan = (GUANGDONG / "plans" / "day-lines.yaml").read_text()

    await admin.does("POST", "/configuration", {"base": 1, "files": {"plans/night.yaml": plan}})
    added = (await admin.gets("/configuration"))["files"]
    await admin.does("POST", "/configuration", {"base": 2, "files": {"plans/night.yaml": None}})

    assert "plans/night.yaml" in added
    assert "plans/night.yaml" not in (await admin.gets("/configuration"))["files"]


async def test_a_file_that_a_line_uses_stays(admin: Person) -> None:
    draft = {"base": 1, "files": {"plans/day-lines.yaml": None}}

    shown = await admin.does("POST", "/configuration/check", draft)
    refused = await admin.asks("POST", "/configuration", draft)

    assert "lines.yaml" in {one["path"] for one in shown["faults"]}
    assert "line women-12338 uses plans/day-lines.yaml" in shown["faults"][0]["said"]
    assert refused.status_code == 422


async def test_a_new_file_that_nothing_uses_yet_is_checked_all_the_same(admin: Person) -> None:
    draft = {"base": 1, "files": {"flows/new.yaml": "start: nowhere\n"}}

    shown = await admin.does("POST", "/configuration/check", draft)

    assert {one["path"] for one in shown["faults"]} == {"flows/new.yaml"}
