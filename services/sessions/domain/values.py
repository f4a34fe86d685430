"""The words of this service as frozen values, and how a session's counts change.

Nothing here asks anybody: who may act is in `rights`, what is refused is in `refusals`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum
from typing import NewType

from msgspec import Struct
from msgspec.structs import replace

SessionId = NewType("SessionId", int)
VenueId = NewType("VenueId", int)
UserId = NewType("UserId", int)
EntryId = NewType("EntryId", int)
TeamId = NewType("TeamId", int)


class Status(Enum):
    """What has become of a session."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    STARTED = "started"
    FINISHED = "finished"


class Format(Enum):
    """How many play on each side."""

    FIVE_A_SIDE = "five_a_side"
    SIX_A_SIDE = "six_a_side"


class EntryStatus(Enum):
    """An entry's standing in its session. A pending one holds its places until it is decided."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"
    REJECTED = "rejected"

    @property
    def holds(self) -> bool:
        """Whether it has places."""
        return self in (EntryStatus.PENDING, EntryStatus.CONFIRMED)

    @property
    def is_active(self) -> bool:
        """Whether it has places or waits for them."""
        return self.holds or self is EntryStatus.WAITLISTED


class Role(IntEnum):
    """A role's rights include those of the roles before it."""

    PLAYER = 1
    ORGANISER = 2
    ADMIN = 3


class Person(Struct, frozen=True, kw_only=True):
    """Who acts, as users knows him at the moment of the call."""

    id: UserId
    role: Role
    registered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """Where football is played; `time_zone` is an IANA name."""

    id: VenueId
    name: str
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an organiser asks for, unchecked: times in UTC, whole so'm for one person."""

    venue_id: VenueId
    starts_at: datetime
    ends_at: datetime
    format: Format
    price: int
    capacity: int
    squad_size: int = 7
    needs_approval: bool = False
    registration_opens_at: datetime | None = None
    """None, and any moment that is not ahead: at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an edit sets; None leaves a thing as it is. Registration that is to open
    at a moment not ahead opens at once."""

    venue_id: VenueId | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    price: int | None = None
    capacity: int | None = None
    registration_opens_at: datetime | None = None


class Session(Struct, frozen=True, kw_only=True):
    """One evening. A Struct, like all that is made for each newcomer: it takes a fifth of a frozen
    dataclass's time. `turns` counts arrivals, in places and in the queue alike: each takes the next
    turn under the session's lock, so turns order people without gaps mattering. Nobody takes a
    place before `registration_opens_at`; None: since it was planned."""

    id: SessionId
    venue: Venue
    starts_at: datetime
    ends_at: datetime
    format: Format
    price: int
    capacity: int
    organiser_id: UserId
    taken: int = 0
    waitlisted: int = 0
    status: Status = Status.PLANNED
    version: int = 1
    turns: int = 0
    squad_size: int = 7
    needs_approval: bool = False
    man_of_session_id: UserId | None = None
    registration_opens_at: datetime | None = None

    @property
    def free(self) -> int:
        """Places nobody holds."""
        return self.capacity - self.taken

    def changed(self) -> "Session":
        """The next version."""
        return replace(self, version=self.version + 1)

    def with_newcomer(self, places: int = 1) -> "Session":
        """The next version, with one more entry: with all its places, else in the queue; nobody
        there is overtaken."""
        turns, version = self.turns + 1, self.version + 1
        if not self.waitlisted and self.free >= places:
            return replace(self, taken=self.taken + places, turns=turns, version=version)
        return replace(self, waitlisted=self.waitlisted + 1, turns=turns, version=version)

    def with_promotion(self, places: int = 1) -> "Session":
        """One entry fewer in the queue, and its places taken."""
        return replace(
            self, taken=self.taken + places, waitlisted=self.waitlisted - 1, turns=self.turns + 1
        )

    def without(self, status: EntryStatus, places: int = 1) -> "Session":
        """One entry of that standing fewer."""
        if status.holds:
            return replace(self, taken=self.taken - places)
        return replace(self, waitlisted=self.waitlisted - 1)

    def moved_from(self, before: "Session") -> bool:
        """Whether people must come to another place or at another time."""
        return (self.venue, self.starts_at, self.ends_at) != (
            before.venue,
            before.starts_at,
            before.ends_at,
        )
