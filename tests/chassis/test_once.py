"""One request id, one effect, one answer."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.users.v1.users_service_pb2 import SetNameRequest, SetNameResponse
from sqlalchemy import func, insert, select

from services.chassis.db import Database, WriteTransaction
from services.chassis.errors import Conflict, Kind, Refused
from services.chassis.metrics import REQUEST_ID_REUSED
from services.chassis.once import ActorMissing, Once, RequestIdMissing
from services.local.stores.postgres import PostgresPair
from tests.chassis.store import NOTES, opened


class Full(Conflict):
    reason = "FULL"


@pytest_asyncio.fixture(scope="module")
async def database(postgres: PostgresPair) -> AsyncIterator[Database]:
    async with opened(postgres, "chassis_once") as database:
        yield database


def request(request_id: str, name: str = "Aziz", actor: int = 1) -> SetNameRequest:
    return SetNameRequest(write=WriteContext(actor_id=actor, request_id=request_id), name=name)


async def ask(database: Database, asked: SetNameRequest) -> SetNameResponse:
    """Write one note and answer its number."""

    async def work(transaction: WriteTransaction) -> SetNameResponse:
        row = await transaction.execute(
            insert(NOTES)
            .values(text=f"{asked.write.request_id}/{asked.name}")
            .returning(NOTES.c.id)
        )
        answer = SetNameResponse()
        answer.user.id = row.scalar_one()
        return answer

    return await Once(database)(asked.write, asked, SetNameResponse, work)


async def count(database: Database, request_id: str) -> int:
    async with database.read_primary() as transaction:
        found = await transaction.execute(
            select(func.count()).where(NOTES.c.text.startswith(f"{request_id}/"))
        )
        return int(found.scalar_one())


async def test_a_repeat_answers_the_first_answer_and_does_nothing(database: Database) -> None:
    first = await ask(database, request("tg:1:10:0"))
    assert await ask(database, request("tg:1:10:0")) == first
    assert await count(database, "tg:1:10:0") == 1


async def test_ten_at_once_under_one_id_have_one_effect(database: Database) -> None:
    answers = await asyncio.gather(*(ask(database, request("tg:1:11:0")) for _ in range(10)))
    assert {answer.user.id for answer in answers} == {answers[0].user.id}
    assert await count(database, "tg:1:11:0") == 1


async def test_another_payload_under_the_same_id_gets_the_first_outcome_and_an_alert(
    database: Database,
) -> None:
    before = REQUEST_ID_REUSED._value.get()
    first = await ask(database, request("tg:1:12:0"))
    assert await ask(database, request("tg:1:12:0", name="Bobur")) == first
    assert REQUEST_ID_REUSED._value.get() == before + 1


async def test_two_actors_do_not_share_an_id(database: Database) -> None:
    await ask(database, request("tg:1:13:0", name="a", actor=1))
    await ask(database, request("tg:1:13:0", name="b", actor=2))
    assert await count(database, "tg:1:13:0") == 2


async def test_a_refusal_is_remembered_and_its_work_undone(database: Database) -> None:
    runs = 0

    async def work(transaction: WriteTransaction) -> SetNameResponse:
        nonlocal runs
        runs += 1
        await transaction.execute(insert(NOTES).values(text="tg:1:14:0/half"))
        raise Full("no place", capacity=10)

    asked = request("tg:1:14:0")
    for _ in range(2):
        with pytest.raises(Refused) as refusal:
            await Once(database)(asked.write, asked, SetNameResponse, work)
        assert (refusal.value.kind, refusal.value.reason) == (Kind.CONFLICT, "FULL")
        assert refusal.value.details == {"capacity": "10"}
    assert runs == 1
    assert await count(database, "tg:1:14:0") == 0


async def test_a_write_needs_a_request_id_and_an_actor(database: Database) -> None:
    with pytest.raises(RequestIdMissing):
        await ask(database, request(""))
    with pytest.raises(ActorMissing):
        await ask(database, request("tg:1:15:0", actor=0))
