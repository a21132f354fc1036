"""What administrators do with accounts, and the link by which a person chooses a password."""

from typing import Any

import httpx
import pytest

from hotline.configuration.people import is_active_in_files
from hotline.staff.invitations import INVITATION_LASTS
from hotline.storage.tables import AccountAct, AnsweredRequest, Invitation, Presence, Staff
from tests.hotline.web.api.conftest import OUR_PAGE, PASSWORD, ApiScene, Person

pytestmark = pytest.mark.anyio

NEW = "seven green umbrellas dance"


@pytest.fixture
def root(scene: ApiScene) -> Person:
    """The administrator."""
    return scene.person("root")


async def asks(scene: ApiScene, path: str, body: dict[str, str]) -> httpx.Response:
    """Somebody who has the link and no account to sign in with yet."""
    return await scene.http.post(f"/api/v1/invitations/{path}", json=body, headers=OUR_PAGE)


async def link_for(root: Person, username: str) -> str:
    """The secret part of a fresh link."""
    told = await root.does("POST", f"/accounts/{username}/invitation")
    return str(told["link"].partition("#")[2])


async def state_of(root: Person, username: str) -> Any:
    found = [one for one in await root.gets("/accounts") if one["username"] == username]
    return found[0]["state"]


async def signs_in(scene: ApiScene, username: str, password: str) -> int:
    given = {"username": username, "password": password}
    return (await scene.http.post("/api/v1/tokens", json=given)).status_code


async def test_a_new_person_is_invited_and_chooses_a_password(
    scene: ApiScene, root: Person
) -> None:
    await scene.change(Staff, "chen", password_hash="")
    states = [await state_of(root, "chen")]
    token = await link_for(root, "chen")
    states.append(await state_of(root, "chen"))

    looked = await asks(scene, "look", {"token": token})
    judged = await asks(scene, "judge", {"token": token, "password": "chenchenchen"})
    weak = await asks(scene, "use", {"token": token, "password": "chenchenchen"})
    used = await asks(scene, "use", {"token": token, "password": NEW})
    states.append(await state_of(root, "chen"))
    signed_in = await signs_in(scene, "chen", NEW)
    states.append(await state_of(root, "chen"))

    assert states == ["no_password", "invited", "never_signed_in", "active"]
    assert looked.json() == {"username": "chen", "name": "name of chen"}
    assert (judged.json()["good"], weak.status_code) == (False, 422)
    assert (used.status_code, signed_in) == (204, 200)


async def test_a_link_works_once_and_for_three_days(scene: ApiScene, root: Person) -> None:
    first = await link_for(root, "chen")
    second = await link_for(root, "chen")
    replaced = await asks(scene, "look", {"token": first})
    await asks(scene, "use", {"token": second, "password": NEW})
    used = await asks(scene, "use", {"token": second, "password": NEW + "!"})
    third = await link_for(root, "li")

    scene.clock.advance(int(INVITATION_LASTS.total_seconds()))

    late = await asks(scene, "use", {"token": third, "password": NEW})
    assert [one.status_code for one in (replaced, used, late)] == [404] * 3


async def test_a_reset_password_counts_no_more_and_sessions_end_with_the_new_one(
    scene: ApiScene, root: Person, chen: Person
) -> None:
    token = await link_for(root, "chen")
    old = await signs_in(scene, "chen", PASSWORD)
    between = await chen.asks("GET", "/me")

    await asks(scene, "use", {"token": token, "password": NEW})

    assert (old, between.status_code) == (401, 200)
    assert (await chen.asks("GET", "/me")).status_code == 401
    assert await signs_in(scene, "chen", NEW) == 200


async def test_the_secret_of_a_link_is_kept_nowhere(scene: ApiScene, root: Person) -> None:
    told = await root.asks("POST", "/accounts/chen/invitation", key="a key for repeats")
    token = told.json()["link"].partition("#")[2]

    rows = [*await scene.all(Invitation), *await scene.all(AnsweredRequest)]

    assert len(token) >= 43
    assert not any(token in row.model_dump_json() for row in rows)


async def test_a_link_needs_a_page_of_ours(scene: ApiScene, root: Person) -> None:
    token = await link_for(root, "chen")

    answer = await scene.http.post("/api/v1/invitations/look", json={"token": token})

    assert answer.status_code == 403


async def test_whoever_is_switched_off_is_out_until_they_are_switched_on(
    scene: ApiScene, root: Person, chen: Person
) -> None:
    await scene.change(Presence, "chen", state="ready")

    await root.does("POST", "/accounts/chen/disable")
    off = (await state_of(root, "chen"), await signs_in(scene, "chen", PASSWORD))
    seen = (await chen.asks("GET", "/me")).status_code
    await root.does("POST", "/accounts/chen/enable")

    assert (off, seen) == (("disabled", 401), 401)
    assert (await scene.get(Presence, "chen")).state == "offline"
    assert await signs_in(scene, "chen", PASSWORD) == 200


async def test_a_link_of_somebody_who_was_switched_off_is_worth_nothing(
    scene: ApiScene, root: Person
) -> None:
    token = await link_for(root, "chen")
    await root.does("POST", "/accounts/chen/disable")

    answer = await asks(scene, "use", {"token": token, "password": NEW})

    assert answer.status_code == 404


async def test_nobody_switches_their_own_account_off(scene: ApiScene, root: Person) -> None:
    answer = await root.asks("POST", "/accounts/root/disable")

    assert (answer.status_code, answer.json()["type"]) == (409, "LocksYouOut")
    assert (await root.asks("GET", "/me")).status_code == 200


async def test_an_administrator_puts_somebody_out_and_keeps_the_own_session(
    root: Person, li: Person
) -> None:
    await root.does("DELETE", "/accounts/li/sessions")
    await root.does("DELETE", "/accounts/root/sessions")

    assert (await li.asks("GET", "/me")).status_code == 401
    assert (await root.asks("GET", "/me")).status_code == 200


async def test_who_did_what_to_an_account_stays(scene: ApiScene, root: Person) -> None:
    await link_for(root, "chen")
    await root.does("POST", "/accounts/chen/disable")
    await root.does("POST", "/accounts/chen/enable")

    acts = [(one.staff_id, one.by_id, one.kind) for one in await scene.all(AccountAct)]

    assert acts == [("chen", "root", kind) for kind in ("password_reset", "disabled", "enabled")]


async def test_an_account_that_is_not_there_is_not_found(root: Person) -> None:
    answer = await root.asks("POST", "/accounts/nobody/disable")

    assert answer.status_code == 404


async def test_without_files_everybody_counts_as_being_in_them(scene: ApiScene) -> None:
    async with scene.house.database.work() as work:
        assert await is_active_in_files(work, "chen")
