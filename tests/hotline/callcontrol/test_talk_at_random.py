"""A talk in which anybody does anything in any order, at a carrier that loses and delays.

Each run is drawn by hypothesis, which prints how to make a failing one again.
"""

from collections.abc import Callable
from datetime import timedelta

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hotline.callcontrol import talk as talks
from hotline.callcontrol.model import (
    ParticipantRole,
    ParticipantState,
    VoiceReach,
    Wanted,
    act_due,
)
from hotline.callcontrol.talk import LOST_COUNSELOR_GRACE, settle
from hotline.calls.model import CallState
from hotline.errors import IllegalMove
from hotline.storage.tables import Participant
from tests.fakes import NOON
from tests.hotline.callcontrol.notation import SITUATIONS, person, read
from tests.hotline.callcontrol.paper_carrier import Fate, PaperCarrier, keeps_company

DATA = st.data()
FATES = st.sampled_from(Fate)
VOICES = st.sampled_from(VoiceReach)
SELDOM = st.integers(0, 5)
ROUNDS = 12


class TalkAtRandom(RuleBasedStateMachine):
    """Rows as `callcontrol.talk` writes them, and a carrier on paper."""

    def __init__(self) -> None:
        """Nothing yet."""
        super().__init__()
        self.now = NOON
        self.gone: set[str] = set()
        self.number = 0

    @initialize(situation=st.sampled_from(list(SITUATIONS.values())))
    def begins(self, situation: str) -> None:
        """In one of the situations that are written down."""
        self.carrier = PaperCarrier(read(situation))
        self.talk = self.carrier.talk
        for one in self.talk.alive:
            self.carrier.begin_with(one)

    # ── acts ────────────────────────────────────────────────────────────────────────────────

    def does(self, act: Callable[[], None]) -> None:
        """An act may be refused, and then changes nothing."""
        if self.talk.call.state == CallState.TALKING:
            try:
                act()
            except IllegalMove:
                return

    def new(self, name: str) -> Participant:
        """Somebody who was not in it before."""
        self.number += 1
        one = person(name)
        one.id = one.carrier_sid = f"{name}{self.number}"
        return one

    @rule(held=st.booleans())
    def hold(self, *, held: bool) -> None:
        """The counselor presses hold or resume."""
        self.does(lambda: talks.set_hold(self.talk, held=held, by="li"))

    @rule(name=st.sampled_from(["chen", "guest"]))
    def ask(self, name: str) -> None:
        """A colleague or a guest is asked in."""
        self.does(lambda: talks.ask_second(self.talk, self.new(name), by="li"))

    @rule(
        act=st.sampled_from([talks.let_second_go, talks.hand_over, talks.leave_to_guest]),
    )
    def decide(self, act: Callable[..., None]) -> None:
        """The counselor decides about who was asked in."""
        self.does(lambda: act(self.talk, by="li"))

    @rule(voice=VOICES, takes_over=st.booleans())
    def supervise(self, *, voice: VoiceReach, takes_over: bool) -> None:
        """A supervisor comes beside, or takes over."""
        found = [one for one in self.talk.alive if one.name == "sup" and one.wanted == Wanted.IN]
        if found and found[0].role != ParticipantRole.SUPERVISOR:
            return
        one = found[0] if found else self.new("sup")
        if takes_over:
            self.does(lambda: talks.take_over(self.talk, one))
        else:
            self.does(lambda: talks.come_beside(self.talk, one, voice))

    @rule(data=DATA)
    def step_out(self, data: st.DataObject) -> None:
        """Who only helps leaves."""
        helping = [
            one
            for one in self.talk.alive
            if talks.is_there(one) and one.role in ("colleague", "supervisor")
        ]
        if helping:
            one = data.draw(st.sampled_from(helping), "who steps out")
            self.does(lambda: talks.step_out(self.talk, one))

    @rule(chance=SELDOM)
    def end(self, chance: int) -> None:
        """The counselor ends the talk."""
        if chance == 0 and self.talk.call.state == CallState.TALKING:
            self.talk.call.state = CallState.CLOSING
            talks.dissolve(self.talk)

    # ── people at their phones ──────────────────────────────────────────────────────────────

    @rule(data=DATA)
    def answers(self, data: st.DataObject) -> None:
        """A phone that rings, or whose owner waits to be let in."""
        ringing = [one for one in self.talk.people
                   if self.carrier.legs.get(one.id) in ("ringing", "up")]  # fmt: skip
        if ringing:
            self.carrier.pick_up(data.draw(st.sampled_from(ringing), "who answers"))

    @rule(data=DATA, chance=SELDOM)
    def hangs_up(self, data: st.DataObject, chance: int) -> None:
        """Anybody but the caller, at any time."""
        legs = [one for one in self.talk.people
                if one.id in self.carrier.legs and one.id != "caller"]  # fmt: skip
        if chance == 0 and legs:
            self.carrier.end_leg(data.draw(st.sampled_from(legs), "who hangs up"))

    # ── the carrier ─────────────────────────────────────────────────────────────────────────

    @rule()
    def asks(self) -> None:
        """The dialler looks."""
        self.carrier.ask(self.now)

    @precondition(lambda self: self.carrier.requests)
    @rule(data=DATA, fate=FATES)
    def comes_back(self, data: st.DataObject, fate: Fate) -> None:
        """One of the requests comes to its end, in any order."""
        request = data.draw(st.sampled_from(self.carrier.requests), "request")
        self.carrier.answer(request, fate)

    @precondition(lambda self: self.carrier.ends_told)
    @rule(data=DATA)
    def is_told_of_an_end(self, data: st.DataObject) -> None:
        """The report of a leg that is over."""
        self.carrier.tell_end(data.draw(st.sampled_from(self.carrier.ends_told)), self.now)

    @precondition(lambda self: self.carrier.holds_told)
    @rule(index=st.integers(0, 5))
    def is_told_of_a_hold(self, index: int) -> None:
        """A report of the caller's hold, in any order."""
        self.carrier.tell_hold(index)

    @rule()
    def works_well(self) -> None:
        """The dialler looks, and the carrier does at once what it is asked."""
        self._works()

    @rule(seconds=st.sampled_from([1, 4]))
    def time_passes(self, seconds: int) -> None:
        """The sweep settles; a caller whose leg asks is led on."""
        self.now += timedelta(seconds=seconds)
        if self.talk.call.state == CallState.TALKING:
            settle(self.talk, now=self.now)
            self._look_up_caller()

    def _look_up_caller(self) -> None:
        """As `sweep.look_up`: nobody is with the caller."""
        lost = [one.ended_at for one in self.talk.people if one.ended_at is not None]
        long_lost = bool(lost) and max(lost) <= self.now - LOST_COUNSELOR_GRACE
        asks = self.carrier.legs.get("caller") == "asks"
        if asks or (long_lost and not self._somebody_is_there()):
            self.carrier.back_in_line()

    def _somebody_is_there(self) -> bool:
        company = ("counselor", "colleague", "guest")
        return any(talks.is_there(one) and one.role in company for one in self.talk.alive)

    @rule()
    def comes_to_rest(self) -> None:
        """Everything works for a while, and phones that ring stop ringing."""
        self._rests()
        self._check_rest()

    def _rests(self) -> None:
        for _ in range(ROUNDS):
            self._works()
            for one in self.talk.people:
                if self.carrier.legs.get(one.id) == "up":
                    self.carrier.pick_up(one)
                elif self.carrier.legs.get(one.id) == "ringing":
                    self.carrier.end_leg(one)
            self.time_passes(1)

    def _works(self) -> None:
        self.carrier.ask(self.now)
        for request in list(self.carrier.requests):
            self.carrier.answer(request, Fate.DONE)
        for one in list(self.carrier.ends_told):
            self.carrier.tell_end(one, self.now)
        while self.carrier.holds_told:
            self.carrier.tell_hold(0)

    # ── what must hold ──────────────────────────────────────────────────────────────────────

    def _check_rest(self) -> None:
        """Rows and carrier agree; nobody is alone; the caller is somewhere and hears something."""
        alive = [one for one in self.talk.alive if one.role != ParticipantRole.CALLER]
        assert [one.id for one in alive if act_due(one, self.now) is not None] == []
        assert {one.id for one in alive} == set(self.carrier.inside) - {"caller"}
        if self.talk.call.state == CallState.TALKING:
            self._check_talk()
        else:
            assert self.carrier.inside == {}, "a talk that is over goes on at the carrier"

    def _check_talk(self) -> None:
        assert "caller" in self.carrier.inside
        assert self.carrier.caller_hears(), "the caller hears nothing"
        if self.carrier.inside["caller"].hold:
            assert self.talk.counselor is not None, "nobody could bring the caller back"
        for one in self.talk.alive:
            assert self.carrier.inside[one.id].ends == one.ends_wanted

    @invariant()
    def nobody_comes_back(self) -> None:
        """Who left stays away, whatever is told late. The caller alone may be asked again."""
        alive = {one.id for one in self.talk.alive}
        assert not alive & self.gone
        ended = {one.id for one in self.talk.people if one.state == ParticipantState.ENDED}
        self.gone |= ended - {"caller"}

    @invariant()
    def one_answers(self) -> None:
        """At most one counselor answers for the call."""
        counselors = [one for one in self.talk.alive
                      if one.role == "counselor" and one.wanted == Wanted.IN]  # fmt: skip
        assert len(counselors) <= 1

    @invariant()
    def the_talk_ends_with_the_last(self) -> None:
        """True for exactly those whose leaving leaves the caller without company."""
        if self.talk.call.state != CallState.TALKING:
            return
        company = self.carrier.company()
        for one in self.talk.alive:
            if one.role != ParticipantRole.CALLER and talks.is_there(one):
                last = keeps_company(self.talk, one) and company == [one]
                assert one.ends_wanted == last, one.name

    @invariant()
    def whispers_stay_between_two(self) -> None:
        """Once the carrier has agreed to a whisper, the caller does not hear it."""
        for one in self.talk.alive:
            if one.voice_wanted == one.voice == VoiceReach.COACH:
                assert one.id not in self.carrier.caller_hears()

    @invariant()
    def nobody_new_hears_the_caller(self) -> None:
        """A colleague or guest comes in only while the caller is on hold."""
        assert not self.carrier.heard_too_early


TestTalkAtRandom = TalkAtRandom.TestCase
TestTalkAtRandom.settings = settings(
    max_examples=80,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,  # the same runs everywhere; `--hypothesis-seed` draws others
    suppress_health_check=list(HealthCheck),
)
