"""A walk through talks: anybody does anything, at a carrier in trouble, drawn from one seed."""

import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.harness.agreement import disagreements
from tests.harness.house import Staff
from tests.harness.scene import Scene
from tests.harness.talking import CHILD, PARENT, staff_id

COUNSELORS, SUPERVISOR = ("li", "chen"), "he"
PHONES = ("client:li", "client:chen", "client:he", "110", PARENT)
NEXT_CALL = {"state": "ready", "finish_later": True}
STEPS_BETWEEN_RESTS = 15
CALM_ROUNDS = 24
ACTS = (
    "hold", "resume", "consult", "consult", "police", "parent", "let-go", "hand-over", "hand-over",
    "leave", "resume", "consult", "help", "mute", "unmute", "step-out", "listen", "whisper", "join",
    "take-over", "send-on", "end",
)  # fmt: skip
SUPERVISORS = ("step-out", "listen", "whisper", "join", "take-over")
TALKS = (
    "select c.id, coalesce(s.username, 'li') from call c"
    " left join staff s on s.id = c.counselor_id where c.state = 'talking'"
)
TROUBLE: Sequence[Mapping[str, Any]] = (
    {"duplicate": 2},
    {"reorder": True},
    {"lose": ["conference"]},
    {"lose": ["status"]},
    {"late_s": 4},
    *(
        {"rest": [{"path": path, "method": "POST", "what": what, "times": 3, "late_s": 2.0}]}
        for path in ("Participants/", "Calls/", "Calls.json")
        for what in ("429", "500_without_effect", "500_with_effect", "late", "late_effect")
    ),
)


class LostOnTheWay(AssertionError):
    """What is not as it should be, with the seed and all that was done."""


@dataclass
class Walk:
    """One run. `told`: what was done, in order."""

    scene: Scene
    seed_of_run: int
    told: list[str] = field(default_factory=list)
    _staff: dict[str, Staff] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed_of_run)  # noqa: S311 – the same seed, the same walk

    async def goes(self, *, steps: int) -> None:
        """Raises `LostOnTheWay`."""
        for username in (*COUNSELORS, SUPERVISOR):
            await self.scene.handset(f"client:{username}").registers()
            self._staff[username] = await self.scene.house.signs_in(username)
            self._ids[username] = await staff_id(self.scene, username)
        for step in range(1, steps + 1):
            await self._step()
            if step % STEPS_BETWEEN_RESTS == 0:
                await self._rests()
        await self._rests()

    # ── one step ────────────────────────────────────────────────────────────────────────────

    async def _step(self) -> None:
        await self._is_at_work()
        if self.chance.random() < 0.25:
            trouble = dict(self.chance.choice(TROUBLE))
            self.told.append(f"the carrier: {trouble}")
            await self.scene.carrier.faults(**trouble)
        for _ in range(2):
            await self._acts(self.chance.choice(ACTS))
            await self._phones_act()
        await self.scene.passes(self.chance.choice((0.5, 1, 3)))

    async def _is_at_work(self) -> None:
        """Counselors who are done are ready again; the child calls again."""
        for username in COUNSELORS:
            await self._tries(username, "PUT", "/me/presence", NEXT_CALL)
        if (await self._now(CHILD))["status"] == "idle":
            await self._does(CHILD, "dial", to="12355")
        elif (await self._now(CHILD))["gathering"]:
            await self._does(CHILD, "press", digits="1")

    async def _acts(self, act: str) -> None:
        for call, counselor in await self.scene.house.rows(TALKS):
            by_chance = self.chance.choice((counselor, counselor, counselor, *COUNSELORS))
            who = SUPERVISOR if act in SUPERVISORS else by_chance
            path, body = self._command(act, who)
            status = await self._tries(who, "POST", f"/calls/{call}/{path}", body)
            self.told.append(f"{who}: {act} {status}")

    def _command(self, act: str, who: str) -> tuple[str, dict[str, Any]]:
        other = "chen" if who == "li" else "li"
        match act:
            case "consult":
                return act, {"colleague": self._ids[other]}
            case "police" | "parent":
                return "guest", {"number": "110" if act == "police" else PARENT, "consent": True}
            case "send-on":
                return act, {"topic": "study"}
            case _:
                return act, {}

    async def _phones_act(self) -> None:
        for address in PHONES:
            now, chance = await self._now(address), self.chance.random()
            if now["ringing"] and chance < 0.7:
                await self._does(address, "answer" if chance < 0.6 else "decline")
            elif now["gathering"] and chance < 0.7:
                await self._does(address, "press", digits="1")
            elif now["sid"] and chance > 0.96:
                await self._does(address, "hang_up")
        if self.chance.random() > 0.95 and (await self._now(CHILD))["with_others"]:
            await self._does(CHILD, "hang_up")  # at the way in, only the carrier knows who met whom

    # ── rest ────────────────────────────────────────────────────────────────────────────────

    async def _rests(self) -> None:
        """Nothing goes wrong any more, and who is rung answers: soon all is as it should be."""
        self.told.append("all is well again")
        await self.scene.carrier.faults()
        found = ["nothing was looked at"]
        for _ in range(CALM_ROUNDS):
            await self._is_at_work()
            for address in PHONES:
                await self._is_calm(address)
            await self.scene.passes(5)
            found = await disagreements(self.scene)
            if not found:
                return
        raise LostOnTheWay("\n".join([f"CHAOS_SEED={self.seed_of_run}", *found, *self.told,
                                      self.scene.carrier.story()]))  # fmt: skip

    async def _is_calm(self, address: str) -> None:
        now = await self._now(address)
        if now["ringing"]:
            await self._does(address, "answer")
        elif now["gathering"]:
            await self._does(address, "press", digits="1")

    # ── hands ───────────────────────────────────────────────────────────────────────────────

    async def _now(self, address: str) -> dict[str, Any]:
        answer = await self.scene.carrier.http.get(f"/simulator/handsets/{address}")
        return dict(answer.json())

    async def _does(self, address: str, what: str, **how: str) -> None:
        """Perhaps too late."""
        path = f"/simulator/handsets/{address}"
        answer = await self.scene.carrier.http.post(path, json={"what": what, **how})
        self.told.append(f"{address}: {what} {'' if answer.is_success else '(too late)'}")

    async def _tries(self, who: str, method: str, path: str, body: dict[str, Any]) -> int:
        """A command that may be refused. 0: nobody answered."""
        with suppress(httpx.HTTPError):
            return (await self._staff[who].tries(method, path, body)).status_code
        return 0
