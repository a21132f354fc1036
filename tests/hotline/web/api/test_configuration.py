"""Edits of the configuration: checked, shown, put in force, undone; on the newest version only."""

from pathlib import Path

import pytest

from hotline.numbers import as_people_dial
from hotline.storage.tables import Line, SupervisorAct
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

GUANGDONG = Path(__file__).parents[4] / "deploy" / "guangdong"
LINE, OLD, NEW = "youth-12355", "02000000010", "02000000019"


async def draft(admin: Person, old: str, new: str) -> dict[str, object]:
    told = await admin.gets("/configuration")
    text = told["files"]["lines.yaml"].replace(old, new)
    return {"base": told["versions"][0]["number"], "files": {"lines.yaml": text}}


async def test_an_edit_is_shown_put_in_force_and_undone(scene: ApiScene, admin: Person) -> None:
    edit = await draft(admin, OLD, NEW)

    shown = await admin.does("POST", "/configuration/check", edit)
    kept = (await scene.get(Line, LINE)).duty_phone
    done = await admin.does("POST", "/configuration", {**edit, "note": "a new phone"})
    changed = (await scene.get(Line, LINE)).duty_phone
    undone = await admin.does("POST", "/configuration/undo", {"base": 2, "number": 1})

    assert shown["differences"] == [f"Hotline {LINE}: changed: duty phone"]
    phones = (kept, changed, (await scene.get(Line, LINE)).duty_phone)
    assert [as_people_dial(one) for one in phones] == [OLD, NEW, OLD]
    assert (done["number"], undone["number"]) == (2, 3)
    acts = [(act.by_id, act.subject_id, act.reason) for act in await scene.all(SupervisorAct)]
    assert acts == [("admin", "2", "a new phone"), ("admin", "3", "v1")]


async def test_a_fault_is_told_by_file_and_line(admin: Person) -> None:
    edit = await draft(admin, f'duty_phone: "{OLD}"', "duty_phone: no")

    shown = await admin.does("POST", "/configuration/check", edit)
    refused = await admin.asks("POST", "/configuration", edit)

    (fault,) = shown["faults"]
    assert (fault["path"], fault["line"] > 1) == ("lines.yaml", True)
    assert "telephone number" in fault["said"]
    assert refused.status_code == 422


async def test_nobody_takes_away_their_own_way_back(admin: Person) -> None:
    told = await admin.gets("/configuration")
    text = told["files"]["staff.yaml"].replace("roles: [admin, supervisor]", "roles: [supervisor]")

    answer = await admin.asks("POST", "/configuration", {"base": 1, "files": {"staff.yaml": text}})

    assert (answer.status_code, answer.json()["type"]) == (409, "LocksYouOut")
    assert len((await admin.gets("/configuration"))["versions"]) == 1


async def test_a_secret_is_refused(admin: Person) -> None:
    told = await admin.gets("/configuration")
    text = told["files"]["staff.yaml"].replace(
        "- username: li\n", "- username: li\n    password: x\n"
    )

    shown = await admin.does(
        "POST", "/configuration/check", {"base": 1, "files": {"staff.yaml": text}}
    )

    assert "No secret stands in a file" in shown["faults"][0]["said"]


async def test_who_began_from_an_older_version_is_told_to_look_again(admin: Person) -> None:
    edit, late = await draft(admin, OLD, NEW), await draft(admin, OLD, "02000000018")
    await admin.does("POST", "/configuration", edit)

    answer = await admin.asks("POST", "/configuration", late)

    assert (answer.status_code, answer.json()["type"]) == (409, "Conflict")


async def test_no_file_can_be_put_outside_the_set(admin: Person) -> None:
    answer = await admin.asks("POST", "/configuration", {"base": 1, "files": {"../x.yaml": "a: 1"}})

    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["a" * 300 + ".yaml", "a/" * 2000 + "b.yaml", "../lines.yaml"])
async def test_a_name_that_no_disk_takes_is_a_fault_of_the_draft(admin: Person, path: str) -> None:
    shown = await admin.does("POST", "/configuration/check", {"base": 1, "files": {path: "a: 1"}})

    assert "name files" in shown["faults"][0]["said"]


@pytest.mark.parametrize("number", [0, -1, 2**31, 10**30])
async def test_a_version_that_cannot_be_is_not_there(admin: Person, number: int) -> None:
    answer = await admin.asks("POST", "/configuration/undo", {"base": 1, "number": number})

    assert answer.status_code == 404
