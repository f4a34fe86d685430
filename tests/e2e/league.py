"""What a test needs to be there before it begins: registered people and open sessions, made over
gRPC as the gateway would make them."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fotbot.common.v1.language_pb2 import LANGUAGE_EN
from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.sessions.v1 import sessions_service_pb2 as sessions
from fotbot.sessions.v1.entries_service_pb2_grpc import EntriesServiceStub
from fotbot.sessions.v1.league_service_pb2_grpc import LeagueServiceStub
from fotbot.sessions.v1.matches_service_pb2_grpc import MatchesServiceStub
from fotbot.sessions.v1.session_pb2 import FORMAT_FIVE_A_SIDE, Session
from fotbot.sessions.v1.sessions_service_pb2_grpc import SessionsServiceStub
from fotbot.users.v1 import users_service_pb2 as users
from fotbot.users.v1.users_service_pb2_grpc import UsersServiceStub
from google.protobuf.timestamp_pb2 import Timestamp
from grpc.aio import Channel

from services.chassis.client import connect
from services.chassis.deadline import budget
from tests.e2e.city import ADMIN, City

CALL_SECONDS = 10.0
IDS = itertools.count(5_000_000)


def a_month_ahead() -> datetime:
    """When the tests play."""
    return datetime.now(UTC).replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(
        days=30
    )


def tomorrow() -> datetime:
    """When an evening is that must stand at the top of the list."""
    return a_month_ahead() - timedelta(days=29)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A registered person."""

    user_id: int
    telegram_id: int


class League:
    """Makes people and sessions; the other stubs are for who needs more."""

    def __init__(self, to_users: Channel, to_sessions: Channel) -> None:
        self.users, self.sessions = UsersServiceStub(to_users), SessionsServiceStub(to_sessions)
        self.entries, self.matches = (
            EntriesServiceStub(to_sessions),
            MatchesServiceStub(to_sessions),
        )
        self.league = LeagueServiceStub(to_sessions)

    async def member(self, telegram_id: int | None = None) -> Member:
        """A person who has chosen a language, given a name and shared his phone."""
        telegram_id = telegram_id or next(IDS)
        with budget(CALL_SECONDS):
            ensured = await self.users.EnsureUser(
                users.EnsureUserRequest(telegram_id=telegram_id, language_code="en")
            )
            user_id = ensured.user.id
            await self.users.SetLanguage(
                users.SetLanguageRequest(write=_write(user_id), language=LANGUAGE_EN)
            )
            await self.users.SetName(
                users.SetNameRequest(write=_write(user_id), name=f"Player {telegram_id}")
            )
            await self.users.SetPhone(
                users.SetPhoneRequest(
                    write=_write(user_id),
                    phone=f"+99890{telegram_id:07d}",
                    contact_telegram_id=telegram_id,
                )
            )
        return Member(user_id=user_id, telegram_id=telegram_id)

    async def organiser(self, person: Member | None = None) -> Member:
        """A person whom the admin has appointed."""
        admin, member = await self.member(ADMIN), person or await self.member()
        with budget(CALL_SECONDS):
            await self.users.AppointOrganiser(
                users.AppointOrganiserRequest(write=_write(admin.user_id), user_id=member.user_id)
            )
        return member

    async def stranger(self, telegram_id: int = 0) -> Member:
        """Somebody of whom nothing but the Telegram account is said here."""
        telegram_id = telegram_id or next(IDS)
        with budget(CALL_SECONDS):
            ensured = await self.users.EnsureUser(
                users.EnsureUserRequest(telegram_id=telegram_id, language_code="en")
            )
        return Member(user_id=ensured.user.id, telegram_id=telegram_id)

    async def session(
        self,
        capacity: int,
        venue: str | None = None,
        starts: datetime | None = None,
        squad_size: int = 7,
        organiser: Member | None = None,
    ) -> Session:
        """An open session of the admin's, a month from now if not said, at a venue of its own."""
        admin = (organiser or await self.member(ADMIN)).user_id
        venue = venue or f"Ground {next(IDS)}"
        starts = starts or a_month_ahead()
        with budget(CALL_SECONDS):
            made = await self.sessions.CreateVenue(
                sessions.CreateVenueRequest(write=_write(admin), name=venue)
            )
            opened = await self.sessions.CreateSession(
                sessions.CreateSessionRequest(
                    write=_write(admin),
                    venue_id=made.venue.id,
                    starts_at=_timestamp(starts),
                    ends_at=_timestamp(starts + timedelta(hours=1)),
                    format=FORMAT_FIVE_A_SIDE,
                    price=40_000,
                    capacity=capacity,
                    squad_size=squad_size,
                )
            )
        return opened.session

    async def count_at(self, venue: str, viewer: Member) -> int:
        """How many of the coming sessions are at a venue."""
        with budget(CALL_SECONDS):
            reply = await self.sessions.ListSessions(
                sessions.ListSessionsRequest(viewer_id=viewer.user_id, page_size=50)
            )
        return sum(view.session.venue.name == venue for view in reply.sessions)

    async def seen(self, session_id: int, viewer: Member) -> sessions.SessionView:
        """The session as a person sees it now."""
        with budget(CALL_SECONDS):
            reply = await self.sessions.GetSession(
                sessions.GetSessionRequest(viewer_id=viewer.user_id, session_id=session_id)
            )
        return reply.session


@asynccontextmanager
async def league(city: City) -> AsyncIterator[League]:
    """A league of this city."""
    async with (
        connect("users", city.address("users")) as to_users,
        connect("sessions", city.address("sessions")) as to_sessions,
    ):
        yield League(to_users, to_sessions)


def _write(actor: int) -> WriteContext:
    return WriteContext(actor_id=actor, request_id=f"test:{next(IDS)}")


def _timestamp(moment: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp
