"""Routing without any index: every caller against every counselor, after every event.

Written from the rules, not from the engine, and slow. What both agree on is worth believing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from routing.engine import Flag, Plan, Signature, Stage, Urgency

Offer = tuple[str, str, str]  # call, counselor, stage


@dataclass(frozen=True)
class BruteCaller:
    """Somebody in line."""

    call: str
    plan: Plan
    arrival: float

    def order_key(self) -> tuple[bool, float, str]:
        """Crisis first, then by arrival."""
        return self.plan.urgency is not Urgency.CRISIS, self.arrival, self.call


@dataclass(frozen=True)
class BruteCounselor:
    """Somebody idle."""

    name: str
    signature: Signature
    since: float


class BruteForce:
    """The same events as the engine's; offers as (call, counselor, stage)."""

    def __init__(self) -> None:
        """Nobody there."""
        self.now = 0.0
        self.callers: dict[str, BruteCaller] = {}
        self.idle: dict[str, BruteCounselor] = {}

    def stage_for(self, caller: BruteCaller, one: BruteCounselor) -> Stage | None:
        """The first open stage that takes the counselor."""
        return next(self.stages_for(caller, one), None)

    def stages_for(self, caller: BruteCaller, one: BruteCounselor) -> Iterator[Stage]:
        """All open stages that take the counselor."""
        flag = one.signature.flag
        if flag is not Flag.READY and caller.plan.urgency is not Urgency.CRISIS:
            return
        open_ = [it for it in caller.plan.stages if caller.arrival + it.after_s <= self.now]
        if flag is Flag.PROTECTED and not any(stage.protected for stage in open_):
            return
        for stage in open_:
            needed = stage.requirement
            if needed.counselor not in {None, one.name}:
                continue
            if needed.unmet(one.signature.skills) is None:
                yield stage

    def enter(self, caller: BruteCaller, now: float) -> list[Offer]:
        """Begin to wait, come back, or wait for something else."""
        self.now = now
        self.callers[caller.call] = caller
        return self.settle()

    def ready(self, one: BruteCounselor, now: float) -> list[Offer]:
        """Take the best caller, if there is one."""
        self.now = now
        self.idle.pop(one.name, None)
        offers, choices = self.settle(), self._choices(one)
        if not choices:
            self.idle[one.name] = one
            return offers
        (_, _, call), stage_name = min(choices)
        del self.callers[call]
        return [*offers, (call, one.name, stage_name)]

    def _choices(self, one: BruteCounselor) -> list[tuple[tuple[bool, float, str], str]]:
        choices = []
        for caller in self.callers.values():
            stage = self.stage_for(caller, one)
            if stage is not None:
                routine, arrival, call = caller.order_key()
                choices.append(((routine, arrival - stage.bonus_s, call), stage.name))
        return choices

    def settle_at(self, now: float) -> list[Offer]:
        """Let time pass."""
        self.now = now
        return self.settle()

    def settle(self) -> list[Offer]:
        """Everybody in line, in their order, looks at everybody idle."""
        offers = []
        for caller in sorted(self.callers.values(), key=BruteCaller.order_key):
            chosen = self._chosen(caller)
            for one, stage in chosen:
                del self.idle[one.name]
                offers.append((caller.call, one.name, stage.name))
            if chosen:
                del self.callers[caller.call]
        return offers

    def _chosen(self, caller: BruteCaller) -> list[tuple[BruteCounselor, Stage]]:
        fits = [
            (one, stage) for one in self.idle.values() for stage in self.stages_for(caller, one)
        ]
        stages = [stage.name for stage in caller.plan.stages]
        flags = list(Flag)
        fits.sort(
            key=lambda fit: (
                stages.index(fit[1].name),
                flags.index(fit[0].signature.flag),
                fit[0].since,
                fit[0].name,
            )
        )
        kept: list[tuple[BruteCounselor, Stage]] = []
        for one, stage in fits:
            trained = any(chosen.requirement.certified for _, chosen in kept)
            spared = kept and flags.index(one.signature.flag) > flags.index(
                kept[0][0].signature.flag
            )
            rung = any(other is one for other, _ in kept)
            if rung or (one.signature.flag is Flag.RINGING and kept):
                continue
            waived = trained and not stage.requirement.certified
            if len(kept) < caller.plan.ring and not spared and not waived:
                kept.append((one, stage))
        return kept
