"""The one error tree. Each error has a fixed public sentence and an HTTP status.

HotlineError
├── NotSignedIn 401 · Forbidden 403 · NotFound 404
│   ├── WrongPassword, WrongCode, SecondFactorWanted 401
│   ├── ConfirmIdentity, SecondFactorToSetUp, PasswordsOff 403
│   └── ProviderRefused        the provider did not say who it is; NoAccount: nobody of ours
├── Conflict 409
│   ├── IllegalMove            the thing is not in a state that allows this
│   │   └── CaseRefused        an act on a case: `hotline.cases.refusals`
│   ├── RecordChanged          another one was saved since this one was opened
│   ├── RecordUnfinished       something that must be known is missing from it
│   ├── SomebodyElse           the browser's log-in is not of whoever wrote this
│   ├── BreakNotSwapped        a turn for a break stays with whoever has it
│   ├── ActRefused             a supervisor's act: `hotline.directing.hindrances`
│   ├── RosterRefused          a shift, leave or swap: `hotline.roster.refusals`
│   ├── GroupRefused           an act on a help group: `hotline.helpgroups`
│   ├── NothingRecorded        there is no recording to pause or resume
│   ├── NotKept                its sound is not here yet, or not any more
│   ├── GuardianIsBlocked      a number that nobody may ring or write to
│   ├── OfferGone              somebody else took it, or its time is over
│   └── KeyReused              one Idempotency-Key, two different bodies
├── Invalid 422                the request is well formed but makes no sense
│   ├── SoundRefused           a sound that no caller should hear, or that is none
│   ├── HandOverRefused        nothing carries a hand-over of personal data
│   ├── VisitRefused           a colour or a visit: `hotline.visits.refusals`
│   └── FileRefused            a file that is none of those that can be added
├── TooBusy 429                too many of this sender's requests wait already
├── NoRoom 507                 the disk is full
├── ProviderAway 503           people's identity provider gives no answer
├── DatabaseAway 503           no answer, or no connection
│   ├── NotStored              nothing was changed: safe to try again
│   └── MayBeStored            it fell silent during the commit
├── ConfigError                a configuration file is wrong: file, line, what to do
├── SettingsError              the environment is wrong: the process does not start
└── CarrierError               the telephone company
    ├── CarrierRefused         it answered no: our fault or the number's
    ├── CarrierUnreachable     nothing was done: safe to try again
    ├── CarrierUnclear         it may or may not have been done: reconcile first
    └── LegGone                the leg has ended: an ordinary outcome

No message here may hold a number, a name or anything a caller said.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType


class HotlineError(Exception):
    """Base of everything we raise on purpose. `status`: HTTP. `public`: the sentence.

    `facts`: what whoever asked may know beside it; never logged.
    """

    status = 500
    public = "Something went wrong on our side. Please try again."
    facts: Mapping[str, object] = MappingProxyType({})

    def __init__(self, public: str | None = None) -> None:
        """`public` replaces the class's sentence where more can be said."""
        super().__init__(public or self.public)
        if public:
            self.public = public


class ForAReason(HotlineError):
    """Refused, and why: `facts` holds the reason, as a word of a closed list."""

    def __init__(self, reason: str, public: str) -> None:
        """`public`: what to do instead."""
        super().__init__(public)
        self.facts = {"reason": reason}


class NotSignedIn(HotlineError):
    """No valid session or token."""

    status = 401
    public = "Please sign in."


class Forbidden(HotlineError):
    """Signed in, but this role may not."""

    status = 403
    public = "Your role does not allow this. Ask your supervisor."


class WrongPassword(NotSignedIn):
    """No such name, or not its password."""

    public = "The name or the password is not right. Try again, or ask your supervisor."


class WrongCode(NotSignedIn):
    """Neither a code of this person's phone, nor one of their recovery codes; or used before."""

    public = (
        "This code is not right, or was used before. Wait for the next one on your phone, or use"
        " one of your recovery codes."
    )


class HalfWayOver(NotSignedIn):
    """Too slow, or too many wrong codes: the password is asked again."""

    public = "This took too long, or too many codes were wrong. Please sign in again."


class SecondFactorWanted(NotSignedIn):
    """The password is right; a token is given with a code only."""

    public = "This account has a second factor: send its code as `otp`."


class ConfirmIdentity(Forbidden):
    """Asked again of whoever is signed in, before what reaches far."""

    public = "Please confirm with your password or a code that it is you, then this goes on."

    def __init__(self, *, provider: bool = False) -> None:
        """`provider`: it may be shown to the identity provider as well."""
        super().__init__()
        self.facts = {"code": "confirm_identity", "provider": provider}


class SecondFactorToSetUp(Forbidden):
    """Their role needs a second factor, and they have none yet."""

    public = "Your role needs a second factor. Sign in with a browser once to set it up."


class PasswordsOff(Forbidden):
    """Everybody signs in through the provider."""

    public = "Passwords are switched off here. Sign in with your organisation's account."


class ProviderRefused(Forbidden):
    """The provider did not say who this is, or not in a way that can be believed."""

    public = "Your organisation's account did not sign you in. Please begin again."


class NoAccount(ProviderRefused):
    """Known to the provider, and not to us; or switched off here: both are told the same."""

    public = "There is no account here for you. Ask your administrator."


class ProviderAway(HotlineError):
    """The identity provider gives no answer, or one that nobody understands."""

    status = 503
    public = "The service of your organisation's accounts does not answer. Try again in a moment."


class NotFound(HotlineError):
    """Does not exist, or is none of this person's business."""

    status = 404
    public = "This does not exist, or is not yours to see."


class Conflict(HotlineError):
    """The world moved on between looking and acting."""

    status = 409
    public = "This has changed in the meantime. Look again, then decide."


class IllegalMove(Conflict):
    """A lifecycle refused the event in its present state."""

    public = "This is not possible in the present state."


class EscalationRefused(ForAReason, IllegalMove):
    """An act on an escalation that would help nobody now. `facts`: the reason, as a word."""


class CaseRefused(IllegalMove):
    """An act on a case that cannot be done now. `facts`: the reason, as a word, and what it is of.

    Our pages say it in words of `hotline.i18n.case_words`.
    """

    def __init__(self, reason: str, public: str, facts: Mapping[str, object] | None = None) -> None:
        """`public`: what to do instead."""
        super().__init__(public)
        self.facts = {"reason": reason, **(facts or {})}


class SomebodyWasFirst(IllegalMove):
    """Somebody else has acted since this person looked. `facts`: who, what and when."""

    def __init__(self, who: str, did: str, facts: Mapping[str, object]) -> None:
        """`did`: as a sentence goes on after the name; `facts`: for those who say it themselves."""
        super().__init__(f"{who} {did} in the meantime. Look again, then decide.")
        self.facts = {"who": who, **facts}


class RecordChanged(Conflict):
    """A record was saved that its writer has not seen. `facts`: the newest version's."""

    public = (
        "This record was saved elsewhere in the meantime. Nothing was overwritten: look at the"
        " newest version, then save again on top of it."
    )

    def __init__(self, facts: Mapping[str, object]) -> None:
        """`facts`: version, author and time of what stands there now."""
        super().__init__()
        self.facts = facts


class RecordUnfinished(Conflict):
    """A wrap-up cannot end yet. `facts`: the names of what is missing."""

    def __init__(self, missing: Sequence[str]) -> None:
        """`missing`: names of fields of the record."""
        lacks = ", ".join(name.replace("_", " ") for name in missing)
        super().__init__(
            f"The record still lacks: {lacks}. Write it, or choose to finish it later: then it"
            " stands among what is due from you."
        )
        self.facts = {"missing": list(missing)}


class SomebodyElse(Conflict):
    """Somebody else is signed in where this was written."""

    public = (
        "Somebody else is signed in in this browser by now. Nothing was stored in their name: sign"
        " in again, and it will be."
    )


class GuardianIsBlocked(Conflict):
    """A way out to the number of a guardian who is suspected of the harm."""

    public = (
        "This number belongs to a guardian who is suspected of the harm: nobody rings or writes to"
        " it. Reach the child in another way, and let a supervisor decide what follows."
    )


class OfferGone(Conflict):
    """The offer was taken by somebody else, or its time is over."""

    public = "This call is no longer offered to you."


class BreakNotSwapped(ForAReason, Conflict):
    """A turn for a break stays with whoever has it. `facts`: the reason, as a word."""


class GroupRefused(ForAReason, Conflict):
    """An act on a help group that cannot be. `facts`: the reason, as a word."""


class NothingRecorded(Conflict):
    """There is no recording of this call to pause or resume."""

    public = (
        "This call is not being recorded: nobody is talking, the line does not record, or the"
        " caller has not heard the notice."
    )


class NotKept(Conflict):
    """A recording whose sound is not here yet, or not any more."""

    public = "This recording cannot be played: it is still being fetched, or was erased."


class LocksYouOut(Conflict):
    """Somebody would take away their own right to undo what they do."""

    public = (
        "This would switch off your own account, or take the role of administrator from it: nobody"
        " could undo it here. Let another administrator do it."
    )


class KeyReused(Conflict):
    """One Idempotency-Key came with two different bodies."""

    public = "This Idempotency-Key was already used for a different request."


class Invalid(HotlineError):
    """Well formed, but makes no sense."""

    status = 422
    public = "This request cannot be carried out as it stands."


class HandOverRefused(ForAReason, Invalid):
    """Nothing carries a hand-over, or what was said is no consent. `facts`: the reason, a word."""


class VisitRefused(ForAReason, Invalid):
    """A colour or a visit that cannot be so. `facts`: the reason, a word of `visits.refusals`."""


class SoundRefused(ForAReason, Invalid):
    """A recording that cannot be played to callers. `facts`: the reason, as a word."""


class FileRefused(ForAReason, Invalid):
    """A file that cannot be added. `facts`: the reason, as a word."""


class NoRoom(HotlineError):
    """The disk takes nothing more."""

    status = 507
    public = (
        "The file could not be stored: there is no room on the server's disk. Nothing was lost:"
        " keep it, tell your administrator, and add it again later."
    )


class DatabaseAway(HotlineError):
    """The database gave no answer in time."""

    status = 503
    public = "The database does not answer. Please try again in a moment."


class NotStored(DatabaseAway):
    """Nothing of it was written."""

    public = "Not stored: the database does not answer. Please try again."


class MayBeStored(DatabaseAway):
    """The answer to the commit never came."""

    public = (
        "The database fell silent while this was being stored: it may be stored or not. Please try"
        " again; with the same Idempotency-Key nothing is done twice."
    )


class TooBusy(HotlineError):
    """Too many of this sender's requests wait already."""

    status = 429
    public = "Too many requests from your connection at this moment. Wait a little, then try again."


class ConfigError(HotlineError):
    """A configuration file is wrong. The message names file, line and what to do."""

    status = 422


class SettingsError(HotlineError):
    """The environment is wrong. The process does not start."""


class CarrierError(HotlineError):
    """Base of what the telephone company does to us."""

    status = 502
    public = "The telephone network did not carry this out."


class CarrierRefused(CarrierError):
    """The carrier answered no. `code` is its own error code, for the log."""

    def __init__(self, code: int = 0, reason: str = "") -> None:
        """`code`: the carrier's error number, 0 where it gave none. `reason`: ours, in a word."""
        super().__init__()
        self.code = code
        self.reason = reason


class CarrierUnreachable(CarrierError):
    """Nothing was done: safe to try again."""


class CarrierBusy(CarrierUnreachable):
    """It said "not now" and did nothing. It is there: asked again for longer."""


class CarrierUnclear(CarrierError):
    """It may or may not have been done. Look before you repeat."""


class LegGone(CarrierError):
    """The leg has ended, usually because somebody hung up first."""
