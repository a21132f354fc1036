"""What a caller hears when we cannot answer: rendered without the database, and never the end.

Each answer listens for the danger key and asks again, at an address of its own that carries on
what nobody could store yet. Whom we cannot write down is put through to the line's duty phone.
"""

from hotline.i18n.prompts import spoken_prompts
from hotline.web.deps import Backend
from hotline.web.voice.addresses import CallerAddress, once
from hotline.web.voice.webhook import Webhook
from ivr import twiml
from ivr.interpreter import is_danger
from ivr.model import Heard
from ivr.twiml import Sound
from ivr.wording import spoken

QUIET_S = 3
WORDS_EVERY = 5  # rounds: often enough that nobody thinks the line is dead
ANSWERED = "/voice/duty-phone"  # where the carrier tells that it picked up
RING_EVERY = 4  # rounds: whoever did not answer the duty phone may do so later


def safe_answer(backend: Backend, webhook: Webhook, address: CallerAddress) -> str:
    """For a caller who asked here and cannot be answered."""
    line = backend.lines.of_number(webhook.leg.called)
    again = address.asked_again(danger=hears_danger(backend, webhook, address))
    duty_phone = line.duty_phone or backend.settings.duty_phone
    if not address.call_id and duty_phone and address.rounds % RING_EVERY == 0:
        return ask_duty_phone(duty_phone, again)
    said = _words(address, again) if _is_time_for_words(address, again) else ()
    return twiml.hold(said, action=once(again.text()), quiet_s=QUIET_S)


def ask_duty_phone(duty_phone: str, again: CallerAddress) -> str:
    """Ring it. Where nobody answers, and after the talk, the caller is with us again."""
    words = spoken(spoken_prompts(), "duty_phone", again.language)
    through = twiml.PutThrough(phone=duty_phone, action=once(again.text()), answered=ANSWERED)
    return twiml.ask_duty_phone([words], through)


def hears_danger(backend: Backend, webhook: Webhook, address: CallerAddress) -> bool:
    """As far as can be told without the database: by the words of the line as last read."""
    line = backend.lines.of_number(webhook.leg.called)
    return says_danger(webhook, address, line.danger_words)


def says_danger(webhook: Webhook, address: CallerAddress, danger_words: tuple[str, ...]) -> bool:
    """Now, or in an answer before that was not stored. One way: nothing takes it back."""
    heard = Heard(webhook.leg.digits, webhook.leg.speech)
    return address.danger or is_danger(heard, danger_words)


def _is_time_for_words(address: CallerAddress, again: CallerAddress) -> bool:
    return address.rounds % WORDS_EVERY == 0 or again.danger != address.danger


def _words(address: CallerAddress, again: CallerAddress) -> tuple[Sound, ...]:
    key = "wait.crisis" if again.danger else "technical"
    words = spoken(spoken_prompts(), key, again.language)
    return (words,) if address.call_id else (words, *twiml.EMERGENCY)
