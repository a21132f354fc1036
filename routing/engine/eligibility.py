"""Which signature fits which stage of which plan, in both directions.

Every requirement is compared with every signature once, when the later of the two first appears.
After that nobody's skills are looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from routing.engine.model import Flag, Requirement, Signature
from routing.engine.plan import Plan, Stage

# Plans that take a signature at stages which open and prefer alike, so that who came first of all
# their callers is the best of them: rank, after_s, bonus_s, and the stages by plan.
Reach = tuple[int, float, float, dict[int, Stage]]
FLAGS = tuple(Flag)  # in the order in which they are asked at one stage


@dataclass(slots=True)
class Takers:
    """All that takes signatures of one number, as far as it was looked at."""

    flag: Flag
    of_plans: int = 0
    stages: dict[int, Stage] = field(default_factory=dict)  # by plan: the first that does
    reaches: list[Reach] = field(default_factory=list)  # the same, crisis first


def bits(mask: int) -> Iterator[int]:
    """The positions of the ones, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


class Eligibility:
    """Plans and signatures get numbers as they appear, and keep them."""

    def __init__(self) -> None:
        self.plans: list[Plan] = []
        self._plan_numbers: dict[Plan, int] = {}
        self._signature_numbers: dict[Signature, int] = {}
        self._by_identity: dict[int, tuple[Signature, int]] = {}
        self._requirement_numbers: dict[Requirement, int] = {}
        self._fitting: list[int] = []  # by requirement: the signatures that meet it
        self._ladders: list[tuple[int, ...]] = []  # by plan: the requirements of its stages
        self._takers: list[Takers] = []  # by signature
        self._standing = dict.fromkeys(Flag, 0)  # signatures

    def plan(self, plan: Plan) -> int:
        """The number of a plan. It must name no counselor (`Plan.impersonal`)."""
        number = self._plan_numbers.setdefault(plan, len(self.plans))
        if number == len(self.plans):
            self.plans.append(plan)
            self._ladders.append(tuple(self._requirement(s.requirement) for s in plan.stages))
        return number

    def signature(self, signature: Signature) -> int:
        """The number of a signature. A value's hash is dear: the same object is known by itself."""
        same = self._by_identity.get(id(signature))
        if same is not None:
            return same[1]
        number = self._signature_numbers.setdefault(signature, len(self._takers))
        if number == len(self._takers):
            self._by_identity[id(signature)] = signature, number  # kept: an id is not used again
            self._takers.append(Takers(signature.flag))
            self._standing[signature.flag] |= 1 << number
            for requirement, row in self._requirement_numbers.items():
                self._fitting[row] |= (requirement.unmet(signature.skills) is None) << number
        return number

    def fitting(self, plan: int, stage: int, flag: Flag) -> int:
        return self._fitting[self._ladders[plan][stage]] & self._standing[flag]

    def takers(self, signature: int) -> Takers:
        """What takes a signature: of each plan the first stage, since later ones prefer no more."""
        known = self._takers[signature]
        if known.of_plans < len(self.plans):
            for plan in range(known.of_plans, len(self.plans)):
                self._add_taker(known, signature, plan)
            known.of_plans = len(self.plans)
            alike: dict[tuple[int, float, float], dict[int, Stage]] = {}
            for plan, stage in known.stages.items():
                after_s = self.plans[plan].opens(stage, known.flag)
                if after_s is not None:
                    key = self.plans[plan].rank, after_s, stage.bonus_s
                    alike.setdefault(key, {})[plan] = stage
            known.reaches = [(*key, stages) for key, stages in sorted(alike.items())]
        return known

    def _add_taker(self, known: Takers, signature: int, number: int) -> None:
        for row, stage in zip(self._ladders[number], self.plans[number].stages, strict=True):
            if self._fitting[row] >> signature & 1:
                known.stages.setdefault(number, stage)

    def _requirement(self, requirement: Requirement) -> int:
        number = self._requirement_numbers.setdefault(requirement, len(self._fitting))
        if number == len(self._fitting):
            known = self._signature_numbers.items()
            fits = ((requirement.unmet(one.skills) is None) << bit for one, bit in known)
            self._fitting.append(sum(fits))
        return number
