"""A route: what a client may ask for, and how it is found."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec

if TYPE_CHECKING:
    from cadencia.api.call import Answer, Call

Handler = Callable[["Call"], Awaitable["Answer"]]
_NAME = re.compile(r"\{(\w+)\}")
_LONGEST_VALUE = 2_000


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be asked. path: with `{name}` for what varies. scope: of roles.SCOPES; "" for any key, None
    for everybody, without one. body, query, answer: the types that validate and that the contract is made from.
    problems: codes that it can answer besides those that every route can. needs_key: it changes something, so it needs
    an Idempotency-Key, and the server answers a repetition itself (api/idempotency.py). takes_key: the same, if it is
    sent one. may_be_empty: no body says what its type says by default. stream: the handler reads
    `call.received()` itself; `body` and `answer` are then the types of one line, `also` those of other lines that can
    come back."""

    method: str
    path: str
    handler: Handler
    summary: str
    scope: str | None
    body: type | None = None
    query: type | None = None
    answer: type | None = None
    status: int = 200
    media: str = "application/json"
    problems: tuple[str, ...] = ()
    needs_key: bool = False
    takes_key: bool = False
    may_be_empty: bool = False
    stream: bool = False
    also: tuple[type, ...] = ()


class Found(msgspec.Struct, frozen=True):
    """A route with the values of its path."""

    route: Route
    values: dict[str, str]


class Routes:
    """The table of all. ValueError when two routes are the same."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.all = tuple(routes)
        self._fixed: dict[tuple[str, str], Found] = {}
        self._varying: list[tuple[re.Pattern[str], Route]] = []
        if len({(route.method, route.path) for route in self.all}) < len(self.all):
            raise ValueError("a method and path is there twice; say each route once")
        for route in self.all:
            if "{" in route.path:
                self._varying.append((_pattern(route.path), route))
            else:
                self._fixed[route.method, route.path] = Found(route, {})

    def find(self, method: str, path: str) -> Found | None:
        """The route of a path as it was sent, without the query; None if there is none."""
        found = self._fixed.get((method, path))
        if found is not None:
            return found
        for pattern, route in self._varying:
            if route.method == method and (match := pattern.fullmatch(path)):
                values = _values(match)
                return None if values is None else Found(route, values)
        return None

    def methods(self, path: str) -> tuple[str, ...]:
        """What the path can be asked with; empty if it is no path."""
        fixed = {method for method, known in self._fixed if known == path}
        matches = [(route, pattern.fullmatch(path)) for pattern, route in self._varying]
        varying = {route.method for route, match in matches if match and _values(match) is not None}
        return tuple(sorted(fixed | varying))


def _pattern(path: str) -> re.Pattern[str]:
    parts = _NAME.split(path)
    text = "".join(re.escape(part) if n % 2 == 0 else f"(?P<{part}>[^/:?#]+)" for n, part in enumerate(parts))
    return re.compile(text)


def _values(match: re.Match[str]) -> dict[str, str] | None:
    """The values as they were meant; None for what no id can be: steps up, slashes, control characters."""
    found = {}
    for name, raw in match.groupdict().items():
        try:
            value = unquote(raw, errors="strict")
        except UnicodeDecodeError:
            return None
        if value in (".", "..") or "/" in value or not value.isprintable() or len(value) > _LONGEST_VALUE:
            return None
        found[name] = value
    return found
