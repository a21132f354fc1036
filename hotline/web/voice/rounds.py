"""What a round of waiting says, or plays where there is nothing to say. Pure.

Kind words on entry, at once after them the place in line, and both again every minute; in between
music, or calming words for who asked for them. In danger other words, and no numbers.
"""

from dataclasses import dataclass, field

from hotline.callcontrol.sending_on import SENT_ON
from hotline.calls.model import Urgency
from hotline.calls.places import PlaceNews
from hotline.storage.tables import Call
from hotline.web.voice.calm import calm_piece
from ivr.model import Flow
from ivr.twiml import MIN_QUIET_S, Played, Quiet

WAIT_ROUND_S = 12  # how long a caller waits between two rounds: short, since it is how a lost
# redirect is made good
MUSIC = ("/sounds/wait-1.wav", "/sounds/wait-2.wav")  # one round each, but for the quiet after it
AFTER_MUSIC_S = 2
KEY_MESSAGE = "8"


@dataclass(frozen=True, slots=True)
class Prompted:
    """A prompt, and the values it names."""

    prompt: str
    values: dict[str, str | int] = field(default_factory=dict)


RoundSound = Prompted | Quiet | Played


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitRound:
    """What is heard, and for how long nothing after it."""

    sounds: tuple[RoundSound, ...]
    quiet_s: int = WAIT_ROUND_S


def round_of(call: Call, flow: Flow, news: PlaceNews | None, *, kept: bool) -> WaitRound:
    """`news`: of the place in line, where it is time to tell it. `kept`: for a woman or a man."""
    if call.waits == 0 and call.joined_at is not None:
        return _said("after.sent_on" if call.step == SENT_ON else "after.dropped")
    if call.urgency == Urgency.CRISIS:
        return _round_in_danger(call)
    if call.alarm_step > 0 and call.waits % 2 == 0:  # whoever is left is being rung
        return WaitRound(sounds=(Prompted("wait.nobody"), *_choices(call, flow)))
    if call.waits == 0:
        return _first_round(call, kept=kept)
    return _round_in_line(call, flow, news)


def _first_round(call: Call, *, kept: bool) -> WaitRound:
    """Short: the place in line is known when it is over."""
    first = ("wait.first", *(_wish_held(call) if kept else ()))
    return WaitRound(sounds=tuple(map(Prompted, first)), quiet_s=MIN_QUIET_S)


def _round_in_line(call: Call, flow: Flow, news: PlaceNews | None) -> WaitRound:
    told = () if news is None else _place(news)
    if call.calm_piece is not None:
        return WaitRound(sounds=(*told, *_calm(call, flow)), quiet_s=MIN_QUIET_S)
    if news is None:
        return WaitRound(sounds=(Played(MUSIC[call.waits % len(MUSIC)]),), quiet_s=AFTER_MUSIC_S)
    return WaitRound(sounds=(*told, *_choices(call, flow)))


def _said(*prompts: str) -> WaitRound:
    return WaitRound(sounds=tuple(map(Prompted, prompts)))


def _round_in_danger(call: Call) -> WaitRound:
    """No music: whoever hides must not be heard, and silence lets them hear who comes."""
    if call.waits % 2:
        return WaitRound(sounds=())
    return _said("wait.danger_alarm" if call.alarm_step > 0 else "wait.crisis")


def _wish_held(call: Call) -> tuple[str, ...]:
    """Who is kept for a woman or a man is told so, and that it does not last."""
    return ("wait.woman" if call.wished_gender == "f" else "wait.man",)


def _place(news: PlaceNews) -> tuple[Prompted, ...]:
    """No number is better than a wrong one."""
    if news.place is None:
        return (Prompted("wait.still"),)
    place = Prompted("wait.place", {"place": news.place})
    if news.minutes is None:
        return (place,)
    if news.minutes < 0:
        return place, Prompted("wait.within", {"minutes": -news.minutes})
    if news.minutes > 1:
        return place, Prompted("wait.minutes", {"minutes": news.minutes})
    return place, Prompted("wait.minute" if news.minutes else "wait.soon")


def _choices(call: Call, flow: Flow) -> tuple[Prompted, ...]:
    """Calm words are not offered by a key that means a message now."""
    calm = (Prompted("wait.calm", {"digit": flow.calm_key}),)
    taken = call.alarm_step > 0 and flow.calm_key == KEY_MESSAGE
    return (*(() if taken else calm), Prompted("wait.choices", {"digit": flow.free_key}))


def _calm(call: Call, flow: Flow) -> tuple[RoundSound, ...]:
    return tuple(
        Quiet(part) if isinstance(part, int) else Prompted(part, {"digit": flow.calm_key})
        for part in calm_piece(call)
    )
