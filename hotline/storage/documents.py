"""Documents of the configuration that are kept by what they say."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def version_of_document(document: Mapping[str, Any]) -> str:
    """A name for what a document says: equal documents, equal names."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:12]
