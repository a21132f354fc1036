"""A chain as sentences that the head of a station can read and sign. Pure."""

from collections.abc import Iterator
from itertools import accumulate

from hotline.escalations.chains.model import ChainFile
from hotline.escalations.chains.phrases import CHAIN_PHRASES, ChainPhrases

MINUTE_S, HOUR_S = 60, 3600


def chain_sentences(chain: ChainFile, *, tongue: str) -> list[str]:
    """The whole chain. `tongue`: "zh" or "en". Raises `KeyError` for any other."""
    say = CHAIN_PHRASES[tongue]
    return [_meant_for(chain, say), *_steps_told(chain, say), *_times_told(chain, say)]


def _meant_for(chain: ChainFile, say: ChainPhrases) -> str:
    level = say[chain.level]
    if chain.kind is None:
        return say["for_all"].format(level=level)
    return say["for_kind"].format(level=level, kind=say[chain.kind])


def _steps_told(chain: ChainFile, say: ChainPhrases) -> Iterator[str]:
    begins = accumulate((step.within_s for step in chain.steps), initial=0.0)
    for n, (step, after) in enumerate(zip(chain.steps, begins, strict=False), 1):
        when = say["after"].format(after=_time(after, say)) if after else say["at_once"]
        who = say["and"].join(say[one] for one in step.ring)
        kind = "step" if len(step.ring) == 1 else "together"
        yield say[kind].format(n=n, when=when, who=who, within=_time(step.within_s, say))
    yield say["next"]
    yield say["again"]


def _times_told(chain: ChainFile, say: ChainPhrases) -> Iterator[str]:
    yield say["deadline"].format(deadline=_time(chain.acknowledged_within_s, say))
    yield say["accept"].format(
        accept=_time(chain.accept_within_s, say),
        report=_time(chain.report_within_s, say),
        review=_time(chain.review_within_s, say),
    )
    yield say["supervisors"].format(
        first=_time(chain.supervisors.first_s, say), next=_time(chain.supervisors.next_s, say)
    )
    kind = "rescue" if chain.rescue.confirmed else "no_rescue"
    yield say[kind].format(every=_time(chain.rescue.every_s, say))


def _time(seconds: float, say: ChainPhrases) -> str:
    for word, size in (("h", HOUR_S), ("min", MINUTE_S)):
        if seconds >= size and seconds % size == 0:
            return say[word].format(n=seconds / size)
    return say["s"].format(n=seconds)
