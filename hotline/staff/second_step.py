"""The second step of signing in: a code, or setting a second factor up on the way in."""

from collections.abc import Sequence
from dataclasses import dataclass

from hotline.errors import WrongCode
from hotline.staff.half_way import count_code, end_half_way, half_way
from hotline.staff.second_factor import begin_factor, confirm_factor, second_factor_fits
from hotline.staff.sign_in import NewSession, SignIn, SignInDesk
from hotline.storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretToScan:
    """What a phone is given to make codes of, once."""

    secret: str
    username: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStep:
    """Where those go on who were stopped half way. `token`: of their first step."""

    desk: SignInDesk
    vault: Vault
    token: str

    async def by_code(self, code: str, given: SignIn) -> NewSession:
        """Raises `WrongCode`, `HalfWayOver`, `TooManyTries`."""
        at = self.desk.clock.now()
        await count_code(self.desk.database, self.token, "code", at=at)
        async with self.desk.database.work() as work:
            half, staff = await half_way(work, self.token, "code", at=at)
            if not await second_factor_fits(work, self.vault, staff.id, code, at=at):
                raise WrongCode
            await end_half_way(work, half, staff)
            known = bool(half.device)
            return await self.desk.open(work, staff, given, at=at, known=known)

    async def begin(self) -> SecretToScan:
        """A secret for the phone of somebody who needs one. Raises `HalfWayOver`."""
        at = self.desk.clock.now()
        async with self.desk.database.work() as work:
            _, staff = await half_way(work, self.token, "enrol", at=at)
            secret = await begin_factor(work, self.vault, staff.id, at=at)
            return SecretToScan(secret=secret, username=staff.username)

    async def confirm(self, code: str, given: SignIn) -> tuple[NewSession, Sequence[str]]:
        """Its first code: they are in. Returns the recovery codes as well; raises as `by_code`."""
        at = self.desk.clock.now()
        await count_code(self.desk.database, self.token, "enrol", at=at)
        async with self.desk.database.work() as work:
            half, staff = await half_way(work, self.token, "enrol", at=at)
            codes = await confirm_factor(work, self.vault, staff.id, code, at=at)
            await end_half_way(work, half, staff)
            known = bool(half.device)
            return await self.desk.open(work, staff, given, at=at, known=known), codes
