"""Calming words for who waits and asks for them: a slow breath, something to look at.

They are a kind of waiting: the place in line, the danger key and everybody who looks for a
counselor know nothing of them, and whoever is taken is led out of them like out of the music.
"""

from hotline.calls.model import Urgency
from hotline.storage.tables import Call
from ivr.model import Utterance

BACK = ("0", "1")  # to the music
BREATH = ("calm.breathe_in", 3, "calm.breathe_out", 4)
PIECES: tuple[tuple[str | int, ...], ...] = (
    ("calm.welcome", 1, *BREATH, *BREATH),
    ("calm.look", 10, *BREATH),
    ("calm.listen", 10, *BREATH),
    ("calm.shoulders", 6, *BREATH),
    ("calm.kind", 2, "calm.end", 3),
)
"""One for each round of waiting: prompts, and seconds of silence between them."""


def hear_calm_key(call: Call, pressed: str, *, key: str) -> Utterance | None:
    """Begin, go on, or go back to the music; what is answered to that.

    Whoever is in danger is told what to do instead, and listens to nothing else.
    """
    if call.urgency == Urgency.CRISIS:
        return None
    listens = call.calm_piece is not None
    if listens and pressed in (*BACK, key):
        call.calm_piece = None
        return Utterance("calm.back", call.language)
    if pressed == key:
        call.calm_piece = 0
    elif call.calm_piece is not None and not pressed:
        following = call.calm_piece + 1
        call.calm_piece = following if following < len(PIECES) else None
    return None


def calm_piece(call: Call) -> tuple[str | int, ...]:
    """What this caller hears of it in this round: prompts, and seconds of silence."""
    return PIECES[min(call.calm_piece or 0, len(PIECES) - 1)]
