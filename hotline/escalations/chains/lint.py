"""What is wrong with chains: where in the document, and a sentence that says what to do. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hotline.escalations.chains.model import EMERGENCY, ChainFile
from hotline.escalations.model import Level

ChainPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ChainFault:
    """Something that refuses a chain."""

    where: ChainPath
    said: str


def chain_faults(chain: ChainFile) -> Iterator[ChainFault]:
    """What is wrong with one chain by itself."""
    yield from _emergency(chain)
    yield from _steps(chain)
    yield from _late_steps(chain)
    first_s, next_s = chain.supervisors.first_s, chain.supervisors.next_s
    if next_s <= first_s:
        said = (
            f"the next supervisor is rung {next_s:g} s after the flag, the first one {first_s:g} s:"
            " let `next_s` be later than `first_s`."
        )
        yield ChainFault(("supervisors", "next_s"), said)


def _emergency(chain: ChainFile) -> Iterator[ChainFault]:
    asked = {one for step in chain.steps for one in step.ring}
    if asked & EMERGENCY:
        return
    if chain.level is Level.IMMINENT:
        said = (
            "no step of this imminent chain rings the police or the ambulance: add `police` or"
            ' `"120"` to one.'
        )
        yield ChainFault(("steps",), said)
    elif chain.rescue.confirmed:
        said = (
            "a rescue is to be confirmed, but no step rings who could come: add `police` or"
            ' `"120"`, or take `confirmed` out.'
        )
        yield ChainFault(("rescue", "confirmed"), said)


def _steps(chain: ChainFile) -> Iterator[ChainFault]:
    for n, step in enumerate(chain.steps):
        for place, one in enumerate(step.ring):
            if one in step.ring[:place]:
                said = f"{one} is rung twice in one step: remove one."
                yield ChainFault(("steps", n, "ring", place), said)
        if n and set(step.ring) <= set(chain.steps[n - 1].ring):
            said = (
                f"step {n + 1} rings only whom step {n} rang already, and reaches nobody new: name"
                " somebody else, or give the step before more time."
            )
            yield ChainFault(("steps", n), said)


def _late_steps(chain: ChainFile) -> Iterator[ChainFault]:
    """Where all is answered by silence, each step must still begin before the deadline."""
    begins = 0.0
    for n, step in enumerate(chain.steps):
        if begins >= chain.acknowledged_within_s:
            said = (
                f"step {n + 1} begins after {begins:g} s, when the deadline of"
                f" {chain.acknowledged_within_s:g} s has passed: shorten the steps before it, or"
                " ring its receivers earlier."
            )
            yield ChainFault(("steps", n), said)
            return
        begins += step.within_s


def faults_between(chains: Mapping[str, ChainFile]) -> Iterator[tuple[str, ChainFault]]:
    """What is wrong of chains beside each other, by the name of the file."""
    for name, former in _doubles(chains):
        said = f"{former} is for this level and kind already: keep one of them."
        yield name, ChainFault(("level",), said)
    for level in Level:
        if chains and not any(one.level is level and one.kind is None for one in chains.values()):
            said = f"there is no chain for {level} without a `kind`: write one for all other flags."
            yield min(chains), ChainFault((), said)


def _doubles(chains: Mapping[str, ChainFile]) -> Sequence[tuple[str, str]]:
    first: dict[tuple[str, str | None], str] = {}
    found = []
    for name, chain in sorted(chains.items()):
        former = first.setdefault((chain.level, chain.kind), name)
        if former != name:
            found.append((name, former))
    return found
