"""The chains in force, as sentences: who is rung for a flag, in which steps, by when."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from hotline.configuration.versions import newest_version
from hotline.escalations.chains.model import read_chain_file
from hotline.escalations.chains.sentences import chain_sentences
from hotline.staff.permissions import Permission
from hotline.storage.tables import EscalationChain
from hotline.web.deps import WorkDep
from hotline.web.pages.frame import FrameDep

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainCard:
    """One chain. `file`: where it is edited."""

    file: str
    name: str
    level: str
    sentences: Sequence[str]


@router.get("/administration/chains")
async def chains_page(frame: FrameDep, work: WorkDep) -> HTMLResponse:
    """Every chain in force, the loudest level first."""
    frame.require(Permission.SET_UP)
    query = select(EscalationChain).where(col(EscalationChain.active))
    in_order = (col(EscalationChain.level).desc(), col(EscalationChain.kind))
    found = (await work.exec(query.order_by(*in_order))).all()
    newest = await newest_version(work)
    cards = [_card(one, in_english=frame.in_english) for one in found]
    files = newest.files if newest is not None else {}
    return frame.page("administration_chains.html", cards=cards, files=files)


def _card(row: EscalationChain, *, in_english: bool) -> ChainCard:
    chain = read_chain_file(row.document)
    return ChainCard(
        file=f"chains/{row.id}.yaml",
        name=chain.name.en if in_english else chain.name.zh,
        level=row.level,
        sentences=chain_sentences(chain, tongue="en" if in_english else "zh"),
    )
