"""Nobody dials a guardian who is suspected of the harm: the last question before a phone rings."""

from hotline.callcontrol.model import ParticipantRole
from hotline.handovers.guardians import require_not_blocked
from hotline.storage.session import Work
from hotline.storage.tables import Call, Participant
from hotline.storage.vault import Vault


async def require_dialable(work: Work, vault: Vault, one: Participant) -> None:
    """Raises `GuardianIsBlocked`. Asked of those whose number is nobody's of ours alone: an offer
    must be fast.
    """
    if one.role == ParticipantRole.CALLER:
        call = await work.get_one(Call, one.call_id)
        await require_not_blocked(work, call.from_index)
    elif one.role == ParticipantRole.GUEST:
        await require_not_blocked(work, vault.index(one.address))
