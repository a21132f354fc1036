"""How words came into a record, as people read it. Part of `words`."""

from collections.abc import Mapping

RECORD_WORDS: Mapping[str, Mapping[str, str]] = {
    "way": {
        "own": "自己补写",
        "dictated": "同事口述",
        "paper": "纸质记录",
        "asked": "本人或监护人要求更正",
    },
}
