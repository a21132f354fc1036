"""Who may see or do what with texts: a part of the tables in `test_who_may`."""

from datetime import datetime
from typing import Any

from hotline.storage.tables import TextMessage
from hotline.storage.vault import Vault
from hotline.texting.asking import body_place

TEXT_COMMANDS = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /texts                          ok   ok   ok   ok   ok   ok   403    403  403    403
POST /texts                         ok   ok   ok   404  ok   404  403    403  403    403
GET /texts/{id}/words               ok   ok   ok   404  ok   404  403    403  403    403
POST /texts/{id}/dealt-with         ok   ok   ok   404  ok   404  403    403  403    403
PUT /calls/{id}/texts-wanted        ok   403  404  404  ok   404  403    403  403    403
"""
TEXT_PAGES = """
                                    li   wong chen lee  he   sun  tianhe city haizhu root
GET /texts                          ok   ok   ok   ok   ok   ok   403    403  403    403
GET /texts/live                     ok   ok   ok   ok   ok   ok   403    403  403    403
GET /texts/{id}/words               ok   ok   ok   404  ok   404  403    403  403    403
"""
TEXT_BODIES: dict[str, Any] = {
    "texts": {"template": "when", "callback_id": "owed"},
    "texts-wanted": {"wants": True},
}


def a_text(vault: Vault, *, at: datetime, **values: Any) -> TextMessage:
    """Somebody wrote to the line, and a person must look at it."""
    known: dict[str, Any] = {
        "id": "text",
        "line_id": "youth",
        "direction": "in",
        "our_number": "12355",
        "number_index": "child",
        "number_masked": "154****0001",
        "why": "other",
        "state": "received",
        "encoding": "ucs2",
        "segments": 1,
        "created_at": at,
        "for_person": True,
    }
    text = TextMessage(**(known | values))
    text.body_sealed = vault.seal("今天好多了", place=body_place(text.id))
    return text
