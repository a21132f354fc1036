"""People who call, answer and hang up while everything fails that can, all drawn from one seed."""

import os
import random
from dataclasses import dataclass, field

from tests.harness.chaos.disturbances import Disturbances
from tests.harness.chaos.people import Crowd
from tests.harness.chaos.promises import broken_promises, stories_of_broken
from tests.harness.scene import Scene

ROUND_S = 5.0
CALM_ROUNDS = 30
DISTURBED = 0.5  # how often a round brings something new that goes wrong


def seed() -> int:
    """Which run it is: CHAOS_SEED, or the one that every change is tested with."""
    return int(os.environ.get("CHAOS_SEED", "12355"))


class BrokenPromise(AssertionError):
    """What does not hold afterwards, with the seed and all that was done."""


@dataclass
class Chaos:
    """One run. `told`: what was done, in order."""

    scene: Scene
    seed_of_run: int
    callers: int = 30
    told: list[str] = field(default_factory=list)

    async def run(self, *, seconds: float) -> None:
        """Disturb for this long (by the moved clock), calm down, look at every promise.

        Raises `BrokenPromise`.
        """
        chance = random.Random(self.seed_of_run)  # noqa: S311 – the same seed is the same run
        crowd = Crowd(self.scene, chance, self.callers, self.told)
        disturbances = Disturbances(self.scene, chance, self.told)
        await self._begins(crowd)
        rounds = int(seconds / ROUND_S)
        for number in range(rounds):
            self.told.append(f"round {number}")
            await crowd.dials_some(of_rounds=rounds, number=number)
            if chance.random() < DISTURBED:
                await disturbances.begin_one(crowd)
            await self._passes(crowd)
            await disturbances.end_old_ones()
        await disturbances.end_all()
        await self._calm_down(crowd)

    async def _begins(self, crowd: Crowd) -> None:
        """Two switchboards and a worker beside the web, and the counselors on duty."""
        await self.scene.until("select 1 from leadership")
        for name in ("switchboard-2", "worker"):
            self.scene.house.start(name)
        await crowd.signs_in()

    async def _passes(self, crowd: Crowd) -> None:
        await crowd.acts()
        await self.scene.passes(ROUND_S)

    async def _calm_down(self, crowd: Crowd) -> None:
        """Nothing goes wrong any more: what is owed comes about within some rounds."""
        broken = ["nothing was looked at"]
        for _ in range(CALM_ROUNDS):
            crowd.calm = True
            await self._passes(crowd)
            broken = await broken_promises(self.scene, crowd.pressed_nine)
            if not broken:
                return
        seen = await stories_of_broken(self.scene, broken)
        raise BrokenPromise(
            "\n".join([f"seed {self.seed_of_run}", *broken, "what was done:", *self.told, *seen])
        )
