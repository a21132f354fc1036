"""The colours of cases: `colours.yaml`, read, checked, and told by file and line."""

from pathlib import Path

from hotline.configuration.faults import read_shape, refuse_faults
from hotline.configuration.files import read_document
from hotline.visits.colours import (
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
    refuse_faults(document, colour_faults(told))
    return told
