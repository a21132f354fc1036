"""Form files: read, checked as a whole, and told by file and line what is wrong."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hotline.configuration.faults import read_shape
from hotline.configuration.files import read_document
from hotline.errors import ConfigError
from hotline.records.forms.checks import check_form
from hotline.records.forms.model import FormDefinition, read_form


def read_form_file(folder: Path, name: str) -> FormDefinition:
    """A form of a configuration folder. Raises `ConfigError` with every fault by file and line."""
    document = read_document(folder, name)
    form = read_shape(document, FormDefinition, read_form)
    faults = sorted(check_form(form), key=lambda one: document.line(one.path))
    if faults:
        raise ConfigError("\n".join(f"{document.where(one.path)}: {one.said}" for one in faults))
    return form


def read_form_text(name: str, text: str) -> FormDefinition:
    """The same of a text that is not in force yet. Raises `ConfigError`."""
    with TemporaryDirectory() as folder:
        file = Path(folder, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return read_form_file(Path(folder), name)
