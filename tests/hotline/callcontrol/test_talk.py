"""What is wanted of everybody in a talk after each act, cell by cell, written as in `notation`."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from hotline.callcontrol import talk as talks
from hotline.callcontrol.model import ParticipantState, VoiceReach
from hotline.callcontrol.talk import LOST_COUNSELOR_GRACE, Talk, settle
from hotline.errors import IllegalMove
from hotline.storage.tables import Participant
from tests.fakes import NOON
from tests.hotline.callcontrol.notation import SITUATIONS, person, read, written
from tests.lifecycle import read_lifecycle

# `=`: as it was; `-`: refused, and as it was.
EXPECTED = read_lifecycle("""
situation    hold               resume             let_go     hand_over    leave
alone        held,*li!          =                  -          -            -
on_hold      =                  talk,*li!          -          -            -
chen_rings   =                  talk,*li!,chen?    back,*li!  -            -
consulting   =                  talk,*li,chen      back,*li!  talk,*chen!  -
three        music,*li,chen     =                  talk,*li!  talk,*chen!  -
guest_rings  =                  talk,*li!,guest?   back,*li!  -            -
guest_heard  =                  talk,*li,guest     back,*li!  -            talk,guest!
guest_with   music,*li!,guest   =                  talk,*li!  -            talk,guest!
left         -                  -                  talk       -            -
listening    held,*li!,sup~     =                  -          -            -
whispering   held,*li!,sup>     =                  -          -            -
speaking     held,*li,sup       =                  -          -            -
taking_over  held,*li!,sup?^    =                  -          -            -

situation    consult                  ask_guest                 step_out
alone        music,*li!,chen?         music,*li!,guest?         -
on_hold      music,*li!,chen?         music,*li!,guest?         -
chen_rings   -                        -                         -
consulting   -                        -                         back,*li!
three        -                        -                         talk,*li!
guest_rings  -                        -                         -
guest_heard  -                        -                         -
guest_with   -                        -                         -
left         -                        -                         -
listening    music,*li!,chen?,sup~    music,*li!,guest?,sup~    talk,*li!
whispering   music,*li!,chen?,sup>    music,*li!,guest?,sup>    talk,*li!
speaking     music,*li,chen?,sup      music,*li,guest?,sup      talk,*li!
taking_over  music,*li!,chen?,sup?^   music,*li!,guest?,sup?^   -

situation    listen                   whisper                  join
alone        talk,*li!,sup?~          talk,*li!,sup?>          talk,*li!,sup?
on_hold      held,*li!,sup?~          held,*li!,sup?>          held,*li!,sup?
chen_rings   music,*li!,chen?,sup?~   music,*li!,chen?,sup?>   music,*li!,chen?,sup?
consulting   music,*li,chen,sup?~     music,*li,chen,sup?>     music,*li,chen,sup?
three        talk,*li,chen,sup?~      talk,*li,chen,sup?>      talk,*li,chen,sup?
guest_rings  music,*li!,guest?,sup?~  music,*li!,guest?,sup?>  music,*li!,guest?,sup?
guest_heard  music,*li!,guest,sup?~   music,*li!,guest,sup?>   music,*li!,guest,sup?
guest_with   talk,*li,guest,sup?~     talk,*li,guest,sup?>     talk,*li,guest,sup?
left         talk,guest!,sup?~        talk,guest!,sup?~        talk,guest!,sup?
listening    =                        talk,*li!,sup>           talk,*li,sup
whispering   talk,*li!,sup~           =                        talk,*li,sup
speaking     talk,*li!,sup~           talk,*li!,sup>           =
taking_over  talk,*li!,sup?~          talk,*li!,sup?>          talk,*li!,sup?

situation    take_over                 end
alone        talk,*li!,sup?^           talk
on_hold      held,*li!,sup?^           held
chen_rings   music,*li!,chen?,sup?^    music
consulting   music,*li,chen,sup?^      music
three        talk,*li,chen,sup?^       talk
guest_rings  music,*li!,guest?,sup?^   music
guest_heard  music,*li!,guest,sup?^    music
guest_with   talk,*li,guest,sup?^      talk
left         talk,guest!,sup?^         talk
listening    talk,*sup!                talk
whispering   talk,*sup!                talk
speaking     talk,*sup!                talk
taking_over  =                         talk

situation    li_lost          li_long_lost   second_lost  second_comes      sup_lost   sup_comes
alone        talk             talk           -            -                 -          -
on_hold      held             held           -            -                 -          -
chen_rings   music,chen?!     back           back,*li!    music,*li,chen    -          -
consulting   music,chen!      talk,*chen!    back,*li!    -                 -          -
three        talk,chen!       talk,*chen!    talk,*li!    -                 -          -
guest_rings  music,guest?     back           back,*li!    music,*li!,guest  -          -
guest_heard  music,guest      back           back,*li!    -                 -          -
guest_with   talk,guest!      talk,guest!    talk,*li!    -                 -          -
left         -                -              talk         -                 -          -
listening    talk,sup~        talk,sup~      -            -                 talk,*li!  -
whispering   talk,sup~        talk,sup~      -            -                 talk,*li!  -
speaking     talk,sup!        talk,*sup!     -            -                 talk,*li!  -
taking_over  talk,sup?^!      talk,sup?^!    -            -                 talk,*li!  talk,*sup!
""")


def supervisor(talk: Talk) -> Participant:
    """Whoever is beside the counselor, or somebody who is to come."""
    return next((one for one in talk.alive if one.name == "sup"), None) or person("sup")


def helper_steps_out(talk: Talk) -> None:
    there = [one for one in talk.alive if one.name in ("chen", "sup") and talks.is_there(one)]
    if not there:
        raise IllegalMove
    talks.step_out(talk, there[0])


def leg_ends(talk: Talk, name: str) -> None:
    """As the carrier tells it."""
    one = found(talk, name)
    one.state, one.ended_at = ParticipantState.ENDED, NOON
    settle(talk)


def leg_comes(talk: Talk, name: str) -> None:
    """They picked up, and are let in."""
    one = found(talk, name)
    if one.state == ParticipantState.IN_TALK:
        raise IllegalMove
    one.state, one.joined_at = ParticipantState.IN_TALK, NOON
    settle(talk)


def found(talk: Talk, name: str) -> Participant:
    """By name; `second`: whoever it is. Raises `IllegalMove` where there is nobody of that name."""
    names = ("chen", "guest") if name == "second" else (name,)
    alive = [one for one in talk.alive if one.name in names]
    if not alive:
        raise IllegalMove
    return alive[0]


def counselor_long_lost(talk: Talk) -> None:
    leg_ends(talk, "li")
    settle(talk, now=NOON + LOST_COUNSELOR_GRACE)


ACTS: Mapping[str, Callable[[Talk], None]] = {
    "hold": lambda talk: talks.set_hold(talk, held=True, by="li"),
    "resume": lambda talk: talks.set_hold(talk, held=False, by="li"),
    "let_go": lambda talk: talks.let_second_go(talk, by="li"),
    "hand_over": lambda talk: talks.hand_over(talk, by="li"),
    "leave": lambda talk: talks.leave_to_guest(talk, by="li"),
    "consult": lambda talk: talks.ask_second(talk, person("chen"), by="li"),
    "ask_guest": lambda talk: talks.ask_second(talk, person("guest"), by="li"),
    "step_out": helper_steps_out,
    "listen": lambda talk: talks.come_beside(talk, supervisor(talk), VoiceReach.MUTED),
    "whisper": lambda talk: talks.come_beside(talk, supervisor(talk), VoiceReach.COACH),
    "join": lambda talk: talks.come_beside(talk, supervisor(talk), VoiceReach.OPEN),
    "take_over": lambda talk: talks.take_over(talk, supervisor(talk)),
    "end": talks.dissolve,
    "li_lost": lambda talk: leg_ends(talk, "li"),
    "li_long_lost": counselor_long_lost,
    "second_lost": lambda talk: leg_ends(talk, "second"),
    "second_comes": lambda talk: leg_comes(talk, "second"),
    "sup_lost": lambda talk: leg_ends(talk, "sup"),
    "sup_comes": lambda talk: leg_comes(talk, "sup"),
}


def test_the_table_says_for_every_situation_what_every_act_does() -> None:
    assert set(EXPECTED.cells) == {(name, act) for name in SITUATIONS for act in ACTS}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_each_situation_is_at_rest_also_after_a_long_time(situation: str) -> None:
    talk = read(SITUATIONS[situation])

    settle(talk, now=NOON + timedelta(hours=1))

    assert written(talk) == SITUATIONS[situation]
    assert talk.news == []


@pytest.mark.parametrize(
    ("cell", "then"), EXPECTED.cells.items(), ids=["-".join(cell) for cell in EXPECTED.cells]
)
def test_each_act_in_each_situation(cell: tuple[str, str], then: str) -> None:
    situation, act = cell
    talk = read(SITUATIONS[situation])
    before = written(talk)

    if then == "-":
        with pytest.raises(IllegalMove):
            ACTS[act](talk)
    else:
        ACTS[act](talk)

    assert written(talk) == (before if then in ("-", "=") else then)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_whoever_ends_a_talk_leaves_the_caller_to_us_and_to_nobody_else(situation: str) -> None:
    """The carrier sends the caller back when somebody leaves whose leaving ends the talk."""
    talk = read(SITUATIONS[situation])

    talks.dissolve(talk)

    ends = [one for one in talk.alive if one.ends_wanted and one.role != "caller"]
    assert any(one.state == ParticipantState.IN_TALK for one in ends)


# What an act does to presences, and what the timeline tells. Listed: who, effect; then kinds.
TOLD = [
    ("alone", "hold", {}, ["call.held"]),
    ("on_hold", "resume", {}, ["call.resumed"]),
    ("alone", "consult", {}, ["colleague.asked"]),
    ("alone", "ask_guest", {}, ["guest.asked"]),
    ("consulting", "resume", {}, ["call.resumed", "colleague.brought_in"]),
    ("chen_rings", "resume", {}, ["call.resumed"]),
    ("guest_heard", "resume", {}, ["call.resumed", "guest.brought_in"]),
    ("chen_rings", "let_go", {}, ["colleague.let_go"]),
    ("consulting", "let_go", {"chen": "free"}, ["colleague.let_go"]),
    ("guest_heard", "let_go", {}, ["guest.let_go"]),
    ("consulting", "hand_over", {"li": "wraps_up"}, ["call.handed_over"]),
    ("guest_heard", "leave", {"li": "wraps_up"}, ["call.left_to_guest"]),
    ("three", "step_out", {"chen": "free"}, ["colleague.stepped_out"]),
    ("whispering", "step_out", {"sup": "free"}, ["supervisor.stepped_out"]),
    ("whispering", "take_over", {"li": "wraps_up", "sup": "talks"}, ["supervisor.took_over"]),
    ("taking_over", "sup_comes", {"li": "wraps_up", "sup": "talks"}, ["supervisor.took_over"]),
    ("consulting", "li_long_lost", {"li": "free"}, ["counselor.succeeded"]),
    ("speaking", "li_long_lost", {"li": "free", "sup": "talks"}, ["counselor.succeeded"]),
    ("guest_with", "li_long_lost", {"li": "wraps_up"}, []),
    ("three", "end", {"chen": "free"}, []),
    ("listening", "end", {"sup": "free"}, []),
]


@pytest.mark.parametrize(("situation", "act", "effects", "kinds"), TOLD)
def test_what_an_act_does_to_presences_and_tells(
    situation: str, act: str, effects: dict[str, str], kinds: list[str]
) -> None:
    talk = read(SITUATIONS[situation])

    ACTS[act](talk)

    assert talk.effects == effects
    assert [one.kind for one in talk.news] == kinds


def test_a_colleague_who_was_asked_by_somebody_else_in_the_same_moment_is_refused() -> None:
    talk = read(SITUATIONS["alone"])
    ACTS["consult"](talk)

    with pytest.raises(IllegalMove):
        ACTS["ask_guest"](talk)

    assert written(talk) == "music,*li!,chen?"


def test_who_whispered_is_heard_by_nobody_until_the_carrier_knows_the_new_counselor() -> None:
    talk = read("music,*li,chen,sup>")

    talks.hand_over(talk, by="li")

    sup = supervisor(talk)
    assert (sup.voice_wanted, sup.voice) == (VoiceReach.COACH, None)
