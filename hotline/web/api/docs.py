"""The API as a page to read: drawn from its own description, without scripts.

The framework's page fetches scripts from elsewhere and runs some inline; our content policy
refuses both, and a hotline may have no way out to the Internet.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

docs_router = APIRouter(include_in_schema=False)

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
details{border:1px solid #8884;border-radius:6px;margin:.4rem 0;padding:.4rem .8rem}
summary{cursor:pointer}code{font-size:.95em}td,th{text-align:left;padding:.1rem 1rem .1rem 0}
"""
# This page's own: nothing but the style above, which is told by its hash.
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; frame-ancestors 'none'"
WORDS = """
<p>Sign in with <code>POST /api/v1/tokens</code>, then send <code>Authorization: Bearer …</code>.
Every command below takes an <code>Idempotency-Key</code>: the same key and body get the same
answer, another body gets 409. Refusals are <code>application/problem+json</code> with a sentence
for people in <code>detail</code>. For machines: <a href="openapi.json">openapi.json</a>.</p>
"""

Schema = Mapping[str, Any]


@docs_router.get("/api/docs")
async def docs(request: Request) -> HTMLResponse:
    """The page."""
    policy = {"Content-Security-Policy": POLICY}
    return HTMLResponse(docs_page(request.app.openapi()), headers=policy)


def docs_page(described: Schema) -> str:
    """One section a tag, one entry an endpoint."""
    by_tag: dict[str, list[str]] = {}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            entry = _endpoint(f"{method.upper()} {path}", operation, described)
            by_tag.setdefault(operation.get("tags", ["other"])[0], []).append(entry)
    sections = "".join(f"<h2>{escape(tag)}</h2>{''.join(all_)}" for tag, all_ in by_tag.items())
    title = escape(f"{described['info']['title']} API")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style><h1>{title}</h1>{WORDS}{sections}</html>"
    )


def _endpoint(what: str, operation: Schema, described: Schema) -> str:
    said = operation.get("description", "")
    query = [p for p in operation.get("parameters", []) if p["in"] == "query"]
    rows = [(p["name"], _kind(p.get("schema", {})), bool(p.get("required"))) for p in query]
    sent = _table("query", rows)
    sent += _table("body", _fields(operation.get("requestBody", {}), described))
    good = [one for code, one in operation["responses"].items() if code.startswith("2")]
    answer = _table("answer", _fields(good[0] if good else {}, described))
    return (
        f"<details><summary><code>{escape(what)}</code> {escape(said.partition('.')[0])}</summary>"
        f"<p>{escape(said)}</p>{sent}{answer}</details>"
    )


def _fields(message: Schema, described: Schema) -> list[tuple[str, str, bool]]:
    schema = message.get("content", {}).get("application/json", {}).get("schema", {})
    named = _resolved(schema.get("items", schema), described)
    required = named.get("required", [])
    properties = named.get("properties", {})
    return [(name, _kind(field), name in required) for name, field in properties.items()]


def _resolved(schema: Schema, described: Schema) -> Schema:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Schema = described["components"]["schemas"][name] if name else schema
    return found


def _kind(schema: Schema) -> str:
    return " or ".join(_kinds(schema)) or "any"


def _kinds(schema: Schema) -> Iterator[str]:
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2]
    elif "enum" in schema:
        yield " | ".join(str(value) for value in schema["enum"])
    elif "anyOf" in schema:
        yield from (_kind(one) for one in schema["anyOf"])
    elif "items" in schema:
        yield f"list of {_kind(schema['items'])}"
    elif "type" in schema:
        yield str(schema.get("format", schema["type"]))


def _table(title: str, rows: list[tuple[str, str, bool]]) -> str:
    if not rows:
        return ""
    lines = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(kind)}</td>"
        f"<td>{'required' if required else ''}</td></tr>"
        for name, kind, required in rows
    )
    return f"<table><tr><th>{title}</th></tr>{lines}</table>"
