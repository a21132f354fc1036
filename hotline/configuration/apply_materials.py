"""Scripts, places and chains brought to what the files say. What left them is switched off."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlmodel import select

from hotline.configuration.materials import Materials, PlaceFile, ScriptFile
from hotline.configuration.plans import written
from hotline.configuration.rows import changed, told
from hotline.escalations.chains.model import ChainFile, version_of_chain
from hotline.storage.session import Work
from hotline.storage.tables import EscalationChain, ReferralPlace, Script

KeptMaterial = TypeVar("KeptMaterial", Script, ReferralPlace, EscalationChain)


async def apply_materials(work: Work, wanted: Materials) -> list[str]:
    """Returns the differences as one line of text each."""
    scripts = {name: _script(script) for name, script in wanted.scripts.items()}
    places = {place.id: _place(place, at) for at, place in enumerate(wanted.places)}
    return [
        *await _bring(work, Script, scripts, "script"),
        *await _bring(work, ReferralPlace, places, "place"),
    ]


async def apply_chains(work: Work, wanted: Mapping[str, ChainFile]) -> list[str]:
    """The same of chains. What runs already keeps the chain it began with."""
    chains = {name: _chain(chain) for name, chain in wanted.items()}
    return await _bring(work, EscalationChain, chains, "chain")


async def _bring(
    work: Work,
    table: type[KeptMaterial],
    wanted: Mapping[str, Mapping[str, Any]],
    word: str,
) -> list[str]:
    rows = {row.id: row for row in (await work.exec(select(table))).all()}
    differences: list[str] = []
    for key, fields in wanted.items():
        row = rows.pop(key, None)
        if row is None:
            work.add(table(id=key, **fields))
            differences.append(f"{word} {key}: added")
        else:
            differences += told(f"{word} {key}", changed(row, {**fields, "active": True}))
    for row in rows.values():
        if row.active:
            row.active = False
            differences.append(f"{word} {row.id}: taken away")
    return differences


def _script(script: ScriptFile) -> dict[str, Any]:
    return script.model_dump(mode="json")


def _place(place: PlaceFile, position: int) -> dict[str, Any]:
    kept = place.model_dump(mode="json", exclude={"id", "hours", "receives", "verified_on"})
    return {
        **kept,
        "position": position,
        "hours": [written(one) for one in place.hours],
        "verified_on": place.verified_on,
        "receives": place.receives.model_dump(mode="json") if place.receives else {},
    }


def _chain(chain: ChainFile) -> dict[str, Any]:
    document = chain.model_dump(mode="json")
    return {
        "level": chain.level,
        "kind": chain.kind or "",
        "document": document,
        "version": version_of_chain(document),
    }
