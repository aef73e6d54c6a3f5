"""The client for asyncio."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self, TypeVar

import aiohttp
import msgspec
from yarl import URL

from cadencia.api.wire.decisions import Answered, Asking
from cadencia.api.wire.health import Health
from cadencia.api.wire.outcomes import Accepted, Happened
from cadencia.api.wire.permits import PlacedAnswer, Released, Releasing
from cadencia.client.exchange import JSON, Got, Later, Sent, base_of, key_of, path_of, read
from cadencia.client.verdict import NoAnswerError, Placement, Verdict

T = TypeVar("T")
_KEY_BYTES = 16
_FIRST_PAUSE_S = 0.1


class AsyncClient:
    """Asks one server with one key, within `async with`. timeout_s: for one call with all its repetitions; then there
    is no answer. attempts: how often one call is sent at most; only what changes nothing twice is repeated. language:
    of the messages. trust: for a certificate that the system does not know. ValueError for an address that is none."""

    def __init__(
        self, address: str, key: str, *, timeout_s: float = 5.0, attempts: int = 3, language: str = "en",
        trust: ssl.SSLContext | None = None, plain_http: bool = False, connections: int = 100,
        most_bytes: int = 1 << 24, entropy: Callable[[int], bytes] = os.urandom,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        if not key.isascii() or not key.isprintable():
            raise ValueError("the key has characters that no key has; give it as it was shown")
        self._base, self._socket = base_of(address, plain_http=plain_http)
        self._headers = {"Authorization": f"Bearer {key}", "Accept": JSON, "Accept-Encoding": "identity",
                         "Accept-Language": language}  # fmt: skip
        self._timeout_s, self._attempts, self._most_bytes = timeout_s, attempts, most_bytes
        self._trust, self._connections, self._entropy, self._pause = trust, connections, entropy, pause
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        ssl_of = True if self._trust is None else self._trust
        connector = (
            aiohttp.UnixConnector(self._socket, limit=self._connections)
            if self._socket
            else aiohttp.TCPConnector(limit=self._connections, ssl=ssl_of)
        )
        # no cookies, no proxy of the environment, nothing unpacked: what comes is the server's or nothing
        self._session = aiohttp.ClientSession(
            connector=connector, headers=self._headers, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None),
        )  # fmt: skip
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def check(self, asking: Asking) -> Verdict:
        """Whether the contact may be made; nothing is counted. ProblemError."""
        body = msgspec.json.encode(msgspec.structs.replace(asking, intent="check"))
        try:
            return Verdict(answer=await self._answer(Sent("POST", path_of("decisions"), body, again=True), Answered))
        except NoAnswerError as failure:
            return Verdict(failure=failure)

    async def reserve(self, asking: Asking, *, key: str | None = None) -> Verdict:
        """Whether the contact may be made; if so it is counted, with a permit. ProblemError."""
        key = key if key is not None else self._entropy(_KEY_BYTES).hex()
        body = msgspec.json.encode(msgspec.structs.replace(asking, intent="reserve"))
        try:
            answer = await self._answer(Sent("POST", path_of("decisions"), body, key, again=True), Answered)
        except NoAnswerError as failure:
            return Verdict(failure=failure, key=key)
        if answer.outcome == "allow" and answer.permit is None:
            return Verdict(failure=NoAnswerError("allowed without a permit, which is no reservation"), key=key)
        return Verdict(answer=answer, key=key)

    async def place(self, token: str) -> Placement:
        """Right before the contact leaves: may it? Sent once, as a permit can be placed once. ProblemError."""
        try:
            return Placement(
                answer=await self._answer(Sent("POST", path_of("permits", f"{token}:place")), PlacedAnswer)
            )
        except NoAnswerError as failure:
            return Placement(failure=failure)

    async def release(self, token: str, *, why: str = "") -> Released:
        """Gives a reservation back that was not placed. ProblemError; NoAnswerError: it may still count."""
        body, key = msgspec.json.encode(Releasing(why=why)), self._entropy(_KEY_BYTES).hex()
        sent = Sent("POST", path_of("permits", f"{token}:release"), body, key, again=True)
        return await self._answer(sent, Released)

    async def report(self, happened: Happened) -> Accepted:
        """How an attempt ended. ProblemError; NoAnswerError: keep it and report it again, it counts once."""
        sent = Sent("POST", path_of("outcomes"), msgspec.json.encode(happened), key_of(happened.event_id), again=True)
        return await self._answer(sent, Accepted)

    async def health(self) -> Health:
        """What is degraded, what is unprotected. NoAnswerError."""
        return await self._answer(Sent("GET", path_of("health"), again=True), Health, (200, 503))

    async def ask(self, method: str, path: str, *, answer: type[T], body: object = None, key: str = "") -> T:
        """Whatever else /openapi.json names. path: with what varies quoted. key: the Idempotency-Key, with which it is
        repeated; without one only GET is. ProblemError; NoAnswerError."""
        raw = None if body is None else msgspec.json.encode(body)
        return await self._answer(Sent(method, path, raw, key, bool(key) or method == "GET"), answer, (200, 201, 202))

    async def _answer(self, sent: Sent, answer: type[T], statuses: tuple[int, ...] = (200,)) -> T:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._tried(sent, answer, statuses)
        except TimeoutError:
            raise NoAnswerError(f"no answer within {self._timeout_s} s") from None

    async def _tried(self, sent: Sent, answer: type[T], statuses: tuple[int, ...]) -> T:
        """Sends it, again where that changes nothing twice."""
        pause_s = _FIRST_PAUSE_S
        for left in reversed(range(self._attempts)):
            found = await self._once(sent, answer, statuses)
            if not isinstance(found, Later):
                return found
            if not left or not (sent.again or found.unsent):
                raise found.failure
            await self._pause(pause_s if found.seconds is None else found.seconds)
            pause_s *= 2
        raise NoAnswerError("it was never sent; attempts is below 1")

    async def _once(self, sent: Sent, answer: type[T], statuses: tuple[int, ...]) -> T | Later:
        try:
            return read(await self._got(sent), answer, statuses)
        except aiohttp.ClientConnectorError as problem:
            return Later(NoAnswerError(f"no connection: {type(problem).__name__}"), unsent=True)
        except (aiohttp.ClientError, OSError) as problem:
            return Later(NoAnswerError(f"the connection failed: {type(problem).__name__}"))

    async def _got(self, sent: Sent) -> Got:
        if self._session is None:
            raise RuntimeError("the client is not open; use it within `async with`")
        headers = {"Content-Type": JSON} if sent.body is not None else {}
        if sent.key:
            headers["Idempotency-Key"] = sent.key
        url = URL(self._base + sent.path, encoded=True)
        async with self._session.request(
            sent.method, url, data=sent.body, headers=headers, allow_redirects=False
        ) as response:  # fmt: skip
            body = await self._body(response)
            media = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return Got(response.status, media, response.headers.get("Retry-After", ""), body)

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        parts, size = [], 0
        while part := await response.content.readany():
            parts.append(part)
            size += len(part)
            if size > self._most_bytes:
                response.close()
                raise NoAnswerError(f"the answer is longer than {self._most_bytes} bytes")
        return b"".join(parts)
