"""Which signature fits which stage of which plan, in both directions.

Signatures and stages are never compared one by one: either finds the others by the facts it holds
or asks for (`facts`), when it is first looked at and again where others have appeared since.
"""

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field

from routing.engine.facts import FactIndex, Facts, asked, held
from routing.engine.model import FLAGS, Flag, Signature
from routing.engine.ordering import First, Ordering, SortKey
from routing.engine.plan import Plan, Stage

REMEMBERED = 4096  # plans known by identity: many differ only in whom the caller knows


@dataclass(slots=True)
class Known:
    """A signature or a stage, with what fits it of the first `of` of the other kind."""

    bit: int
    facts: Facts
    fitting: int = 0
    of: int = 0


Try = tuple[Stage, Known, int, float]  # whom a stage takes, who stand how, after how long
KnownStage = tuple[Known, list[Try]]  # a stage, for all plans that have it, with its tries in order


@dataclass(slots=True)
class Reach:
    """Stages, as bits, of all plans that open and prefer alike for whoever stands alike.

    Who came first of all their callers is the best of them.
    """

    bonus_s: float
    after_s: float
    stages: int = 0


@dataclass(slots=True)
class Queue:
    """All who wait by one plan, whomever they know: they differ in nothing but arrival."""

    plan: Plan
    tries: list[Try] = field(default_factory=list)
    stages: int = 0  # as bits
    order: Ordering[SortKey] = field(default_factory=Ordering)
    head: First | None = None
    alarm: SortKey | None = None

    def first_stage(self, met: int) -> Stage:
        """The first stage of these: later ones prefer no more."""
        return next(stage for stage, known, *_ in self.tries if known.bit & met)


class Eligibility:
    """Stages and signatures get numbers as they appear, and keep them."""

    def __init__(self) -> None:
        self._named: dict[str, list[Queue]] = {}
        self._queue_by_identity: dict[int, tuple[Plan, Queue]] = {}
        self._known_stages: dict[tuple[int, float | None, Stage], KnownStage] = {}
        self._stage_by_identity: dict[tuple[int, float | None], dict[int, KnownStage]] = {}
        self._stages = 0
        self._asking = FactIndex()  # stages
        self._reaches: tuple[list[Reach], list[Reach]] = [], []  # by rank
        self._protected: tuple[list[Reach]] = ([],)  # for who has only just ended a talk
        self._signature_numbers: dict[Signature, int] = {}
        self._by_identity: dict[int, tuple[Signature, int]] = {}
        self._signatures: list[Known] = []
        self._holding = FactIndex()  # signatures

    def queue(self, plan: Plan) -> Queue:
        """Where callers of a plan stand, whomever they know."""
        same = self._queue_by_identity.get(id(plan))
        if same is not None:
            return same[1]
        queue = self._queue_like(plan)
        if len(self._queue_by_identity) == REMEMBERED:
            self._queue_by_identity.clear()
        self._queue_by_identity[id(plan)] = plan, queue  # kept: an id is not used again
        return queue

    def signature(self, signature: Signature) -> int:
        """The number of a signature. A value's hash is dear: the same object is known by itself."""
        same = self._by_identity.get(id(signature))
        if same is not None:
            return same[1]
        number = self._signature_numbers.setdefault(signature, len(self._signatures))
        if number == len(self._signatures):
            self._by_identity[id(signature)] = signature, number
            known = Known(1 << number, held(signature.skills))
            self._signatures.append(known)
            self._holding.put(known.facts, known.bit)
        return number

    def fitting(self, known: Known) -> int:
        """The signatures that a stage takes."""
        others = len(self._signatures)
        if known.of < others:
            fitting = (1 << others) - 1
            for facts in known.facts.values():
                fitting &= self._holding.any_of(facts)
                if not fitting:
                    break
            known.fitting, known.of = fitting, others
        return known.fitting

    def met(self, signature: int) -> int:
        """The stages that take a signature."""
        known, others = self._signatures[signature], self._stages
        if known.of < others:
            unmet = 0
            for kind, asking in enumerate(self._asking.kinds):
                if asking:
                    unmet |= asking ^ self._asking.any_of(known.facts[kind])
            known.fitting, known.of = (1 << others) - 1 ^ unmet, others
        return known.fitting

    def reaches(self, flag: Flag) -> Sequence[list[Reach]]:
        """By rank, what takes whoever stands so: first what prefers most, which often ends it."""
        if flag is Flag.READY:
            return self._reaches
        return self._protected if flag is Flag.PROTECTED else self._reaches[:1]

    def _queue_like(self, plan: Plan) -> Queue:
        named = self._named.setdefault(plan.name, [])
        for queue in named:
            if queue.plan.serves_as(plan):
                return queue
        queue = self._new_queue(plan)
        named.append(queue)
        return queue

    def _new_queue(self, plan: Plan) -> Queue:
        """Equal stages are one, but a crisis plan says when it asks who has just ended a talk."""
        queue, kind = Queue(plan), (plan.rank, plan.protected_s)
        by_identity = self._stage_by_identity.setdefault(kind, {})
        for stage in plan.general:
            one = by_identity.get(id(stage)) or self._known_stages.get((*kind, stage))
            if one is None:
                one = self._known_stages[*kind, stage] = self._new_stage(plan, stage)
                by_identity[id(stage)] = one  # kept: the id is not used again
            queue.tries += one[1]
            queue.stages |= one[0].bit
        return queue

    def _new_stage(self, plan: Plan, stage: Stage) -> KnownStage:
        known = Known(1 << self._stages, asked(stage.requirement))
        self._stages += 1
        self._asking.put(known.facts, known.bit)
        tries: list[Try] = [(stage, known, 0, stage.after_s)]
        _reach(self._reaches[plan.rank], stage.bonus_s, stage.after_s).stages |= known.bit
        for comfort, flag in enumerate(FLAGS[1:], 1) if plan.rank == 0 else ():
            if (after_s := plan.opens(stage, flag)) is not None:
                tries.append((stage, known, comfort, after_s))
                if flag is Flag.PROTECTED:
                    _reach(self._protected[0], stage.bonus_s, after_s).stages |= known.bit
        return known, tries


def _reach(reaches: list[Reach], bonus_s: float, after_s: float) -> Reach:
    """Where stages stand that open and prefer so."""
    for reach in reaches:
        if reach.bonus_s == bonus_s and reach.after_s == after_s:
            return reach
    made = Reach(bonus_s, after_s)
    insort(reaches, made, key=lambda one: (-one.bonus_s, one.after_s))
    return made
