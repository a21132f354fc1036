"""What is wrong with a plan before it meets a caller.

A fault refuses the file; a warning is told. The plan is compared with the people who would carry
it out and with the hours they work, in quarter hours of the week.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from routing.care import Care
from routing.engine import Plan, Stage, Urgency
from routing.policy.model import Ladder, Policy, Rung, Speaks
from routing.policy.need import Need
from routing.policy.roster import ALWAYS, Person, in_words, staffed

PlanPath = tuple[str | int, ...]

NEVER_S = 900.0  # callers wait 4 min on average before they hang up (routing research, section 4)
SEATS = 2  # domain research, requirement 18
SLOW_CRISIS_S = 60.0  # domain research, requirement 13: the last overflow step
# Domain research, requirement 49, give or take a half; and the mean wrap-up (routing research,
# section 4), of which some must be left that a crisis can cut short.
LONG_WRAP_UP_S, LONG_WORK_S, SHORT_REST_S, SHORT_BREAK_S, MANY_CRISES = 180.0, 10_800, 600, 400, 3


class Severity(StrEnum):
    """Whether a file may be applied all the same."""

    FAULT = "fault"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found. `where`: the path of keys and positions into the document."""

    severity: Severity
    where: PlanPath
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a plan is carried out with. `hours`: when the line is open, in quarter hours."""

    line: str
    languages: tuple[str, ...]
    people: tuple[Person, ...]
    hours: int = ALWAYS

    @property
    def on_line(self) -> tuple[Person, ...]:
        """Those who work for this line."""
        return tuple(one for one in self.people if self.line in one.skills.lines)


def lint(policy: Policy, setting: Setting) -> list[Finding]:
    """Everything found, faults first; each in the order of the document."""
    found = [
        finding
        for where, ladder, topic in _ladders(policy)
        for finding in _ladder(policy, setting, where, ladder, topic)
    ]
    found += [*_crisis_end(policy), *_wishes(policy), *_care(policy.care)]
    found += _topics(policy, setting)
    found += [*_hours(policy, setting), *_seats(setting)]
    return sorted(found, key=lambda one: one.severity is Severity.WARNING)


def _ladders(policy: Policy) -> Iterator[tuple[PlanPath, Ladder, str | None]]:
    yield ("routine",), policy.routine, None
    yield ("crisis",), policy.crisis, None
    for topic, ladder in policy.topics:
        yield ("topics", topic), ladder, topic


def _urgency(where: PlanPath) -> Urgency:
    """Whose ladder stands there."""
    return Urgency.CRISIS if where == ("crisis",) else Urgency.ROUTINE


def _fault(where: PlanPath, message: str) -> Finding:
    return Finding(severity=Severity.FAULT, where=where, message=message)


def _warning(where: PlanPath, message: str) -> Finding:
    return Finding(severity=Severity.WARNING, where=where, message=message)


# ── one ladder ──────────────────────────────────────────────────────────────────────────────────


def _ladder(
    policy: Policy, setting: Setting, where: PlanPath, ladder: Ladder, topic: str | None
) -> Iterator[Finding]:
    for n, rung in enumerate(ladder.rungs):
        place = (*where, "stages", n)
        before = next((one for one in ladder.rungs[:n] if _takes_all_of(one, rung)), None)
        if before is not None:
            yield _fault(
                place,
                f"{rung.name} is never reached: {before.name} before it already takes everybody"
                " it would take. Remove it, or put it earlier.",
            )
        if rung.after_s > NEVER_S:
            yield _fault(
                (*place, "after_s"),
                f"{rung.name} never comes: hardly a caller waits {rung.after_s:g} s. Let it open"
                f" within {NEVER_S:g} s.",
            )
        if rung.language is Speaks.ANY and not rung.interpreter:
            yield _fault(
                (*place, "interpreter"),
                f"{rung.name} also takes who has no language in common with the caller. Write"
                " `interpreter: true`, or `language: spoken`.",
            )
        if rung.protected and _urgency(where) is not Urgency.CRISIS:
            yield _fault(
                (*place, "protected"),
                f"{rung.name}: only danger cuts a wrap-up short, so `protected` does nothing here."
                " Remove it.",
            )
        yield from _skills(setting, place, rung, topic)
    yield from _nobody(policy, setting, where, topic)


def _takes_all_of(wider: Rung, narrower: Rung) -> bool:
    """Whether everybody who meets one rung meets the other, whoever the caller is."""
    widths = [Speaks.OWN, Speaks.SPOKEN, Speaks.ANY]
    language = widths.index(wider.language) >= widths.index(narrower.language) and (
        wider.language is Speaks.ANY or wider.language_level <= narrower.language_level
    )
    return (
        language
        and (wider.topic_level or 0) <= (narrower.topic_level or 0)
        and wider.certified <= narrower.certified
        and wider.age_group <= narrower.age_group
        and wider.any_line >= narrower.any_line
        and wider.protected >= narrower.protected
    )


def _skills(setting: Setting, place: PlanPath, rung: Rung, topic: str | None) -> Iterator[Finding]:
    """What a rung asks for, one thing at a time, and nobody has."""
    skills = [one.skills for one in setting.on_line]
    if rung.certified and not any(one.certified for one in skills):
        yield _fault(
            (*place, "certified"),
            f"{rung.name}: nobody on the roster is certified for crisis calls. Train somebody, or"
            " take the stage out.",
        )
    if rung.topic_level is not None:
        levels = [level for one in skills for name, level in one.topics if topic in (None, name)]
        if max(levels, default=0) < rung.topic_level:
            what = f"{topic or 'any topic'} at level {rung.topic_level}"
            yield _fault(
                (*place, "topic_level"),
                f"{rung.name}: nobody on the roster knows {what}. Correct the level or the roster.",
            )
    if rung.age_group and not any(one.ages for one in skills):
        yield _warning(
            (*place, "age_group"),
            f"{rung.name}: nobody on the roster is trained for an age group. Write `ages` into"
            " their skills, or take the stage out.",
        )
    yield from _languages(setting, place, rung)


def _languages(setting: Setting, place: PlanPath, rung: Rung) -> Iterator[Finding]:
    if rung.language is not Speaks.OWN:
        return
    for language in setting.languages:
        best = max((_speaks(one, language) for one in setting.on_line), default=0)
        if best < rung.language_level:
            yield _fault(
                (*place, "language_level"),
                f"{rung.name}: nobody on the roster speaks {language} at level"
                f" {rung.language_level} (the best is {best}). Correct the level or the roster, or"
                " take the language from the line.",
            )
        elif (
            rung.certified
            and not rung.age_group
            and not any(
                one.skills.certified and _speaks(one, language) >= rung.language_level
                for one in setting.on_line
            )
        ):
            yield _warning(
                (*place, "certified"),
                f"{rung.name}: nobody who speaks {language} at level {rung.language_level} is"
                " certified. Train somebody: until then these callers begin a step lower.",
            )


def _speaks(person: Person, language: str) -> int:
    return dict(person.skills.languages).get(language, 0)


def _nobody(
    policy: Policy, setting: Setting, where: PlanPath, topic: str | None
) -> Iterator[Finding]:
    """Callers for whom no step has anybody, at any hour."""
    urgency = _urgency(where)
    for language in setting.languages:
        plan = _plan(policy, setting, language, urgency, topic)
        if not any(_fits(plan, person) for person in setting.people):
            last = len(policy.ladder_for(_need(setting, language, urgency, topic)).rungs) - 1
            yield _fault(
                (*where, "stages", last),
                f"a caller who speaks {language} is left with nobody: no step has anybody on the"
                " roster. End with a stage that asks for less.",
            )


# ── the whole ───────────────────────────────────────────────────────────────────────────────────


def _crisis_end(policy: Policy) -> Iterator[Finding]:
    last, where = policy.crisis.rungs[-1], ("crisis", "stages", len(policy.crisis.rungs) - 1)
    anybody = last.language is Speaks.ANY and not last.certified and last.any_line
    if not anybody:
        yield _fault(
            where,
            f"{last.name}: a caller in danger must reach anybody in the end. Add a last stage"
            " `{name: anyone, line: any, after_s: 5, interpreter: true, protected: true}`.",
        )
    elif last.after_s > SLOW_CRISIS_S:
        yield _fault(
            (*where, "after_s"),
            f"{last.name}: a caller in danger waits {last.after_s:g} s for anybody at all. Let it"
            f" open within {SLOW_CRISIS_S:g} s.",
        )
    elif not last.after_s:
        yield _warning(
            where,
            f"{last.name} counts at once: somebody who cannot speak with a caller in danger is rung"
            " as soon as nobody better is ready. Give it `after_s: 5`.",
        )


def _wishes(policy: Policy) -> Iterator[Finding]:
    last = policy.routine.rungs[-1]
    holds = (
        ("same_counselor_hold_s", policy.same_counselor_hold_s, "one counselor"),
        ("gender_hold_s", policy.gender_hold_s, "a woman or a man"),
    )
    for name, hold_s, whom in holds:
        if last.after_s and hold_s > last.after_s:
            yield _warning(
                ("wishes", name),
                f"a caller is kept {hold_s:g} s for {whom}, longer than until {last.name} opens"
                f" ({last.after_s:g} s).",
            )


def _care(care: Care) -> Iterator[Finding]:
    """Numbers that protect nobody, or keep everybody from callers."""
    if care.break_s >= care.break_every_s:
        yield _fault(
            ("care", "break_s"),
            f"a break of {care.break_s:g} s after {care.break_every_s:g} s of work: breaks must be"
            " shorter than the work between them.",
        )
    told = (
        ("protected_s", care.protected_s > LONG_WRAP_UP_S, "a crisis can cut short hardly any"
         " wrap-up. Protect less of it."),
        ("rest_after_crisis_s", care.rest_after_crisis_s < SHORT_REST_S, "too short a rest after a"
         " crisis call. Give 900 s."),
        ("crisis_in_a_row", care.crisis_in_a_row > MANY_CRISES, "too many crisis calls in a row for"
         " one person. Allow 2."),
        ("break_every_s", care.break_every_s > LONG_WORK_S, "too long without a break. Give one"
         " every 7200 s."),
        ("break_s", care.break_s < SHORT_BREAK_S, "too short a break. Give 600 s."),
    )  # fmt: skip
    for name, bad, message in told:
        if bad:
            yield _warning(("care", name), f"{getattr(care, name):g}: {message}")


def cost_of_naming(policy: Policy, setting: Setting, topic: str) -> float:
    """By how many seconds somebody may be asked later for a caller because they named a topic."""
    costs = [
        cost_s
        for language in setting.languages
        for person in setting.people
        for cost_s in _cost_of_naming(policy, setting, person, language, topic)
    ]
    return min(NEVER_S, max(costs, default=0.0))


def _cost_of_naming(
    policy: Policy, setting: Setting, person: Person, language: str, topic: str
) -> Iterator[float]:
    """By its clock and by its place in line, where this person becomes free."""
    urgency = Urgency.ROUTINE
    plain = _first_fit(_plan(policy, setting, language, urgency, None), person)
    named = _first_fit(_plan(policy, setting, language, urgency, topic), person)
    if plain is not None:
        yield NEVER_S if named is None else named.after_s - plain.after_s
        yield 0.0 if named is None else plain.bonus_s - named.bonus_s


def _topics(policy: Policy, setting: Setting) -> Iterator[Finding]:
    known = {name for one in setting.on_line for name, _ in one.skills.topics}
    for topic, _ in policy.topics:
        if topic not in known:
            yield _warning(
                ("topics", topic),
                f"{topic}: no counselor of this line knows this topic. Is it spelt as in the"
                " roster?",
            )
        if cost_s := cost_of_naming(policy, setting, topic):
            yield _warning(
                ("topics", topic),
                f"who names {topic} may wait {cost_s:g} s longer than who names no topic. Where"
                " that is not meant, let its stages open as early and prefer as much.",
            )


def _hours(policy: Policy, setting: Setting) -> Iterator[Finding]:
    """Hours in which somebody could call and nobody could ever be offered the call."""
    for where, _, topic in _ladders(policy):
        gaps: dict[int, list[str]] = {}
        for language in setting.languages:
            plan = _plan(policy, setting, language, _urgency(where), topic)
            able = [person for person in setting.people if _fits(plan, person)]
            gap = setting.hours & ~staffed(able)
            if gap and able:
                gaps.setdefault(gap, []).append(language)
        for gap, languages in gaps.items():
            yield _fault(
                where,
                f"no counselor for {', '.join(languages)} ({' '.join(map(str, where))})"
                f" {in_words(gap)}: shorten the line's hours, or staff these.",
            )
    yield from _without_the_language(setting)


def _without_the_language(setting: Setting) -> Iterator[Finding]:
    for language in setting.languages:
        speakers = [one for one in setting.on_line if _speaks(one, language)]
        gap = setting.hours & ~staffed(speakers)
        if gap and speakers:
            yield _warning(
                (), f"nobody speaks {language} {in_words(gap)}: callers need an interpreter then."
            )


def _seats(setting: Setting) -> Iterator[Finding]:
    single = setting.hours & ~staffed(setting.on_line, SEATS)
    if single:
        yield _warning(
            (), f"fewer than {SEATS} counselors {in_words(single)}: a second caller waits."
        )


def _need(setting: Setting, language: str, urgency: Urgency, topic: str | None) -> Need:
    return Need(line=setting.line, language=language, urgency=urgency, topic=topic)


def _plan(
    policy: Policy, setting: Setting, language: str, urgency: Urgency, topic: str | None
) -> Plan:
    return policy.plan_for(_need(setting, language, urgency, topic))


def _fits(plan: Plan, person: Person) -> bool:
    return _first_fit(plan, person) is not None


def _first_fit(plan: Plan, person: Person) -> Stage | None:
    fitting = (stage for stage in plan.stages if stage.requirement.unmet(person.skills) is None)
    return next(fitting, None)
