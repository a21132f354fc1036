"""The number behind the mask: opened for a reason, for one answer, with a trace; else by nobody."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import SQLModel, text
from structlog.testing import capture_logs

from hotline.calls.model import CallState
from hotline.numbers import masked
from hotline.staff.model import Role
from hotline.storage.tables import Call, Callback, CallbackCause, SupervisorAct
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader
from tests.hotline.web.pages.conftest import he as he  # noqa: PLC0414 – a fixture, handed on

pytestmark = pytest.mark.anyio

CANARY, BEHIND = "15412345678", "15487654321"
SENT = {"From": "02000000009", "Diversion": f"<sip:{BEHIND}@trunk>"}
REASON = {"reason": "the ambulance asks for it"}


@pytest.fixture(autouse=True)
async def _number_is_sealed(scene: ApiScene) -> None:
    await has_number(scene, "call")


async def has_number(scene: ApiScene, call_id: str) -> None:
    """The canary called, and a trunk passed the call on."""
    vault = scene.house.vault
    await scene.change(
        Call,
        call_id,
        from_sealed=vault.seal(CANARY, place=f"call.from.{call_id}"),
        sent_sealed=vault.seal(json.dumps(SENT), place=f"call.sent.{call_id}"),
        from_index="canary",
        from_masked=masked(CANARY),
        number_kind="forwarded",
    )


async def opens(scene: ApiScene, who: str, call_id: str = "call", **body: Any) -> httpx.Response:
    """Ask for it."""
    return await scene.person(who).asks("POST", f"/calls/{call_id}/number", {**REASON, **body})


async def test_who_has_the_call_reads_number_and_headers_and_nobody_keeps_the_answer(
    scene: ApiScene,
) -> None:
    answer = await opens(scene, "li")

    assert answer.json() == {"number": CANARY, "kind": "forwarded", "sent": SENT}
    assert answer.headers["Cache-Control"] == "no-store"


async def test_supervisors_of_the_line_read_who_opened_it_and_why(scene: ApiScene) -> None:
    await opens(scene, "li")

    [act] = await scene.all(SupervisorAct)
    shown = await scene.person("he").gets("/floor/acts")
    assert (act.by_id, act.kind, act.reason, act.lines) == (
        "li",
        "number_opened",
        REASON["reason"],
        ["youth"],
    )
    assert "number_opened" in str(shown)
    assert "number.opened" in await scene.kinds()


@pytest.mark.parametrize("reason", ["", "why", "  so  ", "x" * 201])
async def test_without_a_reason_nothing_is_opened(scene: ApiScene, reason: str) -> None:
    answer = await opens(scene, "he", reason=reason)

    assert answer.status_code == 422
    assert await scene.all(SupervisorAct) == []


@pytest.mark.parametrize(
    ("who", "status"),
    [("he", 200), ("li", 200), ("chen", 404), ("tianhe", 403), ("root", 403)],
)
async def test_only_owner_and_supervisor_open_it(scene: ApiScene, who: str, status: int) -> None:
    assert (await opens(scene, who)).status_code == status


async def test_a_supervisor_of_another_line_opens_nothing(scene: ApiScene) -> None:
    await scene.hires("sun", Role.SUPERVISOR, line="legal")

    assert (await opens(scene, "sun")).status_code == 404


async def test_who_has_taken_the_callback_opens_it_for_as_long_as_it_is_owed(
    scene: ApiScene,
) -> None:
    now = scene.clock.now()
    await scene.add(scene.call("lost", CallState.ENDED, outcome="message_left"))
    await has_number(scene, "lost")
    await scene.add(
        Callback(id="owed", line_id="youth", call_id="lost", from_index="canary", why="message",
                 promised_at=now, place_at=now, due_at=now + timedelta(hours=1)),
        CallbackCause(call_id="lost", callback_id="owed", why="message", at=now),
    )  # fmt: skip

    before = await opens(scene, "chen", "lost")
    await scene.person("chen").does("POST", "/callbacks/owed/take")
    taken = await opens(scene, "chen", "lost")
    await scene.change(Callback, "owed", state="done")
    after = await opens(scene, "chen", "lost")

    assert [one.status_code for one in (before, taken, after)] == [403, 200, 403]


async def test_an_opened_number_is_in_no_log_line_no_address_and_no_row(
    scene: ApiScene, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []
    scene.http.event_hooks["request"].append(_noting(asked))

    with capture_logs() as lines:
        answer = await scene.person("li").asks(
            "POST", "/calls/call/number", REASON, key="the same intent"
        )
        shown = await scene.person("he").gets("/calls/call")
        acts = await scene.person("he").gets("/floor/acts")

    written = [str(lines), caplog.text, str(asked), str(shown), str(acts), *await rows(scene)]
    assert CANARY in answer.text
    assert not [one for one in written if CANARY in one or BEHIND in one]


def _noting(asked: list[str]) -> Any:
    async def note(request: httpx.Request) -> None:
        asked.append(f"{request.url} {request.headers}")

    return note


async def rows(scene: ApiScene) -> list[str]:
    """Everything that the database holds, a text for each table."""
    async with scene.house.database.work() as work:
        connection = await work.connection()
        return [
            str((await connection.execute(text(f'select * from "{name}"'))).all())
            for name in SQLModel.metadata.tables
        ]


async def test_a_call_page_offers_it_and_shows_no_number(scene: ApiScene, he: Reader) -> None:
    page = await he.reads("/calls/call")

    assert 'data-command="POST /calls/call/number"' in page.part("number-form").html
    assert page.has("opened-number")
    assert CANARY not in page.html


async def test_who_may_not_open_it_is_not_offered_it(scene: ApiScene) -> None:
    await scene.offers_to("chen", "call")

    page = await Reader(scene, "chen").reads("/calls/call")

    assert not page.has("number-form")
