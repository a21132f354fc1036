"""Which signature fits which stage of which plan, as bit sets read in both directions.

Every requirement is compared with every signature once, when the later of the two first appears.
After that an eligible counselor or caller is found with `&`.
"""

from collections.abc import Iterator

from routing.engine.model import Flag, Requirement, Signature, Urgency
from routing.engine.plan import Plan, Stage

# Rank of a plan, after_s and bonus_s of a stage, the stage, and the plan's number.
Taken = tuple[int, float, float, Stage, int]


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
        self.accepting: list[int] = []  # by signature: the plans that have a stage for it
        self._plan_numbers: dict[Plan, int] = {}
        self._signature_numbers: dict[Signature, int] = {}
        self._by_identity: dict[int, tuple[Signature, int]] = {}
        self._requirement_numbers: dict[Requirement, int] = {}
        self._fitting: list[int] = []  # by requirement: the signatures that meet it
        self._asking: list[int] = []  # by requirement: the plans that have a stage of it
        self._ladders: list[tuple[int, ...]] = []  # by plan: the requirements of its stages
        self._takes: list[tuple[list[Taken], int]] = []  # by signature; of how many plans
        self._crisis = self._wrapping_up = 0  # plans, signatures

    def plan(self, plan: Plan) -> int:
        """The number of a plan. It must name no counselor (`Plan.impersonal`)."""
        number = self._plan_numbers.setdefault(plan, len(self.plans))
        if number == len(self.plans):
            crisis, signatures = plan.urgency is Urgency.CRISIS, 0
            self.plans.append(plan)
            self._crisis |= crisis << number
            self._ladders.append(tuple(self._requirement(s.requirement) for s in plan.stages))
            for row in self._ladders[number]:
                self._asking[row] |= 1 << number
                signatures |= self._fitting[row]
            for signature in bits(signatures if crisis else signatures & ~self._wrapping_up):
                self.accepting[signature] |= 1 << number
        return number

    def signature(self, signature: Signature) -> int:
        """The number of a signature. A value's hash is dear: the same object is known by itself."""
        same = self._by_identity.get(id(signature))
        if same is not None:
            return same[1]
        number = self._signature_numbers.setdefault(signature, len(self.accepting))
        if number == len(self.accepting):
            self._by_identity[id(signature)] = signature, number  # kept: an id is not used again
        if number == len(self.accepting):
            wrap_up, plans = signature.flag is Flag.WRAP_UP, 0
            self._wrapping_up |= wrap_up << number
            for requirement, row in self._requirement_numbers.items():
                if requirement.unmet(signature.skills) is None:
                    self._fitting[row] |= 1 << number
                    plans |= self._asking[row]
            self.accepting.append(plans & self._crisis if wrap_up else plans)
            self._takes.append(([], 0))
        return number

    def fitting(self, plan: int, stage: int, flag: Flag) -> int:
        mask = self._fitting[self._ladders[plan][stage]]
        return mask & (self._wrapping_up if flag is Flag.WRAP_UP else ~self._wrapping_up)

    def takes(self, signature: int) -> list[Taken]:
        """Every plan that accepts a signature, crisis first, with the best stage for it.

        Later stages open no earlier, and prefer no more.
        """
        known, so_far = self._takes[signature]
        if so_far < len(self.plans):
            for plan in bits(self.accepting[signature] >> so_far << so_far):
                ladder = zip(self._ladders[plan], self.plans[plan].stages, strict=True)
                stage = next(one for row, one in ladder if self._fitting[row] >> signature & 1)
                known.append((self.plans[plan].rank, stage.after_s, stage.bonus_s, stage, plan))
            known.sort(key=lambda taken: taken[0])
            self._takes[signature] = known, len(self.plans)
        return known

    def _requirement(self, requirement: Requirement) -> int:
        number = self._requirement_numbers.setdefault(requirement, len(self._fitting))
        if number == len(self._fitting):
            known = self._signature_numbers.items()
            fits = ((requirement.unmet(one.skills) is None) << bit for one, bit in known)
            self._fitting.append(sum(fits))
            self._asking.append(0)
        return number
