"""The permit: what `reserve` returns and `place` consumes. Whoever dials holds one, and only a gate can make it."""

from __future__ import annotations

import hashlib
import hmac

import msgspec

from cadencia.dialer.refusals import GateError, UnknownAttemptError

MIN_SECRET = 32


class Permit(msgspec.Struct, frozen=True, kw_only=True):
    """For one attempt, to this number or address, showing this caller id, over this trunk. expires: microseconds since
    1970, the first instant at which it can no longer be placed."""

    attempt: str
    channel: str
    number: str
    caller_id: str | None
    trunk: str
    expires: int
    token: bytes

    def __repr__(self) -> str:
        return f"Permit(attempt={self.attempt!r}, channel={self.channel!r}, expires={self.expires})"


class Permits:
    """Makes permits and knows its own again, also after a restart with the same secret (at least 32 bytes)."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < MIN_SECRET:
            raise ValueError(f"the secret of permits has {len(secret)} bytes; at least {MIN_SECRET}, random")
        self._made = hashlib.blake2b(key=hmac.digest(secret, b"cadencia permit 2", "sha256"), digest_size=32)

    def issue(
        self, *, attempt: str, channel: str, number: str, caller_id: str | None, trunk: str, expires: int
    ) -> Permit:
        """The permit of an attempt; the same one for the same arguments."""
        token = self._token(attempt, channel, number, caller_id, trunk, expires)
        return Permit(attempt=attempt, channel=channel, number=number, caller_id=caller_id, trunk=trunk,
                      expires=expires, token=token)  # fmt: skip

    def verify(self, permit: Permit) -> None:
        """UnknownAttemptError unless every field is as it was issued."""
        if not isinstance(permit, Permit):
            raise GateError(f"a permit of the gate is needed, not {type(permit).__name__}; reserve first")
        try:
            token = self._token(
                permit.attempt, permit.channel, permit.number, permit.caller_id, permit.trunk, permit.expires
            )
            ours = hmac.compare_digest(token, permit.token)
        except (TypeError, ValueError):  # fields of other types
            ours = False
        if not ours:
            raise UnknownAttemptError("this permit was not made by this gate, or was changed; reserve again")

    def _token(self, *fields: object) -> bytes:
        made = self._made.copy()
        made.update(msgspec.msgpack.encode(fields))  # says where each field begins: no two permits are alike
        return made.digest()
