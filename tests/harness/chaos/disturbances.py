"""What goes wrong: processes die and hang, the database stands still, the carrier stumbles."""

import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from tests.harness.chaos.people import Crowd
from tests.harness.frozen import frozen
from tests.harness.scene import Scene

PROCESSES = ("web", "switchboard", "switchboard-2", "worker")
CARRIER_FAULTS: tuple[Mapping[str, Any], ...] = (
    {"rest_429": 3},
    {"rest_500_with_effect": 2},
    {"rest_500_without_effect": 3},
    {"duplicate": 2},
    {"reorder": True},
    {"duplicate": 2, "reorder": True},
    {"lose": ["status"]},
    {"lose": ["conference"]},
    {"late_s": 3.0},
)
HANGS_FOR = 2  # rounds


@dataclass
class Disturbances:
    """Begun by chance, ended a round or two later."""

    scene: Scene
    chance: random.Random
    told: list[str]
    _down: list[str] = field(default_factory=list)
    _hung: ExitStack = field(default_factory=ExitStack)
    _hung_rounds: int = 0

    async def begin_one(self, crowd: Crowd) -> None:
        """Draw one kind."""
        kinds: list[Callable[[Crowd], Awaitable[None]]] = [
            self._end_process,
            self._hang_switchboard,
            self._freeze_database,
            self._trip_carrier,
            self._trip_carrier,
        ]
        await self.chance.choice(kinds)(crowd)

    async def end_old_ones(self) -> None:
        """What died is started again; what hung goes on after some rounds."""
        for name in self._down:
            self.scene.house.start(name)
        self._down.clear()
        self._hung_rounds -= 1
        if self._hung_rounds <= 0:
            self._hung.close()

    async def end_all(self) -> None:
        """Everything works from now on."""
        self._hung_rounds = 0
        await self.end_old_ones()
        await self.scene.carrier.faults()
        self.told.append("all is well again")

    async def _end_process(self, crowd: Crowd) -> None:
        del crowd
        self._hung.close()  # what hangs could not be ended in order
        name = self.chance.choice([one for one in PROCESSES if one in self.scene.house.running])
        end = self.chance.choice((self.scene.house.kill, self.scene.house.stop))
        self.told.append(f"{end.__name__} {name}")
        end(name)
        if name == "web":  # its socket is held for it: requests wait until it is back
            self.scene.house.start(name)
        else:
            self._down.append(name)

    async def _hang_switchboard(self, crowd: Crowd) -> None:
        del crowd
        name = self.chance.choice(("switchboard", "switchboard-2"))
        process = self.scene.house.running.get(name)
        if process is not None:
            self.told.append(f"{name} hangs")
            self._hung.enter_context(frozen(process.pid))
            self._hung_rounds = HANGS_FOR

    async def _freeze_database(self, crowd: Crowd) -> None:
        """For as long as it takes until everybody who pressed a key has heard something."""
        self.told.append("the database stands still")
        with frozen(self.scene.database_pid):
            await crowd.press_keys()
        self.told.append("the database goes on")

    async def _trip_carrier(self, crowd: Crowd) -> None:
        del crowd
        faults = self.chance.choice(CARRIER_FAULTS)
        self.told.append(f"the carrier: {dict(faults)}")
        await self.scene.carrier.faults(**faults)
