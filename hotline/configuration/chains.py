"""Chain files: read, checked each and beside each other, told by file and line."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from hotline.configuration.faults import read_shape
from hotline.configuration.files import Document, read_document
from hotline.configuration.stations import PlacedStation
from hotline.errors import ConfigError
from hotline.escalations.chains.lint import ChainFault, chain_faults, faults_between
from hotline.escalations.chains.model import EMERGENCY, ChainFile, read_chain_file
from hotline.stations.divisions import covering

NO_CHAINS = (
    "chains/: there is no chain: each contact is rung alone, one after the other, and never the"
    " police. Write `chains/imminent.yaml` and `chains/high.yaml`."
)


def load_chains(folder: Path) -> dict[str, ChainFile]:
    """The chains of a folder, by the name of their file. Raises `ConfigError` with every fault."""
    told: list[str] = []
    read: dict[str, tuple[Document, ChainFile]] = {}
    for file in sorted(folder.glob("chains/*.yaml")):
        name = file.relative_to(folder).as_posix()
        try:
            document = read_document(folder, name)
            read[name] = document, read_shape(document, ChainFile, read_chain_file)
        except ConfigError as fault:
            told.append(fault.public)
    told += _faults(read)
    if told:
        raise ConfigError("\n".join(told))
    return {Path(name).stem: chain for name, (_, chain) in read.items()}


def _faults(read: Mapping[str, tuple[Document, ChainFile]]) -> Iterator[str]:
    for document, chain in read.values():
        for one in sorted(chain_faults(chain), key=partial(_line_of, document)):
            yield f"{document.where(one.where)}: {one.said}"
    for name, fault in faults_between({name: chain for name, (_, chain) in read.items()}):
        yield f"{read[name][0].where(fault.where)}: {fault.said}"


def _line_of(document: Document, fault: ChainFault) -> int:
    return document.line(fault.where)


def chain_warnings(
    chains: Mapping[str, ChainFile], stations: Sequence[PlacedStation]
) -> Iterator[str]:
    """Stations for which a step of every chain rings nobody: of a child there no police hears."""
    if not chains:
        yield NO_CHAINS
        return
    known = [placed.station for placed in stations]
    asked = {one for chain in chains.values() for step in chain.steps for one in step.ring}
    for receiver in sorted(asked & EMERGENCY):
        there = {one.division for one in known if one.kind == receiver and one.contacts}
        for placed in stations:
            station = placed.station
            if station.kind == "protection" and not there & set(covering(station.division)):
                where = placed.where("division")
                yield (
                    f"{where}: no station of kind {receiver} covers {station.id}: a step that rings"
                    " it rings nobody for a child there."
                )
