"""Rulebooks: which there are, and the files of each."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from cadencia.api.wire.decisions import Asked


class RulebookLine(msgspec.Struct, frozen=True, kw_only=True):
    """A rulebook. `publication`: null for the shipped one. `decides`: now."""

    hash: str
    publication: str | None
    decides: bool


class RulebookList(msgspec.Struct, frozen=True, kw_only=True):
    """The shipped one first, then those published."""

    rulebooks: tuple[RulebookLine, ...]


class LawFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of law or a calendar."""

    path: str
    sha256: str


class RulebookTold(msgspec.Struct, frozen=True, kw_only=True):
    """A rulebook with its files; the text of each is under `/text?path=`."""

    hash: str
    zone_version: str
    jurisdictions: tuple[str, ...]
    files: tuple[LawFile, ...]


class OfFile(Asked, frozen=True, kw_only=True):
    """Which file."""

    path: Annotated[str, Meta(min_length=1, max_length=200, examples=["co/ley-2300.yaml"])]
