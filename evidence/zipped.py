"""Writes a pack: a zip of stored files in which every byte has one value that it may have, as verify.py reads it."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from cadencia.evidence.seal import EvidenceError
from cadencia.evidence.verify import FILES as MAX_FILES
from cadencia.evidence.verify import ending, headers

MAX_BYTES = (1 << 32) - (1 << 20)  # of a zip without the extension for large ones


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The zip of these files, in the order given. EvidenceError when it would be too large."""
    if len(files) > MAX_FILES or sum(len(data) for data in files.values()) > MAX_BYTES:
        raise EvidenceError(f"over {MAX_FILES} files or 4 GiB; ask for a shorter stretch of time")
    parts, lines, at = list[bytes](), list[bytes](), 0
    for file, data in files.items():
        header, line = headers(file, zlib.crc32(data), len(data), at)
        parts += [header, data]
        lines.append(line)
        at += len(header) + len(data)
    return b"".join([*parts, ending(lines, at)])
