"""A sender put together as its `__main__` does it, on the tests' stores and a fake Telegram."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from fotbot.sender.v1.notice_pb2 import (
    NOTICE_KIND_PROMOTED,
    Notice,
    NoticeKind,
    NoticeSession,
)
from fotbot.sender.v1.sender_service_pb2 import ScreenCall
from fotbot.sender.v1.sender_service_pb2_grpc import (
    SenderServiceStub,
    add_SenderServiceServicer_to_server,
)
from fotbot.users.v1.users_service_pb2_grpc import UsersServiceStub
from pydantic import SecretStr
from sqlalchemy import text

from services.chassis.cache import Cache
from services.chassis.client import connect
from services.chassis.db import Database
from services.chassis.migrations import MigrateSettings, migrate, schema_is_current
from services.chassis.server import serving
from services.chassis.setting_groups import CacheSettings, StoreSettings
from services.gateway.sender.api import SenderServicer
from services.gateway.sender.dispatch import Dispatcher
from services.gateway.sender.identity import Identity
from services.gateway.sender.letters import LetterBox, utc_now
from services.gateway.sender.limits import Limits
from services.gateway.sender.people import RemotePeople
from services.gateway.sender.storage.notices import SqlNotices
from services.gateway.sender.storage.people import SqlPeople
from services.gateway.sender.storage.quarantine import SqlQuarantine
from services.gateway.sender.telegram import BotApi
from services.local.stores.postgres import PostgresPair
from tests.eventually import eventually
from tests.fakes.telegram_api import FakeTelegram
from tests.gateway.sender.fake_users import CHAT, FakeUsers, users_served

STORAGE = "services.gateway.sender.storage"
BOTS = itertools.count(1001)
STARTS_AT = 1_795_618_800
"""25 November 2026, 20:00 in Tashkent."""


@dataclass(slots=True, kw_only=True)
class World:
    """What a sender stands on; each test has a bot of its own, so its limits too."""

    database: Database
    database_url: str
    cache: Cache
    users: FakeUsers
    users_address: str
    telegram: FakeTelegram
    bot_id: int

    @property
    def token(self) -> str:
        return f"{self.bot_id}:AA-secret-of-the-test-{self.bot_id}"

    async def states(self) -> dict[str, str]:
        """Where each notice stands."""
        async with self.database.read_primary() as transaction:
            rows = await transaction.execute(text("SELECT notice_id, state FROM notices"))
            return {row.notice_id: row.state for row in rows}

    async def verdicts(self) -> dict[str, str | None]:
        async with self.database.read_primary() as transaction:
            rows = await transaction.execute(text("SELECT notice_id, verdict FROM notices"))
            return {row.notice_id: row.verdict for row in rows}


@dataclass(slots=True, kw_only=True)
class Sender:
    """A running one."""

    stub: SenderServiceStub
    address: str
    dispatcher: Dispatcher
    limits: Limits
    box: LetterBox
    running: asyncio.Task[None]


async def migrated(postgres: PostgresPair) -> str:
    """The address of a database with the sender's schema."""
    made = await postgres.create_database("sender_tests")
    url = SecretStr(made.migrator_url("sender"))
    await migrate(MigrateSettings(database_migrator_url=url), STORAGE, "sender")
    return made.url("sender")


@asynccontextmanager
async def world(url: str, redis_url: str, telegram: FakeTelegram) -> AsyncIterator[World]:
    """Empty tables, users, Telegram and the cluster."""
    users = FakeUsers()
    async with (
        Database.open(StoreSettings(database_url=SecretStr(url)), "sender") as database,
        Cache.open(CacheSettings(redis_url=SecretStr(redis_url)), "sender") as cache,
        users_served(users) as address,
    ):
        await eventually(cache.is_up)
        async with database.write() as transaction:
            for statement in ("DELETE FROM notices", "DELETE FROM quarantine"):
                await transaction.execute(text(statement))
        yield World(
            database=database,
            database_url=url,
            cache=cache,
            users=users,
            users_address=address,
            telegram=telegram,
            bot_id=next(BOTS),
        )


@asynccontextmanager
async def sender(
    world: World,
    *,
    rate: int = 25,
    call_seconds: float = 5.0,
    clock: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Sender]:
    """One more sender of the world's bot, stopped at the end of the block."""
    async with (
        connect("users", world.users_address) as users,
        BotApi.open(world.telegram.url, SecretStr(world.token), call_seconds) as telegram,
    ):
        identity = Identity()
        limits = Limits(world.cache, world.bot_id, rate)
        people = RemotePeople(UsersServiceStub(users))
        schema = schema_is_current(world.database, STORAGE)
        box = LetterBox(world.database, SqlNotices, people, schema, clock=clock)
        dispatcher = Dispatcher(telegram, limits, box)
        kept = SqlPeople(world.database)
        servicer = SenderServicer(
            world.database, dispatcher, identity, SqlNotices, SqlQuarantine, kept
        )
        await identity.learn(telegram)
        running = asyncio.create_task(dispatcher.run())
        register = partial(add_SenderServiceServicer_to_server, servicer)
        async with (
            serving(register, ["fotbot.sender.v1.SenderService"]) as address,
            connect("sender", address) as channel,
        ):
            yield Sender(
                stub=SenderServiceStub(channel),
                address=address,
                dispatcher=dispatcher,
                limits=limits,
                box=box,
                running=running,
            )
            dispatcher.stop()
            await running


def notice(
    notice_id: str,
    user_id: int = 3,
    kind: "NoticeKind.ValueType" = NOTICE_KIND_PROMOTED,
    traceparent: str = "",
    **more: Any,
) -> Notice:
    """A notice about one evening; `more` are further fields."""
    session = NoticeSession(
        session_id=17,
        venue_name="Chilonzor <Arena>",
        time_zone="Asia/Tashkent",
        starts_at=STARTS_AT,
        ends_at=STARTS_AT + int(timedelta(minutes=90).total_seconds()),
        position=7,
        old_venue_name="Old Yard",
        old_starts_at=STARTS_AT - 86_400,
    )
    return Notice(
        notice_id=notice_id,
        user_id=user_id,
        kind=kind,
        session=session,
        traceparent=traceparent,
        **more,
    )


def edit(words: str, user_id: int = 3, message_id: int = 5) -> ScreenCall:
    """The edit of a person's screen."""
    return ScreenCall(
        chat_id=CHAT + user_id,
        message_id=message_id,
        method="editMessageText",
        parameters=f'{{"text": "{words}"}}',
    )
