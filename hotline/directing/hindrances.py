"""Why an act of a supervisor is not possible, as a word for scripts and a sentence for people."""

from collections.abc import Mapping
from enum import StrEnum

from hotline.errors import Conflict


class Hindrance(StrEnum):
    """What stands against it."""

    NOT_WAITING = "not_waiting"
    STANDS_THERE = "stands_there"
    NOT_ON_DUTY = "not_on_duty"
    NOT_OF_LINE = "not_of_line"
    NOT_SERVED = "not_served"
    DANGER_FIRST = "danger_first"
    FIRST_ALREADY = "first_already"
    IN_DANGER = "in_danger"
    MOVED_SINCE = "moved_since"
    SAME_LINE = "same_line"
    NOT_SERVED_HERE = "not_served_here"
    TAKES_ANOTHERS = "takes_anothers"
    OPEN = "open"
    OPENED_SINCE = "opened_since"
    IN_CALL = "in_call"
    RUNG_FOR_DANGER = "rung_for_danger"
    WRITES = "writes"
    RESTS = "rests"
    NOT_AT_DESK = "not_at_desk"
    SO_ALREADY = "so_already"
    CHANGED_SINCE = "changed_since"
    WROTE = "wrote"
    UNREADABLE = "unreadable"
    NO_LANGUAGE = "no_language"
    CERTIFICATE_ENDED = "certificate_ended"
    PHONE_RINGS = "phone_rings"
    NOT_THEN = "not_then"
    OFF_DUTY = "off_duty"
    ENDED_SINCE = "ended_since"
    NOBODY_THERE = "nobody_there"
    ALL_READ = "all_read"
    UNDONE_ALREADY = "undone_already"
    ONE_WAY = "one_way"


_H = Hindrance

SENTENCES: Mapping[Hindrance, str] = {
    _H.NOT_WAITING: "This caller does not wait any more: answered meanwhile, or gone.",
    _H.STANDS_THERE: "This caller waits there already: nothing was changed.",
    _H.NOT_ON_DUTY: "This counselor is not on duty: nobody waits for somebody who is not there.",
    _H.NOT_OF_LINE: "This counselor does not take calls on that line.",
    _H.NOT_SERVED: "That line's queue is closed or diverted: choose another, or reopen it first.",
    _H.DANGER_FIRST: "A caller in danger comes before all others already.",
    _H.FIRST_ALREADY: "This caller is the first of their line already.",
    _H.IN_DANGER: "This caller is known to be in danger already.",
    _H.MOVED_SINCE: "This caller was moved again since: look where they wait now.",
    _H.SAME_LINE: "A queue cannot be diverted to itself.",
    _H.NOT_SERVED_HERE: "This line's queue is closed or diverted already: reopen it first.",
    _H.TAKES_ANOTHERS: "Another line's queue is diverted to this one: reopen that first.",
    _H.OPEN: "This line's queue is open.",
    _H.OPENED_SINCE: "This line's queue was reopened since.",
    _H.IN_CALL: "They are in a call: wait until it is over.",
    _H.RUNG_FOR_DANGER: "Their phone rings for somebody in danger: wait until that is settled.",
    _H.WRITES: "They are writing a record: they say themselves when they are ready.",
    _H.RESTS: "They are at rest or on a break, and ready by themselves after it.",
    _H.NOT_AT_DESK: "Their desk is not open: nobody would hear it ring.",
    _H.SO_ALREADY: "They are so already: nothing was changed.",
    _H.CHANGED_SINCE: "They have changed this themselves since: nothing was undone.",
    _H.WROTE: "They were writing a record, which cannot be gone back to: make them ready instead.",
    _H.UNREADABLE: "Their account cannot be read: ask an administrator.",
    _H.NO_LANGUAGE: "They would speak no language at all: nobody could be offered to them.",
    _H.CERTIFICATE_ENDED: "Their certificate for calls in danger has ended: note a new one.",
    _H.PHONE_RINGS: "Their phone rings: it was chosen by what they can do. Try again in a moment.",
    _H.NOT_THEN: "This can count from now to a time within the next seven days.",
    _H.OFF_DUTY: "They are not on duty: say until when it is to count.",
    _H.ENDED_SINCE: "This has ended by itself, or was changed again since.",
    _H.NOBODY_THERE: "Nobody else is on duty there: nobody would read this.",
    _H.ALL_READ: "Everybody has read it already.",
    _H.UNDONE_ALREADY: "This was undone already.",
    _H.ONE_WAY: "Danger that became known is never taken back. Whoever answers judges it anew.",
}


class ActRefused(Conflict):
    """Nothing was changed. `facts`: the reason, as a word."""

    def __init__(self, hindrance: Hindrance) -> None:
        """Said as its sentence."""
        super().__init__(SENTENCES[hindrance])
        self.hindrance = hindrance
        self.facts = {"reason": hindrance.value}
