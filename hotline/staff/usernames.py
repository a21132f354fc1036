"""The one form in which names of accounts are kept and compared."""

import unicodedata


def one_form(username: str) -> str:
    """The same for whatever people take for the same name: width, case, composition, edges."""
    folded = unicodedata.normalize("NFKC", username).casefold()
    return unicodedata.normalize("NFKC", folded).strip()
