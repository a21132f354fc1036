"""Short words for the counselors and callers that the engine's tests speak of."""

from routing.engine import Decision, Flag, Plan, Requirement, Signature, Skills, Stage, Urgency

MANDARIN = Skills.of({"cmn": 4}, lines=["youth"])
CERTIFIED = Skills.of({"cmn": 4}, lines=["youth"], certified=True)
WOMAN = Skills.of({"cmn": 4}, lines=["youth"], gender="f")
FOR_TEENS = Skills.of({"cmn": 4}, lines=["youth"], ages=["teen"])
CANTONESE = Skills.of({"yue": 4}, lines=["youth"])

ANYONE = Stage("anyone", Requirement())
READY, WOMAN_READY, CERTIFIED_READY = (Signature(one) for one in (MANDARIN, WOMAN, CERTIFIED))
WRITING = Signature(MANDARIN, Flag.WRAP_UP)
JUST_ENDED = Signature(MANDARIN, Flag.PROTECTED)
CERTIFIED_CANTONESE = Signature(Skills.of({"yue": 4}, lines=["youth"], certified=True))
CERTIFIED_WRITING = Signature(CERTIFIED, Flag.WRAP_UP)


def routine(*stages: Stage, name: str = "routine", ring: int = 1) -> Plan:
    """A routine plan; of one stage for everybody unless others are given."""
    return Plan(name, Urgency.ROUTINE, stages or (ANYONE,), ring=ring)


def crisis(*stages: Stage, name: str = "crisis", ring: int = 1) -> Plan:
    """A crisis plan, built as `routine` is."""
    return Plan(name, Urgency.CRISIS, stages or (ANYONE,), ring=ring)


def offers(decisions: list[Decision]) -> list[tuple[str, str, str]]:
    """Call, counselor and stage of each."""
    return [(one.call, one.counselor, one.stage) for one in decisions]
