"""The closed vocabularies as types, from where the engine has them; ids, phone numbers and instants."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from msgspec import Meta

from cadencia.dialer.entries import OUTCOMES
from cadencia.engine import words

if TYPE_CHECKING:
    Channel: TypeAlias = str
    Party: TypeAlias = str
    Place: TypeAlias = str
    Actor: TypeAlias = str
    Purpose: TypeAlias = str
    Initiator: TypeAlias = str
    DebtType: TypeAlias = str
    Stage: TypeAlias = str
    FactName: TypeAlias = str
    DateName: TypeAlias = str
    NumberName: TypeAlias = str
    Outcome: TypeAlias = str
else:
    Channel = Literal[tuple(words.Channel.__members__)]
    Party = Literal[tuple(words.Party.__members__)]
    Place = Literal[tuple(words.Place.__members__)]
    Actor = Literal[tuple(words.Actor.__members__)]
    Purpose = Literal[tuple(words.Purpose.__members__)]
    Initiator = Literal[tuple(words.Initiator.__members__)]
    DebtType = Literal[tuple(words.DebtType.__members__)]
    Stage = Literal[tuple(words.Stage.__members__)]
    FactName = Literal[tuple(words.FACTS)]
    DateName = Literal[words.DATES]
    NumberName = Literal[words.NUMBERS]
    Outcome = Literal[OUTCOMES]

#: An id of the producer's own; opaque to us.
Id = Annotated[str, Meta(min_length=1, max_length=255)]
#: A short text of the producer's own.
Text = Annotated[str, Meta(max_length=255)]
#: A permit or an id that we gave.
Token = Annotated[str, Meta(min_length=1, max_length=2_000)]
#: RFC 3339 with its offset; a time without one is refused.
Instant = Annotated[datetime, Meta(tz=True)]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$", examples=["CO"])]
Region = Annotated[str, Meta(pattern="^[A-Z]{2}-[A-Z0-9]{1,3}$", examples=["CL-RM"])]
ClockTime = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", examples=["19:00"])]
Weekday = Annotated[int, Meta(ge=0, le=6)]
Amount = Annotated[float, Meta(ge=0)]
