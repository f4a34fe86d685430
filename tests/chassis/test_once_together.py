"""A group of writes: each has one effect and an outcome of its own, whatever the others are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

import pytest
import pytest_asyncio
from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.users.v1.users_service_pb2 import SetNameRequest, SetNameResponse
from sqlalchemy import func, insert, select, text

from services.chassis.batches import Outcome
from services.chassis.db import Database, WriteTransaction
from services.chassis.errors import Conflict, Kind, Refused, Unavailable
from services.chassis.once_together import OnceTogether, Worked
from services.local.stores.postgres import PostgresPair
from tests.chassis.store import NOTES, opened

METHOD = SetNameRequest.DESCRIPTOR.full_name
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(1)")


class Full(Conflict):
    reason = "FULL"


class Away(Unavailable):
    reason = "AWAY"


@pytest_asyncio.fixture(scope="module")
async def database(postgres: PostgresPair) -> AsyncIterator[Database]:
    async with opened(postgres, "chassis_once_together") as database:
        yield database


def asked(request_id: str, name: str = "Aziz", actor: int = 1) -> SetNameRequest:
    return SetNameRequest(write=WriteContext(actor_id=actor, request_id=request_id), name=name)


async def ask(
    database: Database,
    group: Sequence[SetNameRequest],
    says: Callable[[SetNameRequest], Exception | None] = lambda _: None,
) -> list[Outcome]:
    """Each writes a note and is answered its number, unless something else is said of it."""

    async def work(transaction: WriteTransaction, mine: Sequence[int]) -> Worked:
        outcomes: list[Outcome] = []
        # In one order for everybody, as OnceTogether asks of those who work.
        await transaction.execute(ONE_AT_A_TIME)
        for request in (group[place] for place in mine):
            other = says(request)
            if other is None:
                note = insert(NOTES).values(text=f"{request.write.request_id}/{request.name}")
                row = await transaction.execute(note.returning(NOTES.c.id))
                answer = SetNameResponse()
                answer.user.id = row.scalar_one()
                outcomes.append(answer)
            else:
                outcomes.append(other)
        return Worked(outcomes)

    return await OnceTogether(database, METHOD, SetNameResponse)(group, work)


async def count(database: Database, request_id: str) -> int:
    async with database.read_primary() as transaction:
        written = NOTES.c.text.startswith(f"{request_id}/")
        found = await transaction.execute(select(func.count()).where(written))
        return int(found.scalar_one())


async def test_a_repeated_group_answers_the_first_answers(database: Database) -> None:
    group = [asked(f"again:{number}") for number in range(5)]
    first = await ask(database, group)
    assert await ask(database, list(reversed(group))) == list(reversed(first))
    assert await count(database, "again:3") == 1


@pytest.mark.parametrize("odd", ['"', "\\", "a,b", "{}", "NULL", " ", "'", "ў"])
async def test_an_id_may_have_any_characters(database: Database, odd: str) -> None:
    group = [asked(odd, actor=77), asked(f"{odd}{odd}", actor=77)]
    first = await ask(database, group)
    assert [type(one) for one in first] == [SetNameResponse] * 2
    assert await ask(database, group) == first


async def test_one_id_twice_in_a_group_has_one_effect(database: Database) -> None:
    answers = await ask(database, [asked("twice"), asked("other"), asked("twice")])
    assert answers[0] == answers[2] != answers[1]
    assert await count(database, "twice") == 1


async def test_groups_that_share_ids_in_another_order_do_not_block_each_other(
    database: Database,
) -> None:
    group = [asked(f"shared:{number}") for number in range(20)]
    answers = await asyncio.gather(
        *(ask(database, group if turn % 2 else list(reversed(group))) for turn in range(6))
    )
    assert all(answers[0] == list(reversed(one)) for one in answers[1::2])
    assert await count(database, "shared:7") == 1


async def test_a_refusal_is_remembered_and_nothing_without_an_outcome(database: Database) -> None:
    said: dict[str, Exception] = {"no": Full("no place", capacity=10), "bug": KeyError("x")}
    said["later"] = Away("not now")
    group = [asked("no"), asked("bug"), asked("later"), asked("yes")]
    first = await ask(database, group, lambda one: said.get(one.write.request_id))
    assert [type(one) for one in first] == [Full, KeyError, Away, SetNameResponse]
    no, bug, later, yes = await ask(database, group)
    assert isinstance(no, Refused)
    assert (no.kind, no.reason, no.details) == (Kind.CONFLICT, "FULL", {"capacity": "10"})
    assert isinstance(bug, SetNameResponse)
    assert isinstance(later, SetNameResponse)
    assert yes == first[3]


async def test_a_write_without_an_id_or_an_actor_is_refused_alone(database: Database) -> None:
    outcomes = await ask(database, [asked(""), asked("actor", actor=0), asked("good")])
    reasons = [one.reason for one in outcomes if isinstance(one, Refused)]
    assert reasons == ["REQUEST_ID_MISSING", "ACTOR_MISSING"]
    assert isinstance(outcomes[2], SetNameResponse)


async def test_bad_data_fails_alone(database: Database) -> None:
    group = [asked("data:1"), asked("data:2\0"), asked("data:3", name="\0"), asked("data:4")]
    outcomes = await ask(database, group)
    assert [isinstance(one, SetNameResponse) for one in outcomes] == [True, False, False, True]
    assert [await count(database, f"data:{number}") for number in range(1, 5)] == [1, 0, 0, 1]


async def test_a_broken_constraint_fails_alone(database: Database) -> None:
    # The notes' texts are the same: the second breaks a unique key.
    group = [asked("unique", actor=actor) for actor in (1, 2)] + [asked("whole")]
    outcomes = await ask(database, group)
    assert [isinstance(one, SetNameResponse) for one in outcomes] == [True, False, True]


async def test_what_the_server_lacks_fails_all_of_them(database: Database) -> None:
    async def work(transaction: WriteTransaction, mine: Sequence[int]) -> Worked:
        raise Away("the server")

    group = [asked("server:1"), asked("server:2")]
    with pytest.raises(Away):
        await OnceTogether(database, METHOD, SetNameResponse)(group, work)
    assert all(isinstance(one, SetNameResponse) for one in await ask(database, group))
