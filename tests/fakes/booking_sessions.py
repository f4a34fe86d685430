"""sessions as the gateway meets it: a place per person, each request once, answers on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fotbot.sessions.v1 import session_pb2, sessions_service_pb2
from fotbot.sessions.v1.sessions_service_pb2_grpc import SessionsServiceServicer

from services.chassis import consistency
from services.chassis.errors import Exhausted, NotFound


class SessionNotFound(NotFound):
    """As sessions refuses."""

    reason = "SESSION_NOT_FOUND"


class TooManyAtOnce(Exhausted):
    """As sessions refuses what it has not begun."""

    reason = "CROWDED"


class BookingSessions(SessionsServiceServicer):
    """Session 1 is there; every other is not. `positions` are those that reads came with. While
    `crowded`, nothing is begun."""

    def __init__(self) -> None:
        self.entries: dict[tuple[int, str], sessions_service_pb2.RegisterResponse] = {}
        self.asked: list[str] = []
        self.positions: list[int] = []
        self.wal = 1000
        self.crowded = False
        self._answering = asyncio.Event()
        self._answering.set()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Meanwhile calls have no answer, though writes take effect."""
        self._answering.clear()
        try:
            yield
        finally:
            self._answering.set()

    async def Register(
        self, request: sessions_service_pb2.RegisterRequest, context: Any
    ) -> sessions_service_pb2.RegisterResponse:
        key = (request.write.actor_id, request.write.request_id)
        self._begin()
        self.asked.append(request.write.request_id)
        if request.session_id != 1:
            raise SessionNotFound(f"no session {request.session_id}")
        if key not in self.entries:
            entry = session_pb2.Registration(
                session_id=1, user_id=key[0], position=len(self.entries) + 1
            )
            view = sessions_service_pb2.SessionView(registration=entry)
            self.entries[key] = sessions_service_pb2.RegisterResponse(session=view)
            self.wal += 1
        consistency.note_written(self.wal)
        await self._answering.wait()
        return self.entries[key]

    async def GetSession(
        self, request: sessions_service_pb2.GetSessionRequest, context: Any
    ) -> sessions_service_pb2.GetSessionResponse:
        self._begin()
        self.positions.append(consistency.asked())
        await self._answering.wait()
        session = session_pb2.Session(id=request.session_id, taken=len(self.entries))
        view = sessions_service_pb2.SessionView(session=session)
        return sessions_service_pb2.GetSessionResponse(session=view)

    def _begin(self) -> None:
        if self.crowded:
            raise TooManyAtOnce("too many at once")
