"""The texts of the reader's lines, masked; the words of one where somebody opens them."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.staff.model import Role
from hotline.staff.permissions import Permission
from hotline.storage.session import Work
from hotline.texting.acts import read_text
from hotline.texting.queries import consent_shown, list_texts, permitted_text
from hotline.texting.templates import BY_PEOPLE, words_of
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep

router = APIRouter(prefix="/texts", include_in_schema=False)


@router.get("")
async def texts(frame: FrameDep, work: WorkDep) -> HTMLResponse:
    """What waits for a person first, then the newest."""
    frame.require(Permission.CALL_BACK)
    return frame.page("texts.html", texts=await list_texts(work, frame.who))


@router.get("/live")
async def texts_live(frame: FragmentDep, work: WorkDep) -> HTMLResponse:
    """The list alone."""
    frame.require(Permission.CALL_BACK)
    return frame.page("texts_live.html", texts=await list_texts(work, frame.who))


@router.get("/{text_id}/words")
async def words(frame: FrameDep, backend: BackendDep, work: WorkDep, text_id: str) -> HTMLResponse:
    """What was written. Each reading leaves a trace."""
    frame.require(Permission.CALL_BACK)
    text = await permitted_text(work, text_id, frame.who)
    now = backend.clock.now()
    said = read_text(work, backend.vault, text, frame.who.staff_id, at=now)
    return frame.page("text_words.html", words=said, text=text)


async def texts_beside(frame: Fragment, work: Work, number_index: str) -> dict[str, object]:
    """What a call's page needs to write to its caller."""
    return {
        "may_text": number_index and frame.is_(Role.COUNSELOR, Role.SUPERVISOR),
        "text_choices": text_choices(frame),
        "texts_wanted": await consent_shown(work, number_index),
    }


def text_choices(frame: Fragment) -> Sequence[tuple[str, str]]:
    """What a counselor may send, as the reader understands it."""
    language = "eng" if frame.in_english else "cmn"
    return [(one.value, words_of(one, language)) for one in BY_PEOPLE]
