"""Which signature fits which stage of which plan, in both directions.

Signatures and requirements are never compared one by one: either finds the others by the facts it
holds or asks for (`facts`), when it is first looked at and again where others have appeared since.
"""

from dataclasses import dataclass, field

from routing.engine.facts import FactIndex, Facts, asked, held
from routing.engine.model import Flag, Requirement, Rule, Signature, Urgency
from routing.engine.plan import Plan, Stage

FLAGS = tuple(Flag)  # in the order in which they are asked at one stage
REMEMBERED = 4096  # plans known by identity: many differ only in whom the caller knows


@dataclass(slots=True)
class Known:
    """A signature or a requirement, with what fits it of the first `of` of the other kind."""

    facts: Facts
    fitting: int = 0
    of: int = 0


@dataclass(slots=True)
class Reach:
    """Stages of all plans that open and prefer alike for whoever stands alike.

    Who came first of all their callers is the best of them. As bits: the requirements.
    """

    rank: int
    bonus_s: float
    after_s: float
    requirements: int = 0
    by_plan: dict[int, int] = field(default_factory=dict)


class Eligibility:
    """Plans, signatures and requirements get numbers as they appear, and keep them."""

    def __init__(self) -> None:
        self.plans: list[Plan] = []
        self._named: dict[str, list[int]] = {}  # plans
        self._plan_by_identity: dict[int, tuple[Plan, int]] = {}
        self._ladders: list[tuple[int, ...]] = []  # by plan: the requirements of its stages
        self._reaches: dict[Flag, dict[tuple[int, float, float], Reach]] = {one: {} for one in Flag}
        self._requirement_numbers: dict[Requirement, int] = {}
        self._requirements: list[Known] = []
        self._asking, self._asking_kind = FactIndex(), dict[Rule, int]()  # requirements
        self._signature_numbers: dict[Signature, int] = {}
        self._by_identity: dict[int, tuple[Signature, int]] = {}
        self._signatures: list[Known] = []
        self._holding = FactIndex()  # signatures
        self._standing = dict.fromkeys(Flag, 0)  # signatures

    def plan(self, plan: Plan) -> int:
        """The number of a plan, whomever it names: its callers differ in nothing else."""
        same = self._plan_by_identity.get(id(plan))
        if same is not None:
            return same[1]
        number = self._number_of(plan)
        if len(self._plan_by_identity) == REMEMBERED:
            self._plan_by_identity.clear()
        self._plan_by_identity[id(plan)] = plan, number  # kept: an id is not used again
        return number

    def signature(self, signature: Signature) -> int:
        """The number of a signature. A value's hash is dear: the same object is known by itself."""
        same = self._by_identity.get(id(signature))
        if same is not None:
            return same[1]
        number = self._signature_numbers.setdefault(signature, len(self._signatures))
        if number == len(self._signatures):
            self._by_identity[id(signature)] = signature, number
            self._signatures.append(Known(held(signature.skills)))
            self._holding.put(self._signatures[number].facts, number)
            self._standing[signature.flag] |= 1 << number
        return number

    def fitting(self, plan: int, stage: int, flag: Flag) -> int:
        """The signatures that a stage takes and that stand so."""
        known, others = self._requirements[self._ladders[plan][stage]], len(self._signatures)
        if known.of < others:
            known.fitting, known.of = (1 << others) - 1, others
            for facts in known.facts.values():
                known.fitting &= self._holding.any_of(facts)
        return known.fitting & self._standing[flag]

    def met(self, signature: int) -> int:
        """The requirements that a signature meets."""
        known, others = self._signatures[signature], len(self._requirements)
        if known.of < others:
            known.fitting, known.of = (1 << others) - 1, others
            for rule, asking in self._asking_kind.items():
                known.fitting &= self._asking.any_of(known.facts[rule]) | ~asking
        return known.fitting

    def reaches(self, flag: Flag) -> dict[tuple[int, float, float], Reach]:
        """What takes whoever stands so: crisis first, then what prefers least, and most often."""
        return self._reaches[flag]

    def first_stage(self, plan: int, met: int) -> Stage:
        """The first stage of a plan with one of these requirements: later ones prefer no more."""
        ladder = zip(self._ladders[plan], self.plans[plan].stages, strict=True)
        return next(stage for row, stage in ladder if met >> row & 1)

    def _number_of(self, plan: Plan) -> int:
        named = self._named.setdefault(plan.name, [])
        kind = plan.urgency, plan.ring, plan.general
        for number in named:
            known = self.plans[number]
            if (known.urgency, known.ring, known.stages) == kind:
                return number
        named.append(len(self.plans))
        return self._add(plan.impersonal)

    def _add(self, plan: Plan) -> int:
        number = len(self.plans)
        ladder = tuple(self._requirement(stage.requirement) for stage in plan.stages)
        self.plans.append(plan)
        self._ladders.append(ladder)
        for flag in FLAGS if plan.urgency is Urgency.CRISIS else (Flag.READY,):
            self._reach(flag, number)
        return number

    def _reach(self, flag: Flag, number: int) -> None:
        """Put the stages of a plan to those that open and prefer alike."""
        plan, reaches = self.plans[number], self._reaches[flag]
        before = len(reaches)
        for row, stage in zip(self._ladders[number], plan.stages, strict=True):
            if (after_s := plan.opens(stage, flag)) is not None:
                key = plan.rank, stage.bonus_s, after_s
                reach = reaches.get(key) or reaches.setdefault(key, Reach(*key))
                reach.requirements |= 1 << row
                reach.by_plan[number] = reach.by_plan.get(number, 0) | 1 << row
        if len(reaches) > before:
            self._reaches[flag] = dict(sorted(reaches.items()))

    def _requirement(self, requirement: Requirement) -> int:
        number = self._requirement_numbers.setdefault(requirement, len(self._requirements))
        if number == len(self._requirements):
            facts = asked(requirement)
            self._requirements.append(Known(facts))
            self._asking.put(facts, number)
            for rule in facts:
                self._asking_kind[rule] = self._asking_kind.get(rule, 0) | 1 << number
        return number
