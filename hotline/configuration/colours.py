"""The colours of cases: `colours.yaml`, read, checked, and told by file and line."""

from functools import partial
from pathlib import Path

from hotline.configuration.faults import read_shape
from hotline.configuration.files import Document, read_document
from hotline.errors import ConfigError
from hotline.visits.colours import (
    ColourFault,
    ColourSet,
    colour_faults,
    default_colours,
    read_colours,
)

COLOURS = "colours.yaml"


def load_colours(folder: Path) -> ColourSet:
    """The set of a folder, or the one that is shipped. Raises `ConfigError` with every fault."""
    if not (folder / COLOURS).exists():
        return default_colours()
    document = read_document(folder, COLOURS)
    told = read_shape(document, ColourSet, read_colours)
    faults = sorted(colour_faults(told), key=partial(_line_of, document))
    if faults:
        raise ConfigError("\n".join(f"{document.where(one.where)}: {one.said}" for one in faults))
    return told


def _line_of(document: Document, fault: ColourFault) -> int:
    return document.line(fault.where)
