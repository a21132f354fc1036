"""My own account: where I am signed in, my password, my second factor.

Not kept for repeats: bodies and answers hold secrets.
"""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from hotline.errors import IllegalMove, WrongCode, WrongPassword
from hotline.staff.account_acts import AccountActKind, note_act, note_told
from hotline.staff.delays import count_proof, forgive_proof
from hotline.staff.passwords import choose_password, password_fits
from hotline.staff.second_factor import (
    CODE_DIGITS,
    begin_factor,
    confirm_factor,
    has_second_factor,
    make_recovery_codes,
    must_have,
    remove_factor,
    second_factor_fits,
)
from hotline.staff.sessions import SessionShown, end_other_sessions, end_session, sessions_of
from hotline.staff.sign_in import SignedIn, renew_session
from hotline.storage.tables import Staff
from hotline.web.api.passwords import CodeIn, CodesOut, JudgedOut, PasswordIn, SecretOut, judged
from hotline.web.api.pictures import secret_shown
from hotline.web.api.sessions import WayOut, refuse_passwords
from hotline.web.auth import ConfirmedDep, SignedInDep
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.signing_in import ProviderDoorDep, session_given, way_begun

MUST_HAVE = "Your role needs a second factor: set up a new one, or ask an administrator."
NO_FACTOR = "There is no second factor: set one up first."

router = APIRouter(tags=["me"])


class NewPasswordIn(BaseModel):
    """The old one, and the one from now on."""

    old: str = Field(max_length=200)
    password: str = Field(max_length=200)


class ProofIn(BaseModel):
    """The password, or six digits of the phone."""

    proof: str = Field(max_length=200)


@router.get("/me/sessions")
async def my_sessions(
    backend: BackendDep, work: WorkDep, who: SignedInDep
) -> Sequence[SessionShown]:
    """Where I am signed in."""
    return await sessions_of(work, who.staff_id, at=backend.clock.now(), here=who.session)


@router.delete("/me/sessions/{session_id}", status_code=204)
async def end_one(work: WorkDep, who: SignedInDep, session_id: str) -> None:
    """One of them ends at once."""
    await end_session(work, who.staff_id, session_id)


@router.post("/me/sessions/end-others", status_code=204)
async def end_others(work: WorkDep, who: SignedInDep) -> None:
    """All but this one."""
    await end_other_sessions(work, who.staff_id, who.session)


@router.post("/me/password/judge")
async def judge(request: Request, who: SignedInDep, wanted: PasswordIn) -> JudgedOut:
    """Whether a password would do."""
    return judged(request, wanted.password, [who.username, who.name])


@router.post("/me/password", status_code=204)
async def change_password(
    backend: BackendDep, work: WorkDep, who: SignedInDep, wanted: NewPasswordIn
) -> None:
    """A new one; I am signed out everywhere but here."""
    now = backend.clock.now()
    await _prove_password(backend, who, wanted.old)
    staff = await work.get_one(Staff, who.staff_id, with_for_update=True)
    await choose_password(work, staff, wanted.password, but=who.session)
    note_act(work, who.staff_id, AccountActKind.PASSWORD_CHOSEN, at=now)


@router.post("/me/confirm", status_code=204)
async def confirm(
    request: Request, backend: BackendDep, work: WorkDep, who: SignedInDep, given: ProofIn
) -> Response:
    """It is me: for ten minutes this session may do what asks for it, with a new cookie."""
    now, digits = backend.clock.now(), "".join(given.proof.split())
    if len(digits) == CODE_DIGITS and digits.isdecimal():
        await _count(backend, who)
        if not await second_factor_fits(work, backend.vault, who.staff_id, digits, at=now):
            raise WrongCode
    else:
        await _prove_password(backend, who, given.proof)
    await forgive_proof(work, _whose(who))
    token, response = (
        await renew_session(work, who.staff_id, who.session, at=now),
        Response(status_code=204),
    )
    if token is not None:
        session_given(request, token, response)
    return response


@router.post("/me/confirm/provider")
async def confirm_at_provider(
    request: Request, response: Response, who: SignedInDep, door: ProviderDoorDep
) -> WayOut:
    """Where the organisation's accounts are, to say there again who I am."""
    way = await door.begin(fresh=True, confirms=who)
    way_begun(request, way, response)
    return WayOut(address=way.address)


async def _prove_password(backend: Backend, who: SignedIn, password: str) -> None:
    """Raises `WrongPassword`, `TooManyTries`, or `PasswordsOff`."""
    refuse_passwords(backend.settings)
    await _count(backend, who)
    async with backend.database.work() as work:
        kept = (await work.get_one(Staff, who.staff_id)).password_hash
    if not await password_fits(password, kept, sender=who.staff_id, known=True):
        raise WrongPassword
    async with backend.database.work() as work:
        await forgive_proof(work, _whose(who))


async def _count(backend: Backend, who: SignedIn) -> None:
    """In a unit of work of its own: kept whatever comes of it."""
    async with backend.database.work() as work:
        await count_proof(work, _whose(who), at=backend.clock.now())


def _whose(who: SignedIn) -> str:
    return f"again {who.staff_id}"


@router.post("/me/second-factor")
async def begin(backend: BackendDep, work: WorkDep, who: ConfirmedDep) -> SecretOut:
    """A secret for my phone; it counts when a code has confirmed it."""
    secret = await begin_factor(work, backend.vault, who.staff_id, at=backend.clock.now())
    return secret_shown(secret, who.username)


@router.post("/me/second-factor/confirm")
async def confirm_second_factor(
    backend: BackendDep, work: WorkDep, who: ConfirmedDep, given: CodeIn
) -> CodesOut:
    """Its first code. The recovery codes are told this once."""
    await _count(backend, who)
    now = backend.clock.now()
    codes = await confirm_factor(work, backend.vault, who.staff_id, given.code, at=now)
    await forgive_proof(work, _whose(who))
    return CodesOut(codes=list(codes))


@router.delete("/me/second-factor", status_code=204)
async def remove(backend: BackendDep, work: WorkDep, who: ConfirmedDep) -> None:
    """Codes are asked for no more, where the role does not need them."""
    if must_have(backend.settings.who_needs_codes, who.roles):
        raise IllegalMove(MUST_HAVE)
    await remove_factor(work, who.staff_id)
    note_act(work, who.staff_id, AccountActKind.FACTOR_REMOVED, at=backend.clock.now())


@router.post("/me/recovery-codes")
async def new_recovery_codes(backend: BackendDep, work: WorkDep, who: ConfirmedDep) -> CodesOut:
    """Ten new ones, told this once; the old ones count no more."""
    if not await has_second_factor(work, who.staff_id):
        raise IllegalMove(NO_FACTOR)
    now = backend.clock.now()
    note_act(work, who.staff_id, AccountActKind.RECOVERY_CODES_MADE, at=now)
    return CodesOut(codes=list(await make_recovery_codes(work, who.staff_id, at=now)))


@router.post("/me/told", status_code=204)
async def told(backend: BackendDep, work: WorkDep, who: SignedInDep) -> None:
    """I have read what others did to my account."""
    await note_told(work, who.staff_id, at=backend.clock.now())
