"""Services that answer at once and always the same, single calls and batches alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from fotbot.common.v1 import language_pb2
from fotbot.sender.v1 import sender_service_pb2
from fotbot.sender.v1.sender_service_pb2_grpc import (
    SenderServiceServicer,
    add_SenderServiceServicer_to_server,
)
from fotbot.sessions.v1 import session_pb2, sessions_service_pb2
from fotbot.sessions.v1.sessions_service_pb2_grpc import (
    SessionsServiceServicer,
    add_SessionsServiceServicer_to_server,
)
from fotbot.users.v1 import user_pb2, users_service_pb2
from fotbot.users.v1.users_service_pb2_grpc import (
    UsersServiceServicer,
    add_UsersServiceServicer_to_server,
)

from services.chassis import consistency
from tests.fakes.in_batches import in_batches

SOON = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=3)


def session(number: int, taken: int = 7) -> session_pb2.Session:
    """One of five evenings."""
    found = session_pb2.Session(
        id=number,
        venue=session_pb2.Venue(id=1, name="Chilonzor Arena", time_zone="Asia/Tashkent"),
        format=session_pb2.FORMAT_FIVE_A_SIDE,
        price=40_000,
        capacity=20,
        taken=taken,
        status=session_pb2.SESSION_STATUS_PLANNED,
        organiser_id=1,
        squad_size=7,
    )
    found.starts_at.FromDatetime(SOON + timedelta(days=number))
    found.ends_at.FromDatetime(SOON + timedelta(days=number, minutes=90))
    return found


class Users(UsersServiceServicer):
    """Everybody has signed up."""

    async def EnsureUser(
        self, request: users_service_pb2.EnsureUserRequest, context: Any
    ) -> users_service_pb2.EnsureUserResponse:
        return ensured(request.telegram_id)


def ensured(telegram_id: int) -> users_service_pb2.EnsureUserResponse:
    """One of everybody."""
    user = user_pb2.User(
        id=telegram_id,
        telegram_id=telegram_id,
        name=f"Ali {telegram_id}",
        language=language_pb2.LANGUAGE_RU,
        role=user_pb2.ROLE_PLAYER,
        phone="+998901234567",
        registered=True,
        language_chosen=True,
        age=25,
    )
    return users_service_pb2.EnsureUserResponse(user=user)


class Sessions(SessionsServiceServicer):
    """Five evenings; the places go up and begin again."""

    def __init__(self) -> None:
        self._taken = 0

    async def ListSessions(
        self, request: sessions_service_pb2.ListSessionsRequest, context: Any
    ) -> sessions_service_pb2.ListSessionsResponse:
        views = [sessions_service_pb2.SessionView(session=session(1 + n)) for n in range(5)]
        return sessions_service_pb2.ListSessionsResponse(sessions=views, next_page_token="5")

    async def Register(
        self, request: sessions_service_pb2.RegisterRequest, context: Any
    ) -> sessions_service_pb2.RegisterResponse:
        self._taken = self._taken % 20 + 1
        consistency.note_written(self._taken)
        entry = session_pb2.Registration(
            session_id=request.session_id,
            user_id=request.write.actor_id,
            status=session_pb2.REGISTRATION_STATUS_CONFIRMED,
            position=self._taken,
            entry_id=request.write.actor_id,
            kind=session_pb2.REGISTRATION_KIND_INDIVIDUAL,
        )
        view = sessions_service_pb2.SessionView(
            session=session(request.session_id, self._taken), registration=entry
        )
        return sessions_service_pb2.RegisterResponse(session=view)


class Sender(SenderServiceServicer):
    """Takes everything."""

    async def GetBot(
        self, request: sender_service_pb2.GetBotRequest, context: Any
    ) -> sender_service_pb2.GetBotResponse:
        return sender_service_pb2.GetBotResponse(bot_id=42, username="FotbotTest")

    async def ShowScreens(
        self, request: sender_service_pb2.ShowScreensRequest, context: Any
    ) -> sender_service_pb2.ShowScreensResponse:
        return sender_service_pb2.ShowScreensResponse(accepted=len(request.calls))


def registers() -> dict[str, Callable[..., None]]:
    """By service: what adds it to a server."""
    users = in_batches(Users(), "UsersService", users_service_pb2)
    sessions = in_batches(Sessions(), "SessionsService", sessions_service_pb2)
    return {
        "users": partial(add_UsersServiceServicer_to_server, users),
        "sessions": partial(add_SessionsServiceServicer_to_server, sessions),
        "sender": partial(add_SenderServiceServicer_to_server, Sender()),
    }
