"""A person's own copy, how often, and what is left of who was deleted: a number in the feed."""

from __future__ import annotations

import json

import pytest
from fotbot.users.v1 import users_service_pb2 as wire
from sqlalchemy import text

from services.chassis.errors import RemoteRefusal
from tests.users.town import Town


async def delete(town: Town, user_id: int, request_id: str = "") -> None:
    await town.stub.DeleteMe(wire.DeleteMeRequest(write=town.write(user_id, request_id)))


async def export(town: Town, user_id: int) -> dict[str, object]:
    answer = await town.stub.ExportMine(wire.ExportMineRequest(actor_id=user_id))
    found: dict[str, object] = json.loads(answer.document)
    return found


async def erased_since(town: Town, number: int) -> list[tuple[int, int]]:
    answer = await town.stub.ListErasures(wire.ListErasuresRequest(after_number=number))
    return [(one.number, one.user_id) for one in answer.erasures]


async def newest(town: Town) -> int:
    found = await erased_since(town, 0)
    return found[-1][0] if found else 0


async def test_the_copy_has_what_one_has_told_and_what_was_done(town: Town) -> None:
    admin, aziz = await town.admin(), await town.registered("Aziz")
    await town.appoint(admin.id, aziz.id)
    found = await export(town, aziz.id)
    person = found["person"]
    assert isinstance(person, dict)
    assert (person["name"], person["phone"]) == ("Aziz", aziz.phone)
    assert person["telegram_id"] == aziz.telegram_id
    audit = found["audit"]
    assert isinstance(audit, list)
    assert [(one["action"], one["about_you"]) for one in audit] == [("role.appoint", True)]


async def test_nobody_gets_another_persons_copy_and_who_is_not_there_none(town: Town) -> None:
    aziz, bobur = await town.registered("Aziz"), await town.registered("Bobur")
    assert aziz.phone not in json.dumps(await export(town, bobur.id))
    with pytest.raises(RemoteRefusal, match="USER_NOT_FOUND"):
        await export(town, 2**60)


async def test_a_copy_is_to_be_had_three_times_a_day(town: Town) -> None:
    aziz = await town.registered("Aziz")

    async def ask(request_id: str) -> None:
        write = town.write(aziz.id, request_id)
        await town.stub.RequestExport(wire.RequestExportRequest(write=write))

    for request_id in ("one", "two", "three"):
        await ask(request_id)
    with pytest.raises(RemoteRefusal, match="EXPORT_TOO_SOON"):
        await ask("four")
    await ask("three")  # the same update again
    async with town.database.write() as transaction:
        old = text("UPDATE audit SET at = now() - interval '25 hours' WHERE actor_id = :me")
        await transaction.execute(old, {"me": aziz.id})
    await ask("five")


async def test_who_is_deleted_is_nobody_and_comes_back_as_somebody_new(town: Town) -> None:
    admin, aziz = await town.admin(), await town.registered("Zzaziz")
    await town.appoint(admin.id, aziz.id)
    before = await newest(town)
    await delete(town, aziz.id, "once")
    await delete(town, aziz.id, "once")
    await delete(town, aziz.id, "again")
    [(_, told)] = await erased_since(town, before)
    assert told == aziz.id
    assert await rows_with(town, "Zzaziz", aziz.phone, str(aziz.telegram_id)) == []
    again = await town.seen(aziz.telegram_id)
    assert again.id > aziz.id and not again.name and not again.registered


async def test_a_phone_of_who_was_deleted_is_anybodys(town: Town) -> None:
    aziz = await town.registered("Aziz")
    await delete(town, aziz.id)
    bobur = await town.seen()
    assert (await town.phone(bobur, aziz.phone)).phone == aziz.phone


async def test_the_feed_grows_in_order_by_page(town: Town) -> None:
    before = await newest(town)
    people = [(await town.registered(f"P{n}")).id for n in range(3)]
    for person in people:
        await delete(town, person)
    request = wire.ListErasuresRequest(after_number=before, page_size=2)
    first = (await town.stub.ListErasures(request)).erasures
    assert [one.user_id for one in first] == people[:2]
    assert [person for _, person in await erased_since(town, first[-1].number)] == people[2:]


async def rows_with(town: Town, *marks: str) -> list[str]:
    """The tables in which one of these stands, in letters or in the bytes of a message."""
    patterns = [f"%{mark}%" for mark in (*marks, *(mark.encode().hex() for mark in marks))]
    listing = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'users'"
    async with town.database.read_primary() as transaction:
        names = (await transaction.execute(text(listing))).scalars().all()
        found = []
        for name in names:
            looking = f'SELECT 1 FROM "{name}" AS t WHERE t::text LIKE ANY(:marks) LIMIT 1'  # noqa: S608
            if (await transaction.execute(text(looking), {"marks": patterns})).first():
                found.append(name)
    return found
