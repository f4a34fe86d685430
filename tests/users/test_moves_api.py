"""Coming back under a new Telegram account, over real gRPC, Postgres and cache."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from fotbot.users.v1 import user_pb2
from fotbot.users.v1 import users_service_pb2 as wire

from services.chassis import consistency
from services.chassis.errors import RemoteRefusal
from tests.eventually import eventually
from tests.users.town import Town

_phones = itertools.count(5_500_000)


def refused(reason: str) -> pytest.RaisesExc[RemoteRefusal]:
    """The call is refused for this reason."""
    return pytest.RaisesExc(RemoteRefusal, check=lambda refusal: refusal.reason == reason)


async def with_a_past(town: Town, name: str = "Ali") -> user_pb2.User:
    """A registered person with a phone that nobody else has."""
    user = await town.seen()
    await town.name(user.id, name)
    return await town.phone(user, f"+99893{next(_phones)}")


async def asks(
    town: Town, asker: user_pb2.User, phone: str, contact: int = 0, request_id: str = ""
) -> wire.RequestMoveResponse:
    request = wire.RequestMoveRequest(
        write=town.write(asker.id, request_id),
        phone=phone,
        contact_telegram_id=contact or asker.telegram_id,
    )
    answer: wire.RequestMoveResponse = await town.stub.RequestMove(request)
    return answer


async def waiting(town: Town, person: user_pb2.User) -> list[user_pb2.AccountMove]:
    """The wishes for this person's account."""
    request = wire.ListMovesRequest(actor_id=(await town.admin()).id, page_size=50)
    with consistency.positions():
        await town.name((await town.seen()).id, "later than all before")
        found = (await town.stub.ListMoves(request)).moves
    return [move for move in found if move.person.id == person.id]


async def decides(
    town: Town, move_id: int, approved: bool, actor: user_pb2.User | None = None
) -> user_pb2.Person:
    admin = actor or await town.admin()
    request = wire.DecideMoveRequest(write=town.write(admin.id), move_id=move_id, approved=approved)
    person: user_pb2.Person = (await town.stub.DecideMove(request)).person
    return person


async def test_an_approved_wish_moves_the_person_and_both_accounts_learn_it_at_once(
    town: Town,
) -> None:
    old, fresh = await with_a_past(town), await town.seen()
    await town.name(fresh.id, "Ali 2")
    assert (await town.seen(old.telegram_id)).id == old.id  # both are in the cache now
    assert (await town.seen(fresh.telegram_id)).id == fresh.id
    await asks(town, fresh, old.phone)
    [move] = await waiting(town, old)
    assert (move.person.name, move.asked_as) == ("Ali", "Ali 2")
    assert abs(move.asked_at.ToSeconds() - old.created_at.ToSeconds()) < 300
    assert (await decides(town, move.id, approved=True)).id == old.id

    async def both_learnt() -> bool:
        new = await town.seen(fresh.telegram_id)
        stranger = await town.seen(old.telegram_id)
        return (new.id, new.phone, new.registered) == (old.id, old.phone, True) and (
            stranger.id not in (old.id, fresh.id) and not stranger.registered
        )

    await eventually(both_learnt, seconds=5.0)  # far less than the cache keeps a value
    assert await waiting(town, old) == []


async def test_a_rejected_wish_leaves_both_as_they_were(town: Town) -> None:
    old, fresh = await with_a_past(town), await town.seen()
    await asks(town, fresh, old.phone)
    [move] = await waiting(town, old)
    await decides(town, move.id, approved=False)
    assert (await town.seen(old.telegram_id)).id == old.id
    assert (await town.seen(fresh.telegram_id)).id == fresh.id
    with refused("MOVE_DECIDED"):
        await decides(town, move.id, approved=True)
    await asks(town, fresh, old.phone)
    [again] = await waiting(town, old)
    assert again.id != move.id


async def test_the_answer_is_the_same_whether_anybody_has_the_phone(town: Town) -> None:
    old, fresh = await with_a_past(town), await town.seen()
    nobodys = f"+99893{next(_phones)}"
    told = [await asks(town, fresh, phone) for phone in (old.phone, old.phone, nobodys)]
    assert told == [wire.RequestMoveResponse()] * 3
    assert len(await waiting(town, old)) == 1


async def test_a_wish_needs_the_own_contact_a_phone_and_an_account_that_is_nobody(
    town: Town,
) -> None:
    old, fresh = await with_a_past(town), await town.seen()
    with refused("CONTACT_NOT_OWN"):
        await asks(town, fresh, old.phone, contact=old.telegram_id)
    with refused("PHONE_INVALID"):
        await asks(town, fresh, "one two")
    with refused("ALREADY_REGISTERED"):
        await asks(town, await with_a_past(town), old.phone)
    with refused("USER_NOT_FOUND"):
        await asks(town, user_pb2.User(id=2**60, telegram_id=1), old.phone)
    assert await waiting(town, old) == []


async def test_wishes_are_admins_affair(town: Town) -> None:
    old, fresh = await with_a_past(town), await town.seen()
    await asks(town, fresh, old.phone)
    [move] = await waiting(town, old)
    for actor in (old, fresh):
        with refused("NOT_ALLOWED"):
            await decides(town, move.id, approved=True, actor=actor)
        with refused("NOT_ALLOWED"):
            await town.stub.ListMoves(wire.ListMovesRequest(actor_id=actor.id))
        with refused("NOT_ALLOWED"):
            await town.stub.ListAudit(wire.ListAuditRequest(actor_id=actor.id))
    with refused("MOVE_NOT_FOUND"):
        await decides(town, 2**60, approved=True)
    with refused("PAGE_SIZE_INVALID"):
        admin = await town.admin()
        await town.stub.ListMoves(wire.ListMovesRequest(actor_id=admin.id, page_size=51))


async def test_of_twenty_decisions_at_once_one_counts(town: Town) -> None:
    old, fresh = await with_a_past(town), await town.seen()
    await asks(town, fresh, old.phone)
    [move] = await waiting(town, old)
    tried = await asyncio.gather(
        *(decides(town, move.id, approved=number % 2 == 0) for number in range(20)),
        return_exceptions=True,
    )
    refusals = [one.reason for one in tried if isinstance(one, RemoteRefusal)]
    assert refusals == ["MOVE_DECIDED"] * 19


async def test_asking_again_while_an_admin_decides_breaks_nothing(town: Town) -> None:
    old, fresh = await with_a_past(town), await town.seen()
    await asks(town, fresh, old.phone)
    [move] = await waiting(town, old)
    await asyncio.gather(
        decides(town, move.id, approved=True),
        *(asks(town, fresh, old.phone) for _ in range(10)),
        return_exceptions=True,
    )
    with consistency.positions():
        await town.name(old.id, "Ali moved")
        assert (await town.seen(fresh.telegram_id)).id == old.id
    with pytest.RaisesExc(RemoteRefusal):
        await decides(town, move.id, approved=True)


async def test_of_two_who_ask_for_one_person_the_second_yes_counts_too(town: Town) -> None:
    old, first, second = await with_a_past(town), await town.seen(), await town.seen()
    for asker in (first, second):
        await asks(town, asker, old.phone)
    for move in await waiting(town, old):
        await decides(town, move.id, approved=True)
    with consistency.positions():
        await town.name(old.id, "Ali moved twice")
        assert (await town.seen(second.telegram_id)).id == old.id
        assert (await town.seen(first.telegram_id)).id not in (old.id, first.id, second.id)


async def test_a_wish_lapses_when_the_person_has_another_phone_meanwhile(town: Town) -> None:
    old, fresh = await with_a_past(town), await town.seen()
    await asks(town, fresh, old.phone)
    [move] = await waiting(town, old)
    await town.phone(old, f"+99893{next(_phones)}")
    with refused("MOVE_LAPSED"):
        await decides(town, move.id, approved=True)
    await decides(town, move.id, approved=False)


async def test_the_log_tells_admins_who_did_what_the_newest_first_by_page(town: Town) -> None:
    admin, old, fresh = await town.admin(), await with_a_past(town), await town.seen()
    await town.name(fresh.id, "Ali 2")
    with consistency.positions():
        await town.appoint(admin.id, old.id)
        await town.stub.RemoveOrganiser(
            wire.RemoveOrganiserRequest(write=town.write(admin.id), user_id=old.id)
        )
        for approved in (False, True):
            await asks(town, fresh, old.phone)
            [move] = await waiting(town, old)
            await decides(town, move.id, approved=approved)
        told: list[tuple[str, str]] = []
        before = 0
        for _ in range(2):
            page = await town.stub.ListAudit(
                wire.ListAuditRequest(actor_id=admin.id, page_size=2, before_id=before)
            )
            told += [(entry.action, entry.note) for entry in page.entries]
            assert {(entry.actor_id, entry.subject_id) for entry in page.entries} == {
                (admin.id, old.id)
            }
            before = page.entries[-1].id
    assert told == [
        ("move.approve", "Ali 2"),
        ("move.reject", "Ali 2"),
        ("role.remove", ""),
        ("role.appoint", ""),
    ]
    for size in (-1, 51):
        with refused("PAGE_SIZE_INVALID"):
            await town.stub.ListAudit(wire.ListAuditRequest(actor_id=admin.id, page_size=size))
    with refused("ID_INVALID"):
        await town.stub.ListAudit(wire.ListAuditRequest(actor_id=admin.id, before_id=-1))
