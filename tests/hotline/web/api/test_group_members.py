"""A member's link over the wire: cookies, other sites, other browsers, programs that only look."""

from typing import Any

import httpx
import pytest

from hotline.cases.timeline import CaseAct
from hotline.helpgroups.codes import new_code, new_link
from hotline.helpgroups.door import SESSION_LASTS
from hotline.helpgroups.service import end_member
from hotline.staff.actor import Actor
from hotline.storage.sealed import seal_cell
from hotline.storage.tables import (
    AnsweredRequest,
    CaseEntry,
    Delivery,
    GroupCode,
    GroupMember,
    GroupNote,
    GroupTask,
)
from hotline.web.addresses import path_for_log
from tests.hotline.web.api.case_rights import a_case
from tests.hotline.web.api.conftest import OUR_PAGE, ApiScene, client_of
from tests.hotline.web.api.group_rights import a_member

pytestmark = pytest.mark.anyio

CANARY = "the sentence of a canary"
COOKIE = "__Host-hotline_group_member"
HERE = "/api/v1/g/member"


class Member:
    """A class teacher with a browser of their own."""

    def __init__(self, scene: ApiScene, token: str) -> None:
        self.scene, self.token, self.http = scene, token, client_of(scene.app)

    @property
    def path(self) -> str:
        return f"/g/{self.token}"

    async def sees(self, **headers: str) -> httpx.Response:
        return await self.http.get(self.path, headers=headers)

    async def enters(self, code: str, **headers: str) -> httpx.Response:
        form = {"wish": "enter", "code": code}
        return await self.http.post(self.path, data=form, headers=headers)

    async def comes_in(self) -> httpx.Response:
        answer = await self.enters(await a_code(self.scene))
        assert answer.status_code == 303, answer.text
        return answer

    async def does(self, what: str, body: Any = None, **headers: str) -> int:
        sent = OUR_PAGE | headers
        method = "DELETE" if what == "/session" else "POST"
        return (await self.http.request(method, HERE + what, json=body, headers=sent)).status_code


async def a_code(scene: ApiScene, member_id: str = "member") -> str:
    """As it stands in a text."""
    async with scene.house.database.work() as work:
        at = scene.clock.now()
        kept = GroupCode(id=f"code-{at.timestamp()}", member_id=member_id, asked_at=at)
        code = new_code(scene.house.vault, kept, at=at, lasts=SESSION_LASTS)
        work.add(kept)
    return code


@pytest.fixture
async def member(scene: ApiScene) -> Member:
    at, vault = scene.clock.now(), scene.house.vault
    provision, one = a_member(at)
    one.asked_sealed = seal_cell(vault, one, "asked_sealed", CANARY)
    task = GroupTask(id="task", member_id="member", by="staff:he", at=at)
    task.words_sealed = seal_cell(vault, task, "words_sealed", "ring the aunt")
    await scene.add(*a_case(at), provision, one, task)
    async with scene.house.database.work() as work:
        token = new_link(work, await work.get_one(GroupMember, "member"), at=at)
    return Member(scene, token)


async def kinds(scene: ApiScene) -> list[str]:
    return [one.kind for one in await scene.all(CaseEntry) if one.kind.startswith("group.")]


async def test_the_link_alone_shows_nothing_of_the_case_to_people_and_programs(
    member: Member, scene: ApiScene
) -> None:
    for answer in (await member.sees(), await member.http.head(member.path)):
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "set-cookie" not in answer.headers
        for word in (CANARY, "1234567", "天河", "青少年", "154****"):
            assert word not in answer.text
    assert await kinds(scene) == []
    assert (await member.http.get("/g/no-such-link")).status_code == 404


async def test_the_code_opens_this_browser_and_no_other(member: Member, scene: ApiScene) -> None:
    answer = await member.comes_in()
    cookie = answer.headers["set-cookie"]

    assert answer.headers["location"] == member.path
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=43200"):
        assert part in cookie
    seen = await member.sees()
    assert CANARY in seen.text
    assert seen.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in seen.headers["Content-Security-Policy"]
    forwarded = await Member(scene, member.token).sees()
    assert CANARY not in forwarded.text
    assert 'data-testid="door-asks"' in forwarded.text
    assert await kinds(scene) == ["group.joined", "group.read"]


async def test_a_program_that_only_asks_for_headers_reads_nothing(
    member: Member, scene: ApiScene
) -> None:
    await member.comes_in()

    assert (await member.http.head(member.path)).status_code == 200

    assert await kinds(scene) == ["group.joined"]


async def test_a_wrong_code_says_so_and_five_lock(member: Member, scene: ApiScene) -> None:
    code = await a_code(scene)
    wrong = f"{(int(code) + 1) % 10**6:06}"

    said = []
    for _ in range(5):
        answer = await member.enters(wrong)
        assert (answer.status_code, answer.headers["location"]) == (303, member.path)
        said.append((await member.sees()).text)

    assert 'role="alert"' in said[0]
    assert "door-wrong_code" in said[0]
    assert "door-locked" in said[-1]
    assert (await member.enters(code)).status_code == 303
    assert "door-locked" in (await member.sees()).text


async def test_what_was_answered_is_shown_once_and_to_this_browser(
    member: Member, scene: ApiScene
) -> None:
    sent = await member.http.post(member.path, data={"wish": "send"})

    cookie = sent.headers["set-cookie"]
    for part in ("hotline_door=sent", "HttpOnly", "Secure", "SameSite=strict", "Max-Age=60"):
        assert part in cookie
    assert f"Path={member.path}" in cookie
    assert "door-asks" in (await Member(scene, member.token).sees()).text
    assert (
        await member.http.head(member.path)
    ).status_code == 200  # a program takes it from nobody
    assert "door-sent" in (await member.sees()).text
    assert "door-asks" in (await member.sees()).text
    await member.http.post(member.path, data={"wish": "send"})
    assert "door-too_soon" in (await member.sees()).text
    await scene.change(GroupMember, "member", phone_index="")
    await member.enters("  ")
    assert "door-asks" in (await member.sees()).text


@pytest.mark.parametrize("word", ["open", "over", "unknown", "locked", "anything", ""])
async def test_a_made_up_answer_shows_nothing_else(
    member: Member, scene: ApiScene, word: str
) -> None:
    made_up = {"Cookie": f"hotline_door={word}"}
    assert "door-asks" in (await member.sees(**made_up)).text

    await scene.change(GroupMember, "member", locked_at=scene.clock.now())
    for one in (word, "sent", "wrong_code"):
        seen = await member.sees(Cookie=f"hotline_door={one}")
        assert "door-locked" in seen.text
        assert CANARY not in seen.text


async def test_a_link_that_nobody_made_stays_a_page(member: Member) -> None:
    for form in ({"wish": "send"}, {"wish": "enter", "code": "123456"}):
        answer = await member.http.post("/g/no-such-link", data=form)
        assert answer.status_code == 404
        assert "set-cookie" not in answer.headers


async def test_another_site_can_neither_ask_for_codes_nor_enter_them(
    member: Member, scene: ApiScene
) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}

    assert (await member.enters(await a_code(scene), **headers)).status_code == 403
    asked = await member.http.post(member.path, data={"wish": "send"}, headers=headers)

    assert asked.status_code == 403
    assert len(await scene.all(GroupCode)) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hotline": "1"},
        {"Sec-Fetch-Site": "same-origin"},
        {"X-Hotline": "1", "Sec-Fetch-Site": "cross-site"},
        {"X-Hotline": "1", "Origin": "https://hotline.test.evil.example"},
    ],
)
async def test_another_site_makes_no_members_browser_act(
    member: Member, scene: ApiScene, headers: dict[str, str]
) -> None:
    await member.comes_in()
    for what in ("/notes", "/cannot", "/danger", "/leave", "/tasks/task"):
        body = {"text": "x", "done": True}
        answer = await member.http.post(HERE + what, json=body, headers=headers)
        assert answer.status_code == 403

    assert await scene.all(GroupNote) == []
    assert (await scene.get(GroupMember, "member")).ended_at is None


async def test_without_the_cookie_nobody_acts_be_they_staff_or_another_member(
    member: Member, scene: ApiScene
) -> None:
    assert await member.does("/notes", {"text": "x"}) == 401
    staff = scene.person("he").headers
    assert await member.does("/notes", {"text": "x"}, **staff) == 401
    await member.comes_in()
    other = member.http.cookies[COOKIE]
    stolen = Member(scene, member.token)
    stolen.http.cookies.set("__Host-hotline_group_another", other)
    answer = await stolen.http.post("/api/v1/g/another/notes", json={"text": "x"}, headers=OUR_PAGE)

    assert answer.status_code == 401
    assert await scene.all(GroupNote) == []


async def test_a_member_is_nobody_to_every_page_and_command_of_staff(
    member: Member, scene: ApiScene
) -> None:
    await member.comes_in()
    session = member.http.cookies[COOKIE]
    member.http.cookies.set("__Host-hotline_session", session)
    for path in ("/api/v1/me", "/api/v1/cases", "/cases/case", "/api/v1/live"):
        bearer = {"Authorization": f"Bearer {session}", **OUR_PAGE}
        for headers in (OUR_PAGE, bearer):
            answer = await member.http.get(path, headers=headers)
            assert answer.status_code in (401, 404, 405)
            assert "1234567" not in answer.text


async def test_they_write_tick_off_say_and_leave(member: Member, scene: ApiScene) -> None:
    await member.comes_in()

    assert await member.does("/notes", {"text": "was at school"}) == 204
    assert await member.does("/tasks/task", {"done": True}) == 204
    assert await member.does("/tasks/none", {"done": True}) == 404
    assert await member.does("/cannot", {"text": "no way in"}) == 204
    assert await member.does("/danger", {"text": "a knife"}) == 204
    assert await member.does("/notes", {"text": "  "}) == 422
    seen = (await member.sees()).text
    assert "was at school" in seen
    assert "a knife" in seen
    assert await member.does("/leave") == 204

    assert await member.does("/notes", {"text": "late"}) == 401
    assert "door-over" in (await member.sees()).text
    assert "group.danger" in await kinds(scene)


async def test_what_is_sent_again_under_its_key_is_kept_once(
    member: Member, scene: ApiScene
) -> None:
    await member.comes_in()
    key = {"Idempotency-Key": "one try"}

    said = [await member.does("/notes", {"text": CANARY}, **key) for _ in range(3)]

    assert said == [204] * 3
    assert len(await scene.all(GroupNote)) == 1
    assert CANARY not in str([one.model_dump() for one in await scene.all(GroupNote)])
    assert await scene.all(AnsweredRequest) == []


async def test_who_is_ended_while_the_page_is_open_reads_and_writes_no_further(
    member: Member, scene: ApiScene
) -> None:
    await member.comes_in()
    async with scene.house.database.work() as work:
        by, at = Actor.of_staff("he"), scene.clock.now()
        act = CaseAct(vault=scene.house.vault, by=by, at=at)
        await end_member(work, act, "case", "member", "another school")

    assert await member.does("/danger", {"text": "x"}) == 401
    seen = (await member.sees()).text
    assert "door-over" in seen
    assert CANARY not in seen


async def test_who_is_marked_as_suspected_by_name_reads_no_further_and_is_sent_nothing(
    member: Member, scene: ApiScene
) -> None:
    await member.comes_in()
    one, vault = await scene.get(GroupMember, "member"), scene.house.vault
    name = seal_cell(vault, one, "name_sealed", "王 大明")
    await scene.change(GroupMember, "member", name_sealed=name, phone_index="", mail_index="mail")
    he, body = scene.person("he"), {"role": "guardian", "name": "王大明"}
    person = await he.does("POST", "/cases/case/people", body)
    assert CANARY in (await member.sees()).text

    why = {"text": "bruises"}
    await he.does("POST", f"/cases/case/people/{person['id']}/suspected", why)

    assert await member.does("/notes", {"text": "x"}) == 401
    seen = (await member.sees()).text
    assert "door-over" in seen
    assert CANARY not in seen
    scene.clock.advance(61)
    for what, sent in (("link", None), ("code", None), ("narrow", {"fields": []})):
        answer = await he.asks("POST", f"/cases/case/group/members/member/{what}", sent)
        assert answer.status_code == 409, what
    await member.enters(await a_code(scene))
    assert "door-over" in (await member.sees()).text
    assert await scene.all(Delivery) == []


async def test_after_signing_out_the_browser_keeps_nothing(member: Member, scene: ApiScene) -> None:
    await member.comes_in()

    answer = await member.http.delete(f"{HERE}/session", headers=OUR_PAGE)

    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert CANARY not in (await member.sees()).text
    assert await member.does("/session") == 401


async def test_made_up_names_of_this_house_lead_nowhere(member: Member) -> None:
    answer = await member.sees(Host="evil.example")

    assert answer.status_code == 421
    assert (await member.enters("123456", Host="evil.example")).status_code == 421


@pytest.mark.parametrize("path", ["/g/secret", "/g/secret/more", "/seat/desk/g/secret"])
def test_no_log_line_has_the_link(path: str) -> None:
    assert "secret" not in path_for_log(path)


async def test_a_code_to_tell_is_kept_nowhere(member: Member, scene: ApiScene) -> None:
    he = scene.person("he")

    told = await he.does("POST", "/cases/case/group/members/member/code")

    assert len(told["code"]) == 6
    assert await scene.all(AnsweredRequest) == []
    assert (await member.enters(told["code"])).status_code == 303


async def test_who_answers_for_the_case_sees_who_read_what_and_no_station_above_does(
    member: Member, scene: ApiScene
) -> None:
    await member.comes_in()
    await member.sees()
    await member.does("/notes", {"text": CANARY})
    he = scene.person("he").headers

    part = await scene.http.get("/cases/case/parts/group", headers=he)
    page = await scene.http.get("/cases/case/group/members/member", headers=he)
    form = await scene.http.get("/cases/case/group/invite?kind=doctor", headers=he)

    assert 'data-testid="group-member"' in part.text
    assert CANARY not in part.text
    assert CANARY in page.text
    assert 'name="health"' in form.text
    assert 'name="place"' not in form.text
    assert (
        await scene.http.get("/cases/case/group/invite?kind=nobody", headers=he)
    ).status_code == 404
    assert (await kinds(scene))[-1] == "group.notes_read"
    read = [one for one in await scene.all(CaseEntry) if one.kind == "case.read"]
    assert [(one.actor, one.facts) for one in read] == [("staff:he", {"what": ["group"]})]
