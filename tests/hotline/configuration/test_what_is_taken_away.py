"""What the files take from somebody reaches at once whatever is live, and stays taken."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import SQLModel, col, select

from hotline.callcontrol.offers import accept_offer
from hotline.callcontrol.participants import lock_participant
from hotline.callcontrol.revocation import end_revoked
from hotline.calls.service import lock_call
from hotline.configuration.apply import apply
from hotline.configuration.load import Configuration, load_folder
from hotline.configuration.schema import SkillsFile, StaffFile
from hotline.settings import Settings
from hotline.staff.passwords import set_password
from hotline.staff.sign_in import who_is
from hotline.staff.skills import skills_of
from hotline.storage.session import Database
from hotline.storage.tables import (
    Call,
    CallEntry,
    Offer,
    Participant,
    Presence,
    Staff,
    StaffSession,
)
from hotline.switchboard.mirror import read_rows
from hotline.web.api.live import Stream
from hotline.web.app import create_app
from hotline.web.deps import Backend
from tests.fakes import FakeClock
from tests.hotline.configuration.conftest import GUANGDONG
from tests.hotline.web.api.conftest import SITE, client_of, house_on

pytestmark = pytest.mark.anyio

PASSWORD, ENGLISH = "a password of li's own", "eng"


@dataclass
class Hotline:
    """The Guangdong line with li alone, who is signed in, and short words for what happens."""

    house: Backend
    clock: FakeClock
    http: httpx.AsyncClient
    files: Configuration
    token: str = ""
    li: str = field(default="", init=False)

    async def begins(self) -> None:
        """li is there, as the files say, and signs in."""
        given = StaffFile.model_validate(
            {
                "username": "li",
                "name": "Li",
                "roles": ["counselor"],
                "lines": ["youth-12355"],
                "skills": {"languages": {"cmn": 5, ENGLISH: 3}},
            }
        )
        self.files = replace(self.files, staff=[given])
        await self.says()
        async with self.house.database.work() as work:
            await set_password(work, "li", PASSWORD)
            query = select(Staff.id).where(Staff.username == "li")
            self.li = (await work.exec(query)).one()
        self.token = await self.signs_in()

    async def says(self, **changes: Any) -> None:
        """The files, with this changed of li, are applied."""
        people = [one.model_copy(update=changes) for one in self.files.staff]
        await self.applied(replace(self.files, staff=people))

    async def removes(self) -> None:
        """The files without li are applied."""
        await self.applied(replace(self.files, staff=[]))

    async def applied(self, files: Configuration) -> None:
        async with self.house.database.work() as work:
            await apply(work, files, at=self.clock.now())

    async def signs_in(self) -> str:
        answer = await self.http.post(
            "/api/v1/tokens", json={"username": "li", "password": PASSWORD}
        )
        return str(answer.json()["token"])

    async def asks(self, method: str, path: str, body: Any = None) -> int:
        """What li's token is answered."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = await self.http.request(method, f"/api/v1{path}", json=body, headers=headers)
        return answer.status_code

    async def add(self, *rows: SQLModel) -> None:
        async with self.house.database.work() as work:
            for row in rows:
                work.add(row)
                await work.flush()

    async def get(self, table: type[SQLModel], key: str) -> Any:
        async with self.house.database.work() as work:
            return await work.get_one(table, key)

    async def presence_is(self, state: str, **values: Any) -> None:
        async with self.house.database.work() as work:
            presence = await work.get_one(Presence, self.li)
            presence.state = state
            for name, value in values.items():
                setattr(presence, name, value)

    async def call(self, state: str, **values: Any) -> None:
        """The child's."""
        now = self.clock.now()
        await self.add(
            Call(id="c1", carrier_sid="CA-child", line_id="youth-12355", state=state,
                 **{"arrived_at": now, "heard_at": now, "queued_at": now, **values})
        )  # fmt: skip

    async def rings(self) -> None:
        """The child waits, and li's phone rings for it."""
        now = self.clock.now()
        revision = (await self.get(Staff, self.li)).revision
        await self.call("waiting")
        await self.add(
            Offer(id="o1", call_id="c1", staff_id=self.li, offered_at=now, revision=revision,
                  expires_at=now + timedelta(seconds=20)),
            Participant(id="p1", call_id="c1", offer_id="o1", staff_id=self.li, role="counselor",
                        state="ringing", address="client:li", carrier_sid="CA-li", created_at=now),
        )  # fmt: skip
        await self.presence_is("offered", call_id="c1")

    async def talks(self) -> None:
        """li and the child."""
        await self.call("talking", counselor_id=self.li, accepted_at=self.clock.now())
        await self.presence_is("talking", call_id="c1")

    async def may_be_called(self) -> bool:
        """Whether the switchboard knows li as somebody on duty."""
        async with self.house.database.work() as work:
            return self.li in (await read_rows(work)).counselors

    async def kinds(self) -> list[str]:
        async with self.house.database.work() as work:
            query = select(CallEntry.kind).order_by(col(CallEntry.id))
            return list((await work.exec(query)).all())


@pytest.fixture(scope="module")
def files() -> Configuration:
    """The Guangdong folder."""
    return load_folder(GUANGDONG)


@pytest.fixture
async def hotline(
    database: Database, clock: FakeClock, files: Configuration
) -> AsyncIterator[Hotline]:
    """The applied folder, with li."""
    house = house_on(database, clock, Settings(public_url=SITE))
    async with client_of(create_app(house)) as http:
        made = Hotline(house, clock, http, files)
        await made.begins()
        yield made


async def removed(hotline: Hotline) -> None:
    await hotline.removes()


async def disabled(hotline: Hotline) -> None:
    await hotline.says(active=False)


async def without_the_role(hotline: Hotline) -> None:
    await hotline.says(roles=["admin"])


async def without_the_line(hotline: Hotline) -> None:
    await hotline.says(lines=[])


async def without_the_skill(hotline: Hotline) -> None:
    await hotline.says(skills=SkillsFile.model_validate({"languages": {"cmn": 5}}))


async def switched_off_behind_our_back(hotline: Hotline) -> None:
    async with hotline.house.database.work() as work:
        (await work.get_one(Staff, hotline.li)).active = False
    async with hotline.house.database.work() as work:
        await end_revoked(work, at=hotline.clock.now())


Taking = Callable[[Hotline], Any]
OUT: list[Taking] = [removed, disabled, switched_off_behind_our_back]
ALL: list[Taking] = [*OUT, without_the_role, without_the_line, without_the_skill]


# ── what rings ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("take", ALL)
async def test_a_phone_that_rings_stops_and_the_child_keeps_the_place(
    hotline: Hotline, take: Taking
) -> None:
    await hotline.rings()
    queued_at = (await hotline.get(Call, "c1")).queued_at

    await take(hotline)

    offer, leg = await hotline.get(Offer, "o1"), await hotline.get(Participant, "p1")
    call = await hotline.get(Call, "c1")
    assert (offer.state, offer.reason) == ("withdrawn", "revoked")
    assert leg.wanted == "out"
    assert (call.state, call.queued_at) == ("waiting", queued_at)
    assert await hotline.kinds() == ["offer.withdrawn"]


@pytest.mark.parametrize("changes", [{"answers_on": "own_phone", "own_phone": "15400000399"}])
async def test_a_phone_that_is_not_theirs_any_more_stops_ringing(
    hotline: Hotline, changes: dict[str, str]
) -> None:
    await hotline.rings()

    await hotline.says(**changes)

    assert (await hotline.get(Offer, "o1")).state == "withdrawn"


@pytest.mark.parametrize("take", ALL)
async def test_whoever_answers_in_the_same_moment_gets_no_child(
    hotline: Hotline, take: Taking
) -> None:
    await hotline.rings()
    await take(hotline)
    async with hotline.house.database.work() as work:  # decided while the files were applied
        (await work.get_one(Offer, "o1")).state = "pending"
    await hotline.presence_is("offered", call_id="c1")

    async with hotline.house.database.work() as work:
        await lock_call(work, "c1")
        taken = await accept_offer(work, await lock_participant(work, "p1"), at=hotline.clock.now())

    assert not taken
    assert (await hotline.get(Call, "c1")).state == "waiting"
    assert (await hotline.get(Offer, "o1")).state == "withdrawn"


# ── who is on duty ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", ["ready", "paused", "wrapping_up"])
@pytest.mark.parametrize("take", [*OUT, without_the_role])
async def test_who_may_take_no_calls_is_off_duty(
    hotline: Hotline, take: Taking, state: str
) -> None:
    await hotline.presence_is(state)

    await take(hotline)

    presence = await hotline.get(Presence, hotline.li)
    assert (presence.state, presence.reason) == ("offline", "revoked")
    assert not await hotline.may_be_called()


@pytest.mark.parametrize("take", [*OUT, without_the_role])
async def test_who_was_being_rung_is_off_duty_as_well(hotline: Hotline, take: Taking) -> None:
    await hotline.rings()

    await take(hotline)

    assert (await hotline.get(Presence, hotline.li)).state == "offline"


@pytest.mark.parametrize("take", [without_the_line, without_the_skill])
async def test_who_lost_a_line_or_a_skill_stays_on_duty_with_the_rest(
    hotline: Hotline, take: Taking
) -> None:
    await hotline.presence_is("ready")
    before = skills_of(await hotline.get(Staff, hotline.li))

    await take(hotline)

    assert await hotline.may_be_called()
    assert (await hotline.get(Presence, hotline.li)).state == "ready"
    assert skills_of(await hotline.get(Staff, hotline.li)) != before


@pytest.mark.parametrize("take", [*OUT, without_the_role])
async def test_a_talk_that_goes_on_is_not_cut_and_the_floor_says_so(
    hotline: Hotline, take: Taking
) -> None:
    await hotline.talks()

    await take(hotline)
    async with hotline.house.database.work() as work:
        await end_revoked(work, at=hotline.clock.now())

    presence = await hotline.get(Presence, hotline.li)
    assert (presence.state, presence.reason) == ("talking", "revoked")
    assert (await hotline.get(Call, "c1")).state == "talking"
    assert await hotline.kinds() == ["counselor.revoked"], "told once"


# ── what was signed in ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/me", "/me/softphone", "/floor"])
@pytest.mark.parametrize("take", OUT)
async def test_a_token_opens_nothing_any_more_nor_after_the_account_is_back(
    hotline: Hotline, take: Taking, path: str
) -> None:
    before = await hotline.asks("GET", path)

    await take(hotline)
    taken = await hotline.asks("GET", path)
    await hotline.applied(hotline.files)
    back = await hotline.asks("GET", path)
    hotline.token = await hotline.signs_in()

    assert (before, taken, back, await hotline.asks("GET", path)) == (200, 401, 401, 200)


async def test_a_session_of_before_that_was_not_deleted_does_not_come_back(
    hotline: Hotline,
) -> None:
    async with hotline.house.database.work() as work:
        kept = (await work.exec(select(StaffSession))).one().model_dump()
    await disabled(hotline)
    await hotline.applied(hotline.files)

    await hotline.add(StaffSession(**kept))

    assert await hotline.asks("GET", "/me") == 401


@pytest.mark.parametrize("path", ["/me/softphone"])
async def test_who_lost_the_role_gets_no_softphone_and_cannot_be_ready(
    hotline: Hotline, path: str
) -> None:
    await without_the_role(hotline)

    assert await hotline.asks("GET", path) == 403
    assert await hotline.asks("PUT", "/me/presence", {"state": "ready"}) == 403


@pytest.mark.parametrize("take", [without_the_line, without_the_skill])
async def test_who_lost_a_line_or_a_skill_stays_signed_in(hotline: Hotline, take: Taking) -> None:
    await take(hotline)

    assert await hotline.asks("GET", "/me") == 200


@pytest.mark.parametrize("take", OUT)
async def test_an_open_stream_ends(hotline: Hotline, take: Taking) -> None:
    async with hotline.house.database.work() as work:
        li = await who_is(work, hotline.token, at=hotline.clock.now())
    stream = Stream(
        backend=hotline.house, who=li, token=hotline.token, asks=True, look_s=0.0
    ).events()
    seen = [(await anext(stream)).event, (await anext(stream)).event]

    await take(hotline)

    assert seen == ["resync", "clock"]
    assert [event async for event in stream] == []


async def with_skills_for_a_shift(hotline: Hotline) -> dict[str, Any]:
    """What li can do by the file; a supervisor added Cantonese for the shift."""
    before: dict[str, Any] = (await hotline.get(Staff, hotline.li)).skills
    during = {**before, "languages": {**before["languages"], "yue": 3}}
    async with hotline.house.database.work() as work:
        staff = await work.get_one(Staff, hotline.li)
        staff.skills, staff.skills_kept = during, before
    return during


async def test_skills_for_a_shift_go_on_where_the_file_says_the_same(hotline: Hotline) -> None:
    during = await with_skills_for_a_shift(hotline)

    await hotline.says()

    assert (await hotline.get(Staff, hotline.li)).skills == during


async def test_a_file_with_other_skills_ends_those_for_a_shift(hotline: Hotline) -> None:
    await with_skills_for_a_shift(hotline)

    await without_the_skill(hotline)

    staff = await hotline.get(Staff, hotline.li)
    assert ("yue" in staff.skills["languages"], staff.skills_kept) == (False, None)
