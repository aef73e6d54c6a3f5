"""A change that is asked for again changes nothing twice: for 48 hours the same Idempotency-Key has the same answer,
also after a restart and from another process.

The key is claimed in the records before the handler runs, and the answer is kept there sealed under the key itself, so
that nobody reads it who was not told it. A handler that raises gives the claim back: the request may be repeated. If
its process dies, the claim is free after `LEASE_US`, and a repetition runs the handler again: only in that case may an
effect be recorded twice."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from collections.abc import Awaitable, Callable

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cadencia.api.call import Answer, Call
from cadencia.api.problem import Problem
from cadencia.api.route import Route
from cadencia.store.identity import Entropy
from cadencia.store.records import ClashError, Document, Drop, Put, Records, RecordsError

KIND = "repeat"
KEPT_US = 48 * 3_600 * 1_000_000
LEASE_US = 120 * 1_000_000
REPLAYED = ("Idempotent-Replayed", "true")
_NONCE = 12


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """digest: of the request. ends: until when whoever runs it has it, microseconds. sealed: the answer, empty while
    it runs."""

    digest: bytes
    ends: int
    sealed: bytes = b""


class _Told(msgspec.Struct, frozen=True, array_like=True):
    status: int
    media: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Repeats:
    """Runs a handler once for each key. secret: the ledger's."""

    def __init__(self, records: Records, secret: bytes, entropy: Entropy) -> None:
        self._records, self._entropy = records, entropy
        self._secret = hmac.digest(secret, b"cadencia api repeats", "sha256")

    async def answer(self, call: Call, route: Route, run: Callable[[], Awaitable[tuple[Answer, bytes, str]]]) -> Answer:
        """What `run` answers, or answered the first time. Problem: idempotency_key_missing, idempotency_key_reused,
        still_running."""
        name = f"{call.principal.who}\0{call.idempotency_key}".encode()
        id, digest = self._hash(b"id", name).hex(), self._hash(b"request", _asked(call, route))
        mine = _Kept(digest=digest, ends=call.now + LEASE_US)
        kept = msgspec.json.encode(mine)
        tenant, until = call.principal.tenant, call.now + KEPT_US
        claimed = await self._records.claim(tenant, KIND, id, kept, until=until, at=call.now)
        version = claimed.document.version
        if not claimed.won:
            found = msgspec.json.decode(claimed.document.body, type=_Kept)
            if found.digest != digest:
                raise Problem("idempotency_key_reused")
            if found.sealed:
                return self._opened(name, found.sealed)
            version = await self._taken_over(tenant, claimed.document, found, kept, until, call.now)
        try:
            answer, raw, media = await run()
        except Exception:
            with contextlib.suppress(ClashError, RecordsError):
                await self._records.write(tenant, [Drop(KIND, id, version)], at=call.now)
            raise
        told = _Told(answer.status, media, tuple(answer.headers), raw)
        done = msgspec.structs.replace(mine, sealed=self._sealed(name, told))
        with contextlib.suppress(ClashError):  # it took so long that another process ran it too
            await self._records.write(
                tenant, [Put(KIND, id, msgspec.json.encode(done), version, until=until)], at=call.now
            )
        return Answer(raw, answer.status, answer.headers, media)

    async def _taken_over(
        self, tenant: str, document: Document, found: _Kept, kept: bytes, until: int, now: int
    ) -> int:  # fmt: skip
        """The version of a claim whose process died, now ours."""
        if now < found.ends:
            raise _running()
        try:
            put = Put(KIND, document.id, kept, document.version, until=until)
            return (await self._records.write(tenant, [put], at=now))[0]
        except ClashError:
            raise _running() from None

    def _sealed(self, name: bytes, told: _Told) -> bytes:
        nonce = self._entropy(_NONCE)
        return nonce + self._cipher(name).encrypt(nonce, msgspec.msgpack.encode(told), None)

    def _opened(self, name: bytes, sealed: bytes) -> Answer:
        plain = self._cipher(name).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        told = msgspec.msgpack.decode(plain, type=_Told)
        return Answer(told.body, told.status, (*told.headers, REPLAYED), told.media)

    def _cipher(self, name: bytes) -> AESGCM:
        return AESGCM(self._hash(b"seal", name))

    def _hash(self, use: bytes, text: bytes) -> bytes:
        return hashlib.blake2b(text, key=self._secret, digest_size=32, person=use).digest()


def _asked(call: Call, route: Route) -> bytes:
    """What makes two requests the same. The body of a stream is not known beforehand."""
    media = call.request.headers.get("Content-Type", "")
    return b"\0".join((route.method.encode(), call.request.raw_path.encode(), media.encode(), call.raw))


def _running() -> Problem:
    return Problem("still_running", headers=[("Retry-After", "1")])
