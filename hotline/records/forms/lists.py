"""Lists of answers that several forms share, so that their statistics can be added up. Pure.

`issues`: what a contact was about, by the ten international top levels. `reportable`: in which
situations the law asks for a report. A form names a list (`options: issues`); what is kept of the
form has it spelled out.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hotline.records.forms.reportable import REPORTABLE, as_options

FILE = Path(__file__).with_name("lists.toml")
NAMED_LISTS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    **tomllib.loads(FILE.read_text(encoding="utf-8")),
    REPORTABLE: as_options(),
}
