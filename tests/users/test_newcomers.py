"""A crowd that nobody knows signs up at once: all get in, in the time that people wait."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any

from fotbot.common.v1 import language_pb2
from fotbot.users.v1 import user_pb2
from fotbot.users.v1 import users_service_pb2 as wire
from sqlalchemy import event

from services.chassis import consistency
from services.chassis.batch_calls import BatchedCalls
from services.chassis.deadline import budget
from services.chassis.errors import RemoteRefusal
from services.local.stores.postgres_schemas import Database
from services.local.stores.valkey import ValkeyCluster
from tests.users.town import Town

ACCOUNTS = itertools.count(2**52)
READ_SECONDS, UPDATE_SECONDS = 2.5, 5.0
"""What a gateway waits for a read, and for a write."""


def strangers(many: int) -> list[int]:
    return list(itertools.islice(ACCOUNTS, many))


def phone(account: int) -> str:
    return f"+99895{account % 10**7:07}"


class Gateway:
    """Asks as one does: who somebody is together with others, a write by itself."""

    def __init__(self, town: Town) -> None:
        self._town = town
        stub = town.stub
        self._ensure = BatchedCalls("users", stub.BatchEnsureUsers, wire.BatchEnsureUsersRequest)

    async def ensured(self, account: int) -> user_pb2.User:
        request = wire.EnsureUserRequest(telegram_id=account, language_code="ru")
        with budget(READ_SECONDS):
            user: user_pb2.User = (await self._ensure(request)).user
        return user

    async def all_ensured(self, accounts: Sequence[int]) -> list[user_pb2.User]:
        return await asyncio.gather(*map(self.ensured, accounts))

    async def signed_up(self, account: int) -> user_pb2.User:
        """From the first word to the menu; before each step he is asked for."""
        with consistency.positions():
            actor = (await self.ensured(account)).id
            language = language_pb2.LANGUAGE_EN
            await self._write("SetLanguage", actor, language=language)
            assert (await self.ensured(account)).language_chosen
            await self._write("SetName", actor, name=f"Player {account}")
            assert (await self.ensured(account)).name == f"Player {account}"
            await self._write("SetPhone", actor, phone=phone(account), contact_telegram_id=account)
            return await self.ensured(account)

    async def _write(self, method: str, actor: int, **told: Any) -> None:
        request = getattr(wire, f"{method}Request")(write=self._town.write(actor), **told)
        await getattr(self._town.stub, method)(request, timeout=UPDATE_SECONDS)


async def test_a_hundred_strangers_at_once_all_get_in_while_they_wait(town: Town) -> None:
    accounts = strangers(100)
    found = await Gateway(town).all_ensured(accounts)
    assert [user.telegram_id for user in found] == accounts
    assert len({user.id for user in found}) == 100


async def test_two_gateways_with_the_same_strangers_do_not_wait_for_each_other(town: Town) -> None:
    for _ in range(5):
        accounts = strangers(100)
        one, other = await asyncio.gather(
            Gateway(town).all_ensured(accounts[:80]),
            Gateway(town).all_ensured(accounts[:19:-1]),
        )
        assert one[20:] == other[:19:-1]


async def test_a_hundred_strangers_sign_up_at_once_and_none_is_sent_away(town: Town) -> None:
    commits = 0

    def count(_: object) -> None:
        nonlocal commits
        commits += 1

    engine = town.database.pools()["primary"].sync_engine
    event.listen(engine, "commit", count)
    try:
        gateway = Gateway(town)
        users = await asyncio.gather(*map(gateway.signed_up, strangers(100)))
    finally:
        event.remove(engine, "commit", count)
    assert all(user.registered for user in users)
    # Three writes of each alone would be three hundred.
    assert commits < 150


async def test_of_those_who_want_one_phone_at_once_one_gets_it_whichever_replica_they_ask(
    town: Town, stored: Database, valkey: ValkeyCluster
) -> None:
    (account,) = strangers(1)
    rivals = [await town.seen() for _ in range(8)]

    async def wants(rival: user_pb2.User, replica: Town) -> str:
        request = wire.SetPhoneRequest(
            write=town.write(rival.id),
            phone=phone(account),
            contact_telegram_id=rival.telegram_id,
        )
        try:
            return str((await replica.stub.SetPhone(request)).user.phone)
        except RemoteRefusal as refusal:
            return refusal.reason

    async with Town.running(stored, valkey.url) as other:
        replicas = itertools.cycle((town, other))
        told = await asyncio.gather(*map(wants, rivals, replicas))
    assert sorted(told) == [phone(account), *["PHONE_NOT_ACCEPTED"] * 7]


async def test_a_persons_steps_at_once_all_count(town: Town) -> None:
    user = await town.seen()
    ages = [
        wire.EditProfileRequest(write=town.write(user.id), age=20),
        wire.EditProfileRequest(write=town.write(user.id), shirt_number=7),
    ]
    await asyncio.gather(*map(town.stub.EditProfile, ages))
    with consistency.positions():
        await town.name(user.id, "Now")
        known = await town.seen(user.telegram_id)
    assert (known.age, known.shirt_number) == (20, 7)
