"""The contract as OpenAPI 3.1, from the table of routes and the types that validate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from cadencia.api.problem import MEDIA, STATUS
from cadencia.api.reading import MEDIA as BODY_MEDIA
from cadencia.api.roles import SCOPES
from cadencia.api.route import Route
from cadencia.api.wire.problems import ProblemBody

#: Problems that any route can answer with.
_ALWAYS = ("too_slow", "internal", "stopping")
_WITH_KEY = ("unauthenticated", "address_not_allowed", "scope_missing", "rate_limited", "records_unavailable")
_WITH_BODY = ("malformed_body", "duplicate_field", "body_too_large", "unsupported_media", "unsupported_encoding",
              "invalid_fields")  # fmt: skip
_WITH_REPEATS = ("idempotency_key_missing", "idempotency_key_reused", "still_running", "records_unavailable")
_REF = "#/components/schemas/{name}"


def contract(routes: Sequence[Route], version: str) -> bytes:
    """The document as JSON."""
    told = [kind for route in routes for kind in (route.body, route.answer, route.query, *route.also)]
    kinds = list(dict.fromkeys([*filter(_is_ours, told), ProblemBody]))
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_REF, schema_hook=_any)
    schema_of = dict(zip(kinds, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schema_of, components)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Cadencia", "version": version,
                 "description": "May this contact be made now? A refusal is an answer with status 200; a status of "
                                "500 or more is no answer: treat it as a refusal."},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer",
                                        "description": "; ".join(f"{name}: {text}" for name, text in SCOPES.items())}},
        },
    }  # fmt: skip
    return msgspec.json.encode(document)


def _any(kind: type) -> dict[str, Any]:
    """A duty's value may be anything that JSON has."""
    if kind is object:
        return {"description": "any value"}
    raise NotImplementedError(kind)


def _is_ours(kind: type | None) -> bool:
    return kind is not None and issubclass(kind, msgspec.Struct)


def _operation(route: Route, schema_of: dict[Any, Any], components: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "summary": route.summary, "operationId": operation_id(route), "responses": _responses(route, schema_of),
        "parameters": [*_path(route), *_headers(route), *_query(route, schema_of, components)],
        "security": [] if route.scope is None else [{"key": [route.scope] if route.scope else []}],
    }  # fmt: skip
    if route.body is not None:
        media = ("application/x-ndjson",) if route.stream else BODY_MEDIA
        content = {name: {"schema": schema_of[route.body]} for name in media}
        told["requestBody"] = {"required": not route.may_be_empty, "content": content}
    return told


def operation_id(route: Route) -> str:
    """A name for clients that are generated: of the method and the path."""
    return "_".join([route.method.lower(), *re.findall(r"\w+", route.path)])


def problems_of(route: Route) -> tuple[str, ...]:
    """Every code that the route can answer."""
    codes = [*route.problems, *_ALWAYS]
    codes += _WITH_KEY if route.scope is not None else ()
    codes += _WITH_BODY if route.body is not None else ()
    codes += _WITH_REPEATS if route.needs_key or route.takes_key else ()
    codes += ("invalid_fields", "duplicate_field") if route.query is not None else ()
    codes += ("not_found",)
    return tuple(dict.fromkeys(codes))


def _responses(route: Route, schema_of: dict[Any, Any]) -> dict[str, Any]:
    schema = schema_of.get(route.answer, {})
    if route.also:
        schema = {"anyOf": [schema, *(schema_of[kind] for kind in route.also)]}
    medias = BODY_MEDIA if _is_ours(route.answer) and not route.stream else (route.media,)
    found: dict[str, Any] = {
        str(route.status): {"description": route.summary, "content": {name: {"schema": schema} for name in medias}}
    }
    by_status: dict[int, list[str]] = {}
    for code in problems_of(route):
        by_status.setdefault(STATUS[code], []).append(code)
    for status, codes in sorted(by_status.items()):
        content = {MEDIA: {"schema": schema_of[ProblemBody]}}
        answer = found.setdefault(str(status), {"description": ", ".join(codes), "content": {}})
        answer["content"] |= content
    return found


def _path(route: Route) -> list[dict[str, Any]]:
    names = re.findall(r"\{(\w+)\}", route.path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _headers(route: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": "Accept-Language", "in": "header", "schema": {"type": "string", "examples": ["es", "pt-BR"]}}
    ]
    if route.needs_key or route.takes_key or "idempotency_key_missing" in route.problems:
        schema = {"type": "string", "minLength": 1, "maxLength": 200}
        found.append({"name": "Idempotency-Key", "in": "header", "required": route.needs_key, "schema": schema})
    return found


def _query(route: Route, schema_of: dict[Any, Any], components: dict[str, Any]) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = components[schema_of[route.query]["$ref"].rsplit("/", 1)[1]]
    return [{"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": of}
            for name, of in schema["properties"].items()]  # fmt: skip
