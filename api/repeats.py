"""Whether an object of a JSON text has a field twice: readers disagree which of the two is meant, so none is taken."""

from __future__ import annotations

import json

from cadencia.api import _repeats


def repeated(text: bytes) -> bool:
    """Of a text that is JSON; of another text the answer means nothing."""
    found = _repeats.repeats(text)
    return found == 1 if found < 2 else repeated_slowly(text)


def repeated_slowly(text: bytes) -> bool:
    """The same by the standard library: for keys with escapes, very many of them, and as a twin for tests."""
    try:
        json.loads(text, object_pairs_hook=_once)
    except _RepeatedError:
        return True
    except RecursionError:
        return True  # what cannot be looked through is not taken
    return False


class _RepeatedError(Exception):
    pass


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _RepeatedError
    return found
