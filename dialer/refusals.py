"""What the gate refuses to do because it was asked wrongly. Nothing has an effect; `code` is the stable name."""

from __future__ import annotations


class GateError(ValueError):
    """Asked wrongly: what was wrong and what to do instead."""

    code = "bad_request"


class UnknownPersonError(GateError):
    """Nothing is recorded of this person."""

    code = "unknown_person"


class UnknownAttemptError(GateError):
    """No attempt has this id, or no gate on this ledger made this permit."""

    code = "unknown_attempt"


class PermitSpentError(GateError):
    """The permit was already placed, released or refused."""

    code = "permit_spent"


class NotPlacedError(GateError):
    """The attempt never left, so it has no outcome."""

    code = "not_placed"


class AlreadySettledError(GateError):
    """The attempt has its outcome; another one is a correction."""

    code = "already_settled"


class NotSettledError(GateError):
    """There is no outcome to correct."""

    code = "not_settled"


class AlreadyCorrectedError(GateError):
    """A correction is not corrected again."""

    code = "already_corrected"


class ImpossibleTimeError(GateError):
    """The time lies before the attempt left, or after now."""

    code = "impossible_time"


class KeyReusedError(GateError):
    """The idempotency key was used for another request."""

    code = "key_reused"


class BusyError(GateError):
    """Others kept writing about the same person: ask again."""

    code = "busy"
