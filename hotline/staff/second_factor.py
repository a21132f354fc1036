"""Codes of a person's own phone (TOTP, RFC 6238), and recovery codes for whoever has lost it.

A code of the present half minute counts, and those beside it, since phones' clocks differ; each
counts once, and none before the newest that was taken. Whoever asks counts the tries first.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp
from sqlmodel import col, delete, select, update

from hotline.errors import IllegalMove, WrongCode
from hotline.staff.account_acts import AccountActKind, note_act
from hotline.staff.model import Role
from hotline.storage.sealed import place_in
from hotline.storage.session import Work
from hotline.storage.tables import RecoveryCode, SecondFactor
from hotline.storage.vault import Vault

STEP_S, BESIDE = 30, (-1, 0, 1)
CODE_DIGITS = 6
RECOVERY_CODES, GROUPS, GROUP = 10, 4, 4
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read for another
WHO_MUST = {
    "off": frozenset[str](),
    "supervisors": frozenset({Role.SUPERVISOR.value, Role.ADMIN.value}),
    "everybody": frozenset(role.value for role in Role),
}
NOTHING_TO_CONFIRM = "There is no second factor waiting for its first code: begin again."


def must_have(setting: str, roles: Sequence[str]) -> bool:
    """Whether somebody with these roles needs a second factor. `setting`: see `WHO_MUST`."""
    return not WHO_MUST[setting].isdisjoint(roles)


async def has_second_factor(work: Work, staff_id: str) -> bool:
    """One that a code has confirmed."""
    factor = await work.get(SecondFactor, staff_id)
    return factor is not None and factor.confirmed_at is not None


async def begin_factor(work: Work, vault: Vault, staff_id: str, *, at: datetime) -> str:
    """A new secret, to be confirmed by a code; what another browser began is over.

    Raises `IllegalMove` where one counts already.
    """
    factor = await work.get(SecondFactor, staff_id, with_for_update=True)
    if factor is not None and factor.confirmed_at is not None:
        raise IllegalMove("There is a second factor already: remove it first.")
    secret = pyotp.random_base32()
    sealed = vault.seal(secret, place=_place(staff_id))
    await work.merge(SecondFactor(staff_id=staff_id, secret_sealed=sealed, created_at=at))
    return secret


def address_for_phones(secret: str, username: str) -> str:
    """What the picture says that a phone looks at."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name="Hotline")


async def confirm_factor(
    work: Work, vault: Vault, staff_id: str, code: str, *, at: datetime
) -> Sequence[str]:
    """From now on it counts. Returns its recovery codes, which nobody is told again.

    Raises `WrongCode`, or `IllegalMove` where none was begun.
    """
    factor = await work.get(SecondFactor, staff_id, with_for_update=True)
    if factor is None or factor.confirmed_at is not None:
        raise IllegalMove(NOTHING_TO_CONFIRM)
    if not await _take_code(work, vault, factor, code, at=at):
        raise WrongCode
    factor.confirmed_at = at
    note_act(work, staff_id, AccountActKind.FACTOR_SET_UP, at=at)
    return await make_recovery_codes(work, staff_id, at=at)


async def second_factor_fits(
    work: Work, vault: Vault, staff_id: str, given: str, *, at: datetime
) -> bool:
    """Whether this is a code of the phone, or a recovery code. It does not fit a second time."""
    code = "".join(given.split()).lower()
    if not (len(code) == CODE_DIGITS and code.isdecimal()):
        return await _take_recovery_code(work, staff_id, code, at=at)
    factor = await work.get(SecondFactor, staff_id)
    if factor is None or factor.confirmed_at is None:
        return False
    return await _take_code(work, vault, factor, code, at=at)


async def _take_code(
    work: Work, vault: Vault, factor: SecondFactor, code: str, *, at: datetime
) -> bool:
    """Of two who send one code at once, one is refused: the statement decides."""
    totp = pyotp.TOTP(vault.open(factor.secret_sealed, place=_place(factor.staff_id)))
    now = int(at.timestamp()) // STEP_S
    digits = "".join(code.split()).encode()
    steps = [now + one for one in BESIDE]
    fitting = [n for n in steps if hmac.compare_digest(totp.at(n * STEP_S).encode(), digits)]
    if not fitting:
        return False
    first = col(SecondFactor.last_step) < fitting[0]
    same = col(SecondFactor.staff_id) == factor.staff_id
    taken = update(SecondFactor).where(same, first).values(last_step=fitting[0])
    return (await work.exec(taken)).rowcount == 1


async def make_recovery_codes(work: Work, staff_id: str, *, at: datetime) -> Sequence[str]:
    """Ten new ones; those before them count no more."""
    await work.exec(delete(RecoveryCode).where(col(RecoveryCode.staff_id) == staff_id))
    codes = ["-".join(_group() for _ in range(GROUPS)) for _ in range(RECOVERY_CODES)]
    for code in codes:
        hashed = _hash_of_code(staff_id, code)
        work.add(RecoveryCode(code_hash=hashed, staff_id=staff_id, created_at=at))
    return codes


async def recovery_codes_left(work: Work, staff_id: str) -> int:
    """How many were not used yet."""
    query = select(RecoveryCode.code_hash).where(RecoveryCode.staff_id == staff_id)
    return len((await work.exec(query.where(col(RecoveryCode.used_at).is_(None)))).all())


async def _take_recovery_code(work: Work, staff_id: str, code: str, *, at: datetime) -> bool:
    same = col(RecoveryCode.code_hash) == _hash_of_code(staff_id, code)
    unused = col(RecoveryCode.used_at).is_(None)
    taken = update(RecoveryCode).where(same, unused).values(used_at=at)
    if (await work.exec(taken)).rowcount != 1:
        return False
    note_act(work, staff_id, AccountActKind.RECOVERY_CODE_USED, at=at)
    return True


async def remove_factor(work: Work, staff_id: str) -> None:
    """The account has none, and no recovery codes."""
    await work.exec(delete(RecoveryCode).where(col(RecoveryCode.staff_id) == staff_id))
    await work.exec(delete(SecondFactor).where(col(SecondFactor.staff_id) == staff_id))


def _group() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(GROUP))


def _hash_of_code(staff_id: str, code: str) -> str:
    """Fast enough to be safe: sixteen letters out of 31 cannot be tried out."""
    plain = "".join(code.split()).replace("-", "").lower()
    return hashlib.sha256(f"{staff_id}\0{plain}".encode()).hexdigest()


def _place(staff_id: str) -> str:
    return place_in(SecondFactor, "secret_sealed", staff_id=staff_id)
