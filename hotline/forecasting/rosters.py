"""A roster with more or fewer people than it has, as a planner writes it: `+2:yue`. Pure."""

from collections.abc import Sequence

from hotline.errors import Invalid
from routing.engine import Skills
from routing.policy.lint import Setting
from routing.policy.roster import Person


def changed(
    people: Sequence[Person], wanted: Sequence[str], setting: Setting
) -> tuple[Person, ...]:
    """The roster with some more, or fewer: `+2:yue`, `+1:hak+cmn`, `-1:eng`. Raises `Invalid`."""
    roster = list(people)
    for one in wanted:
        count, _, languages = one.partition(":")
        spoken = languages.split("+") if languages else []
        if not count.lstrip("+-").isdecimal() or not set(spoken) <= set(setting.languages):
            known = ", ".join(setting.languages)
            raise Invalid(f"{one}: write +2:yue or -1:eng, with languages of the line ({known}).")
        if int(count) >= 0:
            roster += _more(int(count), spoken or list(setting.languages[:1]), setting, len(roster))
        else:
            roster = _fewer(roster, -int(count), spoken)
    return tuple(roster)


def _more(count: int, spoken: Sequence[str], setting: Setting, first: int) -> list[Person]:
    """New colleagues: every second one certified, on duty whenever the line is open."""
    return [
        Person(
            name=f"new {first + n}",
            skills=Skills.of(dict.fromkeys(spoken, 4), lines=[setting.line], certified=n % 2 == 0),
            quarters=setting.hours,
        )
        for n in range(count)
    ]


def _fewer(roster: Sequence[Person], count: int, spoken: Sequence[str]) -> list[Person]:
    fitting = [one for one in roster if set(spoken) <= {name for name, _ in one.skills.languages}]
    if len(fitting) < count:
        raise Invalid(_too_few(len(fitting), spoken))
    gone = {one.name for one in fitting[-count:]}
    return [one for one in roster if one.name not in gone]


def _too_few(count: int, spoken: Sequence[str]) -> str:
    if not spoken:
        return f"Only {count} are on the roster."
    return f"Only {count} on the roster speak {'+'.join(spoken)}."
