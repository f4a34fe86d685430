"""The sender as a process: `python -m services.gateway.sender`."""

import asyncio
from functools import partial

from fotbot.sender.v1.sender_service_pb2_grpc import add_SenderServiceServicer_to_server
from fotbot.users.v1.users_service_pb2_grpc import UsersServiceStub

from services.chassis.cache import Cache
from services.chassis.client import connect
from services.chassis.db import Database
from services.chassis.erasures import Erasures
from services.chassis.migrations import schema_is_current
from services.chassis.process import Process, main
from services.chassis.server import serve
from services.gateway.sender.api import SenderServicer
from services.gateway.sender.dispatch import Dispatcher
from services.gateway.sender.erasing import erase_for_ever
from services.gateway.sender.identity import Identity
from services.gateway.sender.letters import LetterBox
from services.gateway.sender.limits import Limits
from services.gateway.sender.people import RemotePeople
from services.gateway.sender.settings import SenderSettings
from services.gateway.sender.storage.notices import SqlNotices
from services.gateway.sender.storage.people import SqlPeople
from services.gateway.sender.storage.quarantine import SqlQuarantine
from services.gateway.sender.telegram import BotApi
from services.gateway.sender.token import follow_token
from services.gateway.sender.upkeep import Upkeep

SERVICE = "fotbot.sender.v1.SenderService"
STORAGE = "services.gateway.sender.storage"


async def sender(settings: SenderSettings, process: Process) -> None:
    """Serve and send until told to stop; then finish what is being sent."""
    async with (
        Database.open(settings, "sender") as database,
        Cache.open(settings, "sender") as cache,
        connect("users", settings.users_addr) as users,
        BotApi.open(settings.telegram_api_url, settings.bot_token) as telegram,
    ):
        identity = Identity()
        limits = Limits(cache, settings.bot_id, settings.send_rate_max, settings.send_chat_rate_max)
        schema = schema_is_current(database, STORAGE)
        stub, kept = UsersServiceStub(users), SqlPeople(database)
        people = RemotePeople(stub)
        box = LetterBox(database, SqlNotices, people, schema, zone=settings.timezone)
        dispatcher = Dispatcher(telegram, limits, box)
        servicer = SenderServicer(database, dispatcher, identity, SqlNotices, SqlQuarantine, kept)
        upkeep = Upkeep(database, SqlNotices, SqlQuarantine)
        erasures = Erasures(database=database, users=stub, erase=kept.erase)
        process.health.require("schema", schema)
        process.health.report("postgres", database.primary_is_up)
        process.health.report("cache", cache.is_up)
        process.health.report("telegram", identity.is_known)
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(dispatcher.run())
            aside = [tasks.create_task(identity.learn(telegram)), tasks.create_task(upkeep.run())]
            aside.append(tasks.create_task(follow_token(settings, telegram)))
            aside.append(tasks.create_task(erase_for_ever(erasures)))
            register = partial(add_SenderServiceServicer_to_server, servicer)
            await serve(process, settings.grpc_port, register, [SERVICE])
            for task in aside:
                task.cancel()
            dispatcher.stop()
            await sending


if __name__ == "__main__":
    main("sender", SenderSettings, sender)
