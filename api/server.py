"""The server: finds the route, the key and the body, calls the handler, and answers. One way for every request."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from cadencia.api.call import NOBODY, Answer, Call, language_of, trace_of
from cadencia.api.config import Limits
from cadencia.api.logs import LOG
from cadencia.api.parts import Parts
from cadencia.api.problem import MEDIA as PROBLEM_MEDIA
from cadencia.api.problem import Problem
from cadencia.api.rate import Limiter
from cadencia.api.reading import Reader, read_query, received
from cadencia.api.refusals import problem_of
from cadencia.api.route import Found, Route
from cadencia.api.sites import close_site, open_site
from cadencia.api.writing import Whole, encoded, streamed


class Server:
    """Answers requests with the parts; `listening` serves them."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._limits = parts, parts.config.limits
        self._readers = {route.body: Reader(route.body) for route in parts.routes.all if route.body is not None}
        self._limiter = Limiter(parts.config.rates, parts.routes.all, parts.stopwatch)
        self._log_all = parts.config.log.requests == "all"
        self._log_problems = parts.config.log.requests != "none"

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """The response to one request. Whatever goes wrong, it is a problem that says so."""
        parts = self._parts
        began = parts.stopwatch()
        path, _, query = request.raw_path.partition("?")
        found: Found | None = None
        try:
            found = parts.routes.find(request.method, path)
            if found is None:
                raise self._no_route(path)
            call = await self._call(found, request, query)
            answer = await self._handled(call, found.route)
            if call.rated:
                answer = msgspec.structs.replace(answer, headers=(*answer.headers, *call.rated))
            response = await self._written(answer, found.route, request)
        except (asyncio.CancelledError, ConnectionError):
            raise
        except Exception as error:  # noqa: BLE001 - nobody outside learns what failed, everybody that it did
            response = self._refused(error, request, found)
        route = found.route.path if found is not None else "(none)"
        seconds = parts.stopwatch() - began
        parts.metrics.answered(request.method if found is not None else "(any)", route, response.status, seconds)
        if self._log_all:
            self._say(request, route, response.status, seconds)
        return response

    async def _call(self, found: Found, request: web.BaseRequest, query: str) -> Call:
        route, parts = found.route, self._parts
        now, principal = parts.now(), NOBODY
        if route.scope is not None:
            principal = await parts.keys.principal(request.headers.get("Authorization"), request.remote or "", now)
            if route.scope and route.scope not in principal.scopes:
                raise Problem("scope_missing", values={"scope": route.scope})
        rated = self._limiter.take(route, principal.who)
        asked = None
        if route.query is not None:
            asked = read_query(query, route.query)
        elif query:
            raise Problem("not_found")
        body, raw = None, b""
        if route.body is not None and not route.stream:
            raw = await received(request, self._limits.body_bytes, self._limits.body_s)
            if raw or not route.may_be_empty:
                body = self._readers[route.body].read(raw, request.headers.get("Content-Type"))
            else:
                body = route.body()
        return Call(parts, principal, found.values, asked, body, request, now, raw, rated)

    async def _handled(self, call: Call, route: Route) -> Answer:
        if not (route.needs_key or (route.takes_key and "Idempotency-Key" in call.request.headers)):
            return await route.handler(call)

        async def run() -> tuple[Answer, bytes, str]:
            answer = await route.handler(call)
            return answer, *_in_bytes(answer, route, call.request)

        return await self._parts.repeats.answer(call, route, run)

    async def _written(self, answer: Answer, route: Route, request: web.BaseRequest) -> web.StreamResponse:
        if isinstance(answer.body, AsyncIterator):
            media = answer.media or route.media
            return await streamed(request, answer.body, answer.status, media, answer.headers)
        raw, media = _in_bytes(answer, route, request)
        return Whole(answer.status, media, raw, answer.headers, self._limits.unread_bytes)

    def _no_route(self, path: str) -> Problem:
        methods = self._parts.routes.methods(path)
        if not methods:
            return Problem("not_found")
        return Problem("method_not_allowed", headers=[("Allow", ", ".join(methods))])

    def _refused(self, error: Exception, request: web.BaseRequest, found: Found | None) -> Whole:
        problem = problem_of(error)
        trace = trace_of(request.headers.get("traceparent")) or self._parts.entropy(16).hex()
        if problem.status >= 500 or (self._log_problems and not self._log_all):
            level = LOG.error if problem.status >= 500 else LOG.info
            told = {"code": problem.code, "status": problem.status, "trace_id": trace,
                    "route": found.route.path if found else "(none)"}  # fmt: skip
            level("problem", extra={"told": told}, exc_info=error if problem.code == "internal" else None)
        response = problem_response(problem, language_of(request.headers.get("Accept-Language")), trace, self._limits)
        if not request.content.is_eof():
            response.close_after()  # what still comes is read away for two seconds, no longer
        return response

    def _say(self, request: web.BaseRequest, route: str, status: int, seconds: float) -> None:
        told = {"method": request.method, "route": route, "status": status, "ms": round(seconds * 1e3, 3),
                "trace_id": trace_of(request.headers.get("traceparent"))}  # fmt: skip
        LOG.info("request", extra={"told": told})


def _in_bytes(answer: Answer, route: Route, request: web.BaseRequest) -> tuple[bytes, str]:
    body, media = answer.body, answer.media or route.media
    if body is None:
        return b"", media
    if isinstance(body, bytes | str):
        return body.encode() if isinstance(body, str) else body, media
    return encoded(body, request.headers.get("Accept"))


def problem_response(problem: Problem, language: str, trace_id: str, limits: Limits) -> Whole:
    """A problem as it is sent."""
    raw, _ = encoded(problem.body(language, trace_id), None)
    return Whole(problem.status, PROBLEM_MEDIA, raw, problem.headers, limits.unread_bytes)


class _Connection(RequestHandler):
    """Answers what is no HTTP with a problem too, and never with the text of an error."""

    limits: Limits
    entropy: Any

    def eof_received(self) -> bool:  # type: ignore[override] # as asyncio.Protocol has it
        """Whoever closed only its own side, behind a whole request, still gets the answer."""
        idle = self._waiter is not None and not self._waiter.done()
        current = self._current_request
        if idle or (current is not None and not current.content.is_eof()):
            return False
        self.close()
        return True

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        code = {400: "bad_request_line", 408: "too_slow", 413: "body_too_large", 431: "head_too_large"}.get(status)
        if type(exc).__name__ == "LineTooLong":
            code = "head_too_large"
        problem = Problem(code or "internal")
        if problem.status >= 500:
            LOG.error("connection", extra={"told": {"status": status}}, exc_info=exc)
        response = problem_response(problem, "en", self.entropy(16).hex(), self.limits)
        response.close_after()
        return response


class _Connections(web.Server):
    """At most so many connections; more are closed at once."""

    def __init__(self, server: Server, parts: Parts) -> None:
        self._limits, self._entropy = parts.config.limits, parts.entropy
        super().__init__(server.answer, access_log=None)

    def __call__(self) -> RequestHandler:
        limits = self._limits
        made = _Connection(
            self, loop=self._loop, access_log=None,  # type: ignore[arg-type] # as web.Server itself does
            keepalive_timeout=limits.idle_s, max_line_size=limits.line_bytes,
            max_field_size=limits.line_bytes, max_headers=limits.headers, auto_decompress=False, lingering_time=2.0,
        )  # fmt: skip
        made.limits, made.entropy = limits, self._entropy
        return made

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        if len(self._connections) > self._limits.connections:
            transport.abort()


@contextlib.asynccontextmanager
async def listening(parts: Parts) -> AsyncIterator[str]:
    """Serves; gives the address. At the end no new connection is taken, and what is under way is finished first."""
    config = parts.config
    runner = web.ServerRunner(_Connections(Server(parts), parts), shutdown_timeout=config.limits.stop_s)
    await runner.setup()
    try:
        yield await open_site(runner, config.listen)
    finally:
        await runner.cleanup()
        close_site(config.listen)
