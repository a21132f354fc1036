"""Who acts in a case, for the API and for pages."""

from hotline.cases.timeline import CaseAct
from hotline.staff.actor import Actor
from hotline.staff.sign_in import SignedIn
from hotline.web.deps import Backend


def act_of(backend: Backend, who: SignedIn) -> CaseAct:
    """Somebody with an account does something to a case, now."""
    by = Actor.of_staff(who.staff_id)
    return CaseAct(vault=backend.vault, by=by, at=backend.clock.now())
