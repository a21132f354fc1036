"""How the callers of one line are served: ladders of rungs, made into plans for the engine.

A rung asks for things in general ("the caller's own language, level 3"); a stage of a plan asks
for them of one caller ("Hakka, level 3").
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from routing.care import Care
from routing.engine import Plan, Requirement, Skills, Stage, Urgency
from routing.policy.need import Need


class Speaks(StrEnum):
    """Which language a rung asks for."""

    OWN = "own"  # the one the caller chose
    SPOKEN = "spoken"  # that, or another they understand
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step. `after_s` 0: counts at once. `bonus_s`: as `Stage.bonus_s`.

    A rung with a `topic_level` is for callers whose topic is known, one with `age_group` for those
    whose age is. `interpreter`: whoever is asked here perhaps does not speak with the caller.
    `protected`: as `Stage.protected`.
    """

    name: str
    language: Speaks = Speaks.ANY
    language_level: int = 1
    topic_level: int | None = None
    certified: bool = False
    age_group: bool = False
    any_line: bool = False
    after_s: float = 0.0
    bonus_s: float = 0.0
    interpreter: bool = False
    protected: bool = False

    @property
    def conditional(self) -> bool:
        """Whether there are callers it is not for."""
        return self.topic_level is not None or self.age_group

    def suits(self, need: Need) -> bool:
        """Whether it is for this caller."""
        return (self.topic_level is None or need.topic is not None) and (
            not self.age_group or need.age_group is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Rungs from best to widest. `ring`: how many phones ring together.

    `keeps_running`: in danger, a phone that rang before the danger was known goes on ringing
    beside certified ones.
    """

    rungs: tuple[Rung, ...]
    ring: int = 1
    keeps_running: bool = False


LanguageShares = tuple[tuple[str, float], ...]
"""Languages, each with the share of some callers who understand it; the largest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The plan of a line. `topics`: ladders of their own for topics where a mismatch harms.

    `understands`: by a caller's language, who of its speakers understands which others. It counts
    where nothing is known of the caller, from the share `understood_from` on.
    `same_counselor_hold_s` and `gender_hold_s`: how long a routine caller is kept for a counselor
    they know, or for a woman or a man, before others are asked. Seconds: `ring_s` of one offer,
    `set_aside_s` of who did not answer.
    """

    routine: Ladder
    crisis: Ladder
    topics: tuple[tuple[str, Ladder], ...] = ()
    understands: tuple[tuple[str, LanguageShares], ...] = ()
    understood_from: float = 0.8
    same_counselor_hold_s: float = 0.0
    gender_hold_s: float = 0.0
    ring_s: float = 20.0
    set_aside_s: float = 30.0
    care: Care = field(default_factory=Care)

    def plan_for(self, need: Need) -> Plan:
        """The plan of a caller. Equal needs get one object."""
        return _plan(self, need)

    def ladder_for(self, need: Need) -> Ladder:
        """Danger comes before any topic."""
        if need.urgency is Urgency.CRISIS:
            return self.crisis
        return dict(self.topics).get(need.topic or "", self.routine)

    def languages_of(self, need: Need) -> tuple[str, ...]:
        """What a caller understands, the own language first: as known of them, else as likely."""
        likely = self.likely_understood(need.language)
        others = need.also_speaks if need.also_speaks is not None else dict(likely)
        return tuple(dict.fromkeys((need.language, *others)))

    def likely_understood(self, language: str) -> LanguageShares:
        """What enough of those understand who speak a language."""
        shares = dict(self.understands).get(language, ())
        return tuple(one for one in shares if one[1] >= self.understood_from)

    def can_talk(self, need: Need, skills: Skills) -> bool:
        """Whether caller and counselor have a language in common."""
        return not {name for name, _ in skills.languages}.isdisjoint(self.languages_of(need))

    def on_duty(self, need: Need, people: frozenset[Skills]) -> Need:
        """A need as it is now: nobody waits for what nobody on duty could bring.

        `people`: what those on duty can do, on any line, away or not. Looks at all of them: who
        asks for many callers keeps the answers while the same people are on duty.
        """
        spoken = Requirement(line=need.line, languages=self.languages_of(need))
        found = replace(need, nobody_speaks=not _is_among(people, spoken))
        if not self.is_kept_for_gender(need):
            return found
        wish = _wish_for_gender(self, need, bonus_s=0.0).requirement
        return replace(found, nobody_of_gender=not _is_among(people, wish))

    def is_kept_for_gender(self, need: Need) -> bool:
        """Whether a caller is kept for a woman or a man before others are asked."""
        danger = need.urgency is Urgency.CRISIS
        held = need.gender is not None and self.gender_hold_s > 0
        return held and not danger and not need.nobody_of_gender

    def interpreter_at(self, need: Need, stage: str, skills: Skills) -> bool:
        """Whether an interpreter is to be joined where somebody takes a call at this stage.

        Where the two have no language in common, always: a caller may also be kept for a person
        whom no stage would have chosen.
        """
        rungs = self.ladder_for(need).rungs
        told = any(rung.name == stage and rung.interpreter for rung in rungs)
        return told or not self.can_talk(need, skills)

    def ends_running(self, need: Need, stage: str) -> bool:
        """Whether phones that ring without the certificate stop when one of this stage rings."""
        certified = any(rung.name == stage and rung.certified for rung in self.crisis.rungs)
        danger = need.urgency is Urgency.CRISIS
        return danger and certified and not self.crisis.keeps_running

    def __hash__(self) -> int:
        return hash((self.routine.rungs[0].name, len(self.topics)))  # it is compared, and rarely


CONSENTED_HOLD_S = 60.0  # of who agreed to be kept for a counselor they know
SAME_COUNSELOR, WISHED_GENDER = "same_counselor", "wished_gender"


def _is_among(people: frozenset[Skills], wanted: Requirement) -> bool:
    return any(wanted.unmet(one) is None for one in people)


@lru_cache(maxsize=8192)
def _plan(policy: Policy, need: Need) -> Plan:
    ladder = policy.ladder_for(need)
    spoken = policy.languages_of(need)
    # Each rung has its own bonus, and none is handed on to the first that suits a caller: else
    # who names nothing would come before who named a topic, at a rung that takes them both.
    rungs = _without_vain_waits(need, [rung for rung in ladder.rungs if rung.suits(need)])
    stages = [_stage(rung, need, spoken) for rung in rungs]
    wished = tuple(map(_shared, _wished(policy, need, stages)))
    return Plan(_name(need, spoken), need.urgency, wished, ring=ladder.ring)


@lru_cache(maxsize=8192)
def _shared(stage: Stage) -> Stage:
    """Equal stages are one object, so that the engine knows a new plan by those of others."""
    return stage


def _name(need: Need, spoken: Sequence[str]) -> str:
    """Says all that makes callers of a policy differ, but for whom they know."""
    parts = [need.line, need.urgency, "+".join(spoken), need.topic or "any"]
    nobody = [one for one in ("nobody_speaks", "nobody_of_gender") if getattr(need, one)]
    agreed = ["agreed"] if need.agreed and need.counselor else []
    return "/".join([*parts, *filter(None, (need.age_group, need.gender)), *agreed, *nobody])


def _without_vain_waits(need: Need, rungs: Sequence[Rung]) -> Iterator[Rung]:
    """Where nobody on duty speaks with the caller, an interpreter need not be waited for."""
    opens_s = 0.0
    for rung in rungs:
        vain = need.nobody_speaks and rung.interpreter
        yield replace(rung, after_s=opens_s) if vain else rung
        opens_s = opens_s if vain else rung.after_s


def _stage(rung: Rung, need: Need, spoken: tuple[str, ...]) -> Stage:
    languages = {Speaks.OWN: (need.language,), Speaks.SPOKEN: spoken, Speaks.ANY: ()}
    requirement = Requirement(
        line=None if rung.any_line else need.line,
        languages=languages[rung.language],
        language_level=rung.language_level,
        certified=rung.certified,
        topic=need.topic if rung.topic_level is not None else None,
        topic_level=rung.topic_level or 1,
        age_group=need.age_group if rung.age_group else None,
    )
    return Stage(
        rung.name,
        requirement,
        after_s=rung.after_s,
        bonus_s=rung.bonus_s,
        protected=rung.protected,
    )


def _wished(policy: Policy, need: Need, stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """Put before a ladder what the caller would like: a woman or a man; before all, a person.

    A caller in danger is kept for nobody.
    """
    held, ladder = need.urgency is not Urgency.CRISIS, tuple(stages)
    if need.gender is not None:
        wish = _wish_for_gender(policy, need, bonus_s=ladder[0].bonus_s)
        kept = policy.is_kept_for_gender(need)
        ladder = (wish, *_kept(ladder, policy.gender_hold_s if kept else 0.0))
    if need.counselor is not None:
        known = Requirement(counselor=need.counselor)
        same = Stage(SAME_COUNSELOR, known, bonus_s=ladder[0].bonus_s)
        ladder = (same, *_kept(ladder, _hold_s(policy, need) if held else 0.0))
    return ladder


def _hold_s(policy: Policy, need: Need) -> float:
    """A line may keep callers longer than who agreed expects, and not shorter."""
    return max(policy.same_counselor_hold_s, CONSENTED_HOLD_S if need.agreed else 0.0)


def _wish_for_gender(policy: Policy, need: Need, *, bonus_s: float) -> Stage:
    """As the best rung asks, but for topic and age: then whoever named these waits no longer."""
    best = policy.ladder_for(need).rungs[0]
    plain = replace(best, name=WISHED_GENDER, topic_level=None, age_group=False, bonus_s=bonus_s)
    stage = _stage(plain, need, policy.languages_of(need))
    return replace(stage, requirement=replace(stage.requirement, gender=need.gender))


def _kept(stages: Sequence[Stage], hold_s: float) -> Iterator[Stage]:
    """The stages for others open when a caller was kept long enough."""
    return (replace(stage, after_s=max(stage.after_s, hold_s)) for stage in stages)
