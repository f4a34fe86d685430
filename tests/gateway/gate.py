"""A gateway's life of an update on the real cluster, with fake services behind real gRPC."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from io import StringIO
from typing import Any

from fotbot.sender.v1.sender_service_pb2_grpc import add_SenderServiceServicer_to_server
from fotbot.sessions.v1 import sessions_service_pb2
from fotbot.sessions.v1.sessions_service_pb2_grpc import add_SessionsServiceServicer_to_server
from fotbot.users.v1 import users_service_pb2
from fotbot.users.v1.users_service_pb2_grpc import add_UsersServiceServicer_to_server

from services.chassis import logs
from services.chassis.client import full_name
from services.chassis.server import serving
from services.chassis.settings import load
from services.gateway import assembly, clients
from services.gateway.arrivals import Bot
from services.gateway.background import Background
from services.gateway.features.feature import Feature
from services.gateway.settings import GatewaySettings
from services.gateway.updates import Reply, Updates
from tests.fakes.booking_sessions import BookingSessions
from tests.fakes.ensuring_users import EnsuringUsers
from tests.fakes.in_batches import in_batches
from tests.fakes.recording_sender import RecordingSender
from tests.gateway.patient_cache import PatientCache
from tests.gateway.small_talk import SMALL_TALK

NOWHERE = "127.0.0.1:1"
_numbers = itertools.count(random.randrange(10**6, 10**8) * 1000)


def new_id() -> int:
    """A number nobody has used in this run."""
    return next(_numbers)


@dataclass(slots=True, kw_only=True)
class World:
    """What stands behind one or more gateways."""

    users: EnsuringUsers
    sessions: BookingSessions
    sender: RecordingSender
    environ: dict[str, str]
    logged: StringIO
    """What the gateways have logged, one JSON object a line."""


@dataclass(slots=True, kw_only=True)
class Gate:
    """One gateway, spoken to as Telegram speaks to it."""

    world: World
    updates: Updates
    cache: PatientCache

    async def say(
        self, person: int, text: str, update_id: int | None = None, **extra: Any
    ) -> Reply:
        """A text message of the person in his private chat."""
        return await self.give(message(person, text, **extra), update_id)

    async def tap(self, person: int, data: str, update_id: int | None = None) -> Reply:
        """A press on a button under message 5 of his private chat."""
        return await self.give(pressed(person, data), update_id)

    async def give(self, event: dict[str, Any], update_id: int | None = None) -> Reply:
        """Any update."""
        update = {"update_id": new_id() if update_id is None else update_id, **event}
        return await self.updates.handle(json.dumps(update).encode())


def message(person: int, text: str | None, **extra: Any) -> dict[str, Any]:
    """The event of a private message."""
    content = {} if text is None else {"text": text}
    return {
        "message": {
            "message_id": 5,
            "date": 1_760_000_000,
            "chat": {"id": person, "type": "private"},
            "from": sender(person),
            **content,
            **extra,
        }
    }


def pressed(person: int, data: str) -> dict[str, Any]:
    """The event of a tap."""
    chat = {"id": person, "type": "private"}
    under = {"message_id": 5, "date": 1_760_000_000, "chat": chat, "text": "card"}
    return {
        "callback_query": {
            "id": f"q{new_id()}",
            "from": sender(person),
            "chat_instance": "1",
            "message": under,
            "data": data,
        }
    }


def sender(person: int, language_code: str = "ru") -> dict[str, Any]:
    """Whom Telegram names."""
    return {"id": person, "is_bot": False, "first_name": "Ali", "language_code": language_code}


def body(reply: Reply) -> dict[str, Any]:
    """The method in the reply's body; empty when there is none."""
    parsed: dict[str, Any] = json.loads(reply.body) if reply.body else {}
    return parsed


@asynccontextmanager
async def world(redis_url: str, **environ: str) -> AsyncIterator[World]:
    """Fake services, served; teams is nowhere."""
    users = in_batches(EnsuringUsers(), "UsersService", users_service_pb2)
    sessions = in_batches(BookingSessions(), "SessionsService", sessions_service_pb2)
    sender = RecordingSender(new_id())
    added = {
        "users": partial(add_UsersServiceServicer_to_server, users),
        "sessions": partial(add_SessionsServiceServicer_to_server, sessions),
        "sender": partial(add_SenderServiceServicer_to_server, sender),
    }
    logged = StringIO()
    logs.set_up("gateway", stream=logged)
    async with AsyncExitStack() as stack:
        addresses = {
            f"{name.upper()}_ADDR": await stack.enter_async_context(
                serving(register, [full_name(name)])
            )
            for name, register in added.items()
        }
        yield World(
            users=users,
            sessions=sessions,
            sender=sender,
            logged=logged,
            environ={
                "WEBHOOK_SECRET": "right-secret-for-a-gateway-0123456789",
                "REDIS_URL": redis_url,
                "TEAMS_ADDR": f"ipv4:{NOWHERE}",
                **addresses,
                **environ,
            },
        )


@asynccontextmanager
async def gate(
    world: World,
    features: Sequence[Feature] = (SMALL_TALK,),
    pace: clients.Pace = clients.USUAL_PACE,
    **environ: str,
) -> AsyncIterator[Gate]:
    """A gateway that already knows who the bot is."""
    settings = load(GatewaySettings, {**world.environ, **environ})
    background = Background()
    async with (
        PatientCache.open(settings, "gateway") as cache,
        clients.services(settings, pace) as services,
    ):
        updates = assembly.updates(settings, cache, services, background, features, pace)
        updates.bot_identity.bot = Bot(bot_id=world.sender.bot_id, username="FotbotTest")
        yield Gate(world=world, updates=updates, cache=cache)
        await background.drain(10)
