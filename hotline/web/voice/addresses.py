"""The addresses that a caller's leg is given: what it asks for next, and what it carries there.

`turn` tells fresh input from late input. Answers that were rendered without the database carry on
what nobody could store yet. Each address is given out once, so that no answer of before is ever
taken for the answer to a fresh request.
"""

import re
import secrets
from dataclasses import dataclass, replace
from typing import get_args
from urllib.parse import parse_qsl, urlencode

from ivr.model import Language

INCOMING, FALLBACK, AFTER, WAIT = "incoming", "fallback", "after", "wait"
PARTED = "parted"  # after the last words to somebody who is put through no more
RATED = "rated"  # after the question how the talk was
NOTICED = "noticed"  # after words that end with the notice that talks are recorded

_OF_A_CALL = re.compile(r"/voice/calls/([^/]+)/([^/]+)$")
_COUNT = re.compile(r"[0-9]{1,9}")
_LANGUAGES = get_args(Language)
_FIRST_LANGUAGE = "cmn"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerAddress:
    """Where a caller's leg asks. Without `call_id` only the carrier's id says which call it is.

    `turn`: of the document that named the address; None where there is none, or nonsense.
    `danger`: the danger key was pressed, and is not stored yet. `rounds`: answers without the
    database until now, one after the other.
    """

    call_id: str = ""
    what: str = INCOMING
    turn: int | None = None
    language: str = _FIRST_LANGUAGE
    danger: bool = False
    rounds: int = 0

    def text(self) -> str:
        """As it is written into a document."""
        path = f"/voice/calls/{self.call_id}/{self.what}" if self.call_id else "/voice/incoming"
        said = {
            "turn": self.turn,
            "lang": self.language if self.language != _FIRST_LANGUAGE else None,
            "danger": int(self.danger) or None,
            "rounds": self.rounds or None,
        }
        query = urlencode({name: value for name, value in said.items() if value is not None})
        return f"{path}?{query}" if query else path

    def asked_again(self, *, danger: bool) -> "CallerAddress":
        """Where to ask when this could not be answered.

        That a talk is over must be said again: nothing else tells it. All other words ask where
        the call stands, since the keys that came with them are lost, but for the danger key.
        """
        what = AFTER if self.what == AFTER else WAIT
        return replace(self, what=what, danger=danger, rounds=self.rounds + 1)


def once(address: str) -> str:
    """The same address as nobody was given it before."""
    return f"{address}{'&' if '?' in address else '?'}once={secrets.token_hex(4)}"


def read_address(url: str) -> CallerAddress:
    """Read an address, whole or from its path on. Nonsense is left out, never an error."""
    path, _, query = url.partition("?")
    found = _OF_A_CALL.search(path)
    call_id, what = found.groups() if found else ("", INCOMING)
    said = dict(parse_qsl(query))
    language = said.get("lang", "")
    return CallerAddress(
        call_id=call_id,
        what=what,
        turn=read_count(said.get("turn", "")),
        language=language if language in _LANGUAGES else _FIRST_LANGUAGE,
        danger=said.get("danger") == "1",
        rounds=read_count(said.get("rounds", "")) or 0,
    )


def read_count(text: str) -> int | None:
    """A number out of an address, if it is one."""
    return int(text) if _COUNT.fullmatch(text) else None
