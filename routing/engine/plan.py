"""How a requirement widens while the caller waits: plans of stages.

A plan is data. The engine knows no ladder by name; `routing.policy` makes ours.
"""

from dataclasses import dataclass, field
from itertools import pairwise

from routing.engine.model import Flag, Requirement, Urgency


@dataclass(frozen=True, slots=True)
class Stage:
    """One rung. A soft stage counts at once, a hard one when the caller has waited `after_s`.

    `bonus_s`: a caller matched at this stage is served as if arrived so much earlier.
    `protected`: in a crisis, from now on whoever has only just ended a talk is asked as well, and
    at the stages before too.
    """

    name: str
    requirement: Requirement
    after_s: float = 0.0
    bonus_s: float = 0.0
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A class of callers: stages from best to widest, and how many phones ring together.

    Raises `ValueError` for stages that could pass over somebody: each must open no earlier, and
    prefer no more, than the one before. Only the first may name a counselor; it is soft, and
    others follow, since nobody waits for one person without end.
    """

    name: str
    urgency: Urgency
    stages: tuple[Stage, ...]
    ring: int = 1
    rank: int = field(init=False, repr=False, compare=False)  # sorts crisis first
    wants: str | None = field(init=False, repr=False, compare=False)  # a counselor
    general: tuple[Stage, ...] = field(init=False, repr=False, compare=False)
    protected_s: float | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._derive()
        if self.ring < 1 or not self.general or self.stages[0].after_s < 0:
            raise ValueError(f"{self.name}: rings nobody, or has no stage for everybody")
        if any(stage.requirement.counselor is not None for stage in self.general):
            raise ValueError(f"{self.name}: only the first stage may name a counselor")
        if len({stage.name for stage in self.stages}) < len(self.stages):
            raise ValueError(f"{self.name}: two stages have one name")
        for former, later in pairwise(self.stages):
            if later.after_s < former.after_s or later.bonus_s > former.bonus_s:
                raise ValueError(f"{self.name}: {later.name} belongs before {former.name}")
        if self.wants is not None and self.stages[0].after_s > 0:
            raise ValueError(f"{self.name}: a stage that names a counselor is soft")

    def __hash__(self) -> int:
        return hash(self.name)  # equal plans have equal names; a string keeps its hash

    def serves_as(self, other: "Plan") -> bool:
        """Whether callers of both differ in nothing but whom they know."""
        return (
            self.general == other.general
            and self.urgency is other.urgency
            and self.ring == other.ring
            and self.protected_s == other.protected_s
        )

    def opens(self, stage: Stage, flag: Flag) -> float | None:
        """Seconds of waiting after which a stage may take somebody who stands so. None: never.

        Only a crisis cuts a wrap-up short, or shares a phone that rings.
        """
        if flag is Flag.READY:
            return stage.after_s
        if self.urgency is not Urgency.CRISIS:
            return None
        if flag is not Flag.PROTECTED:
            return stage.after_s
        return None if self.protected_s is None else max(self.protected_s, stage.after_s)

    def _derive(self) -> None:
        """What follows from the stages is asked at every event, so it is kept."""
        wants = self.stages[0].requirement.counselor if self.stages else None
        general = self.stages if wants is None else self.stages[1:]
        protected = (one.after_s for one in self.stages if one.protected)
        object.__setattr__(self, "rank", 0 if self.urgency is Urgency.CRISIS else 1)
        object.__setattr__(self, "wants", wants)
        object.__setattr__(self, "general", general)
        object.__setattr__(self, "protected_s", min(protected, default=None))
