"""Who asks, in which language, of which services: what every handler is given first."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, NewType, Protocol

from fotbot.common.v1.write_pb2 import WriteContext
from msgspec import Struct

from services.gateway.conversations import Conversation
from services.gateway.texts import Texts

if TYPE_CHECKING:  # The stubs' asynchronous types exist for the type checker only.
    from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceAsyncStub
    from fotbot.sessions.v1.entries_service_pb2_grpc import EntriesServiceAsyncStub
    from fotbot.sessions.v1.league_service_pb2_grpc import LeagueServiceAsyncStub
    from fotbot.sessions.v1.matches_service_pb2_grpc import MatchesServiceAsyncStub
    from fotbot.sessions.v1.sessions_service_pb2_grpc import SessionsServiceAsyncStub
    from fotbot.teams.v1.sides_service_pb2_grpc import SidesServiceAsyncStub
    from fotbot.teams.v1.teams_service_pb2_grpc import TeamsServiceAsyncStub
    from fotbot.users.v1.users_service_pb2_grpc import UsersServiceAsyncStub

UserId = NewType("UserId", int)
"""A person as Fotbot's users service numbers him; never the Telegram id."""

TelegramId = NewType("TelegramId", int)
"""A person as Telegram numbers him; also the id of his private chat."""


class Role(IntEnum):
    """A role's rights include those of the smaller ones. Only for what is shown: the owning
    service checks the role again at every write."""

    PLAYER = 1
    ORGANISER = 2
    ADMIN = 3


class Person(Struct, frozen=True, kw_only=True):
    """Who asks, as users knew him a moment ago."""

    user_id: UserId
    telegram_id: TelegramId
    name: str
    """Empty until given."""

    language: str
    """uz, ru or en."""

    role: Role
    phone: str
    """E.164, empty until shared."""

    registered: bool
    language_chosen: bool
    age: int = 0
    """Years; 0 until told."""

    position: str = ""
    """goalkeeper, defender, midfielder or forward; empty until told."""

    shirt_number: int = 0
    """The one he would like to wear, 1-25; 0 until told."""

    muted: frozenset[str] = frozenset()
    """Topics whose notices he does not want: reminders, registrations, changes, teams,
    broadcasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The services' stubs. Every call gets the update's deadline by itself; it raises
    RemoteRefusal when refused and Unanswered when no answer came in time."""

    users: "UsersServiceAsyncStub"
    sessions: "SessionsServiceAsyncStub"
    entries: "EntriesServiceAsyncStub"
    matches: "MatchesServiceAsyncStub"
    league: "LeagueServiceAsyncStub"
    teams: "TeamsServiceAsyncStub"
    sides: "SidesServiceAsyncStub"
    sender: "SenderServiceAsyncStub"


class Writes(Protocol):
    """Told when a handler begins to write: from then on no answer means an unknown outcome."""

    def begin(self) -> None:
        """Marks the update as writing; raises Busy when no more may be held back now."""


class Call(Struct, frozen=True, kw_only=True):
    """One update's question, the same for every way by which it came. A Struct, like all that is
    made for each update: it takes a fifth of a frozen dataclass's time."""

    person: Person
    texts: Texts
    services: Services
    bot_id: int
    bot_username: str
    update_id: int
    chat_id: int
    message_id: int | None
    """The pressed message; None for a message of the person's own."""

    private: bool
    now: datetime
    """UTC, when the update arrived."""

    conversation: Conversation | None
    writes: Writes

    def write(self, number: int) -> WriteContext:
        """The context of a handler's write; each write in a handler has its own fixed number,
        so that a repeated update asks again under the same request id."""
        self.writes.begin()
        return WriteContext(
            actor_id=self.person.user_id,
            request_id=f"tg:{self.bot_id}:{self.update_id}:{number}",
        )
