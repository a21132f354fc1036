"""A plan as sentences that a duty manager can read and sign, with examples computed from it.

The examples ask `routing.explain` with the people of the roster: the rules that decide at night,
not a second telling of them. Words of languages and topics are the reader's, given from outside.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import isinf

from routing.care import Care
from routing.engine import Floor, Signature, Standing, Urgency, Waiting
from routing.explain import explain_offer
from routing.policy.lint import SEATS, Setting, cost_of_naming
from routing.policy.model import Ladder, Policy, Rung, Speaks
from routing.policy.need import Need
from routing.policy.phrases import HOURS, PHRASES, Phrases
from routing.policy.roster import in_words, moment_in_words, staffed

Word = Callable[[str], str]  # a language's or topic's code → its name for the reader


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its sentences."""

    heading: str
    sentences: tuple[str, ...]


def sentences(policy: Policy, setting: Setting, *, tongue: str, word: Word) -> list[Section]:
    """The whole plan. `tongue`: "zh" or "en". Raises `KeyError` for any other."""
    say = PHRASES[tongue]
    topics = [
        Section(
            say["topic"].format(topic=word(topic)),
            (*_ladder(ladder, say), *_cost_of_naming(policy, setting, topic, say)),
        )
        for topic, ladder in policy.topics
    ]
    return [
        Section(say["crisis"], (*_ladder(policy.crisis, say), *_danger(policy, say))),
        Section(say["routine"], tuple(_ladder(policy.routine, say))),
        *topics,
        Section(say["wishes"], tuple(_wishes(policy, say))),
        Section(say["languages"], tuple(_languages(policy, setting, say, word))),
        Section(say["offers"], tuple(_offers(policy, say))),
        Section(say["care"], tuple(_care(policy.care, say))),
        Section(say["duty"], tuple(_duty(policy, setting, tongue, word))),
        Section(say["examples"], tuple(_examples(policy, setting, say, word))),
    ]


def _ladder(ladder: Ladder, say: Phrases) -> Iterator[str]:
    for n, rung in enumerate(ladder.rungs, 1):
        when = say["after"].format(s=rung.after_s) if rung.after_s else say["at_once"]
        sentence = say["rung"].format(n=n, when=when, who=_who(rung, say), name=rung.name)
        more = [say[name] for name in ("interpreter", "protected") if getattr(rung, name)]
        yield "".join([sentence, *more])
    if ladder.ring > 1:
        yield say["ring"].format(n=ladder.ring)
    preferred = [(n, rung.bonus_s) for n, rung in enumerate(ladder.rungs, 1) if rung.bonus_s]
    if preferred:
        steps = say["list"].join(say["bonus_step"].format(n=n, s=s) for n, s in preferred)
        yield say["bonus"].format(steps=steps)
    if any(rung.conditional for rung in ladder.rungs):
        yield say["named"]


def _cost_of_naming(policy: Policy, setting: Setting, topic: str, say: Phrases) -> Iterator[str]:
    if cost_s := cost_of_naming(policy, setting, topic):
        yield say["topic_costs"].format(s=cost_s)


def _danger(policy: Policy, say: Phrases) -> Iterator[str]:
    yield say["fit_first"]
    if policy.crisis.ring > 1:
        yield say["shared"]
    yield say["running_kept" if policy.crisis.keeps_running else "running_ends"]


def _who(rung: Rung, say: Phrases) -> str:
    """What somebody must be to be asked at this rung."""
    language = {
        Speaks.OWN: say["own"].format(level=rung.language_level),
        Speaks.SPOKEN: say["spoken"].format(level=rung.language_level),
        Speaks.ANY: "",
    }[rung.language]
    topic = "" if rung.topic_level is None else say["knows"].format(level=rung.topic_level)
    parts = [
        language,
        topic,
        say["certified"] if rung.certified else "",
        say["age"] if rung.age_group else "",
    ]
    wants = say["and"].join(part for part in parts if part)
    anybody = say["anybody"] if rung.any_line else say["anybody_on_line"]
    return say["who"].format(anybody=anybody, wants=wants) if wants else anybody


def _wishes(policy: Policy, say: Phrases) -> Iterator[str]:
    held, gender = policy.same_counselor_hold_s, policy.gender_hold_s
    yield say["same_held"].format(s=held) if held else say["same_first"]
    yield say["gender_held"].format(s=gender) if gender else say["gender"]
    if gender:
        yield say["gender_nobody"]


def _languages(policy: Policy, setting: Setting, say: Phrases, word: Word) -> Iterator[str]:
    """What each caller is taken to understand, and what becomes of a talk without a language."""
    for language in setting.languages:
        likely = policy.likely_understood(language)
        others = say["list"].join(
            say["understood_share"].format(language=word(other), percent=share * 100)
            for other, share in likely
        )
        kind = "understood" if likely else "understood_only"
        yield say[kind].format(language=word(language), others=others)
    yield say["understood_from"].format(percent=policy.understood_from * 100)
    yield say["no_common"]
    yield say["nobody_speaks"]


def _offers(policy: Policy, say: Phrases) -> Iterator[str]:
    yield say["longest_idle"]
    yield say["rings"].format(s=policy.ring_s, aside=policy.set_aside_s)
    yield say["keeps_place"]
    yield say["long_wait"]
    for n, rung in enumerate(policy.routine.rungs, 1):
        if rung.any_line and rung.after_s:
            yield say["second_line"].format(s=rung.after_s, n=n)


def _care(care: Care, say: Phrases) -> Iterator[str]:
    yield say["wrap_up"].format(s=care.protected_s)
    yield say["rest"].format(minutes=care.rest_after_crisis_s / 60)
    yield say["in_a_row"].format(n=care.crisis_in_a_row)
    if not isinf(care.break_every_s):
        hours, minutes = care.break_every_s / 3600, care.break_s / 60
        yield say["break"].format(hours=hours, minutes=minutes)
        yield say["break_turns"].format(share=care.break_share)


def _duty(policy: Policy, setting: Setting, tongue: str, word: Word) -> Iterator[str]:
    """Hours, and what becomes of callers in those in which nobody speaks their language."""
    say, words = PHRASES[tongue], HOURS[tongue]
    on_line = setting.on_line
    yield say["open"].format(hours=in_words(setting.hours, words), n=len(on_line))
    if single := setting.hours & ~staffed(on_line, SEATS):
        yield say["single"].format(hours=in_words(single, words))
    for language in setting.languages:
        speakers = [one for one in on_line if language in dict(one.skills.languages)]
        if gap := setting.hours & ~staffed(speakers):
            first = (gap & -gap).bit_length() - 1
            there = tuple(one for one in setting.people if one.quarters >> first & 1)
            need = Need(line=setting.line, language=language)
            example = _example(policy, replace(setting, people=there), need, say, word)
            yield say["silent"].format(
                language=word(language),
                hours=in_words(gap, words),
                moment=moment_in_words(first, words),
                example=example,
            )


# ── examples ────────────────────────────────────────────────────────────────────────────────────


def _examples(policy: Policy, setting: Setting, say: Phrases, word: Word) -> Iterator[str]:
    """One for each language in danger, one for each without, and one for a topic."""
    for language in setting.languages:
        for urgency in Urgency:
            need = Need(line=setting.line, language=language, urgency=urgency)
            yield _example(policy, setting, need, say, word)
    topics = sorted({name for one in setting.on_line for name, _ in one.skills.topics})
    for topic in topics[:3]:
        need = Need(line=setting.line, language=setting.languages[0], topic=topic)
        yield _example(policy, setting, need, say, word)


def _example(policy: Policy, setting: Setting, need: Need, say: Phrases, word: Word) -> str:
    kind = "example_crisis" if need.urgency is Urgency.CRISIS else "example"
    caller = say[kind].format(language=word(need.language))
    if need.topic is not None:
        caller = say["example_topic"].format(language=word(need.language), topic=word(need.topic))
    steps: list[str] = []
    for after_s, names in asked(policy, setting, need):
        kind = "step_after" if after_s else "step_next" if steps else "step"
        steps.append(say[kind].format(s=after_s, names=say["list"].join(names)))
    return caller + (say["then"].join(steps) if steps else say["nobody"]) + say["stop"]


def asked(policy: Policy, setting: Setting, need: Need) -> list[tuple[float, Sequence[str]]]:
    """Who is asked and after how many seconds, were everybody on the roster ready at once."""
    plan = policy.plan_for(need)
    opens = {stage.name: stage.after_s for stage in plan.stages}
    counselors = tuple(
        Standing(counselor=one.name, signature=Signature(one.skills), idle_since=0.0)
        for one in setting.people
    )
    caller = Waiting(call="example", plan=plan, arrival=0.0)
    floor = Floor(now=max(opens.values()), callers=(caller,), counselors=counselors)
    fitting = [one for one in explain_offer(floor, "example") if one.order is not None]
    grouped = groupby(fitting, key=lambda one: (opens[str(one.stage)], str(one.stage)))
    return [(after_s, [one.counselor for one in some]) for (after_s, _), some in grouped]
