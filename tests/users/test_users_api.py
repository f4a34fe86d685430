"""fotbot.users.v1 over real gRPC, Postgres and cache."""

from __future__ import annotations

import asyncio
import dataclasses
import uuid

import pytest
from fotbot.common.v1 import language_pb2
from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.users.v1 import user_pb2
from fotbot.users.v1 import users_service_pb2 as wire
from sqlalchemy import text

from services.chassis import consistency
from services.chassis.errors import Kind, RemoteRefusal, Unanswered
from services.local.ports import free_port
from services.local.stores.postgres_schemas import Database
from services.local.stores.valkey import ValkeyCluster
from tests.eventually import eventually
from tests.users.town import Town


def refused(reason: str) -> pytest.RaisesExc[RemoteRefusal]:
    """The call is refused for this reason."""
    return pytest.RaisesExc(RemoteRefusal, check=lambda refusal: refusal.reason == reason)


async def test_twenty_calls_at_first_sight_make_one_person(town: Town) -> None:
    account = 2**62
    found = await asyncio.gather(*(town.seen(account, "ru") for _ in range(20)))
    assert len({user.id for user in found}) == 1
    assert found[0].language == language_pb2.LANGUAGE_RU
    assert found[0].role == user_pb2.ROLE_PLAYER
    assert found[0].reachable and not found[0].registered and not found[0].language_chosen


@pytest.mark.parametrize("account", [0, -1, -(2**63)])
async def test_an_id_that_no_person_has_is_refused(town: Town, account: int) -> None:
    with refused("ID_INVALID"):
        await town.stub.EnsureUser(wire.EnsureUserRequest(telegram_id=account))
    with refused("ID_INVALID"):
        await town.role(account)


async def test_what_a_person_changes_is_seen_at_once(town: Town) -> None:
    user = await town.registered("Old")
    with consistency.positions():
        await town.name(user.id, "  <b>New</b>\u202e ")
        seen = await town.seen(user.telegram_id)
    assert (seen.name, seen.registered) == ("<b>New</b>", True)
    assert seen.phone.startswith("+9989")


async def test_a_change_leaves_the_cache_for_those_who_know_nothing_of_it(town: Town) -> None:
    user = await town.registered("Old")
    assert (await town.seen(user.telegram_id)).name == "Old"
    await town.name(user.id, "New")

    async def shows_the_change() -> bool:
        return (await town.seen(user.telegram_id)).name == "New"

    await eventually(shows_the_change, seconds=5.0)  # far less than the cache keeps a value


async def test_the_language_is_chosen_once_per_request(town: Town) -> None:
    user = await town.seen()
    request = wire.SetLanguageRequest(write=town.write(user.id), language=language_pb2.LANGUAGE_EN)
    first = await town.stub.SetLanguage(request)
    assert first.user.language_chosen and first.user.language == language_pb2.LANGUAGE_EN
    assert await town.stub.SetLanguage(request) == first


@pytest.mark.parametrize("language", [0, 99])
async def test_an_unknown_language_is_refused(
    town: Town, language: language_pb2.Language.ValueType
) -> None:
    user = await town.seen()
    request = wire.SetLanguageRequest(write=town.write(user.id), language=language)
    with refused("LANGUAGE_INVALID"):
        await town.stub.SetLanguage(request)


async def test_a_repeat_answers_what_the_first_one_did(town: Town) -> None:
    user, request_id = await town.seen(), uuid.uuid4().hex
    first = await town.name(user.id, "First", request_id)
    await town.name(user.id, "Second")
    assert await town.name(user.id, "First", request_id) == first
    assert await town.names(user.id) == ["Second"]


async def test_a_write_says_who_asks_and_under_which_id(town: Town) -> None:
    user = await town.seen()
    with refused("REQUEST_ID_MISSING"):
        await town.stub.SetName(wire.SetNameRequest(write=WriteContext(actor_id=user.id)))
    with refused("ACTOR_MISSING"):
        await town.stub.SetName(wire.SetNameRequest(write=WriteContext(request_id="1")))


@pytest.mark.parametrize("name", ["", "\u202e \u2066", "\0", "\u0301" * 5000])
async def test_an_empty_name_is_refused_each_time(town: Town, name: str) -> None:
    user = await town.seen()
    for _ in range(2):
        with refused("NAME_EMPTY"):
            await town.name(user.id, name, f"empty:{user.id}")


async def test_five_thousand_marks_are_a_short_name(town: Town) -> None:
    user = await town.seen()
    assert len((await town.name(user.id, "a" + "\u0301" * 5000)).name) == 10


async def test_another_persons_contact_is_refused(town: Town) -> None:
    user = await town.seen()
    for contact in (user.telegram_id + 1, -1):
        with refused("CONTACT_NOT_OWN"):
            await town.phone(user, "+998901234567", contact)
    assert not (await town.seen(user.telegram_id)).phone


async def test_a_phone_is_kept_as_e164(town: Town) -> None:
    user = await town.seen()
    assert (await town.phone(user, "998 (97) ٧٧٧-00-01")).phone == "+998977770001"
    with refused("PHONE_INVALID"):
        await town.phone(user, "not a phone")


async def test_twenty_people_with_one_phone_at_once_are_one_with_it(town: Town) -> None:
    users = [await town.seen() for _ in range(20)]
    tried = await asyncio.gather(
        *(town.phone(user, "+998977770002") for user in users), return_exceptions=True
    )
    refusals = [one for one in tried if isinstance(one, RemoteRefusal)]
    assert len(refusals) == 19
    assert {(one.reason, one.kind) for one in refusals} == {("PHONE_NOT_ACCEPTED", Kind.CONFLICT)}


async def test_an_admin_appoints_an_organiser_and_it_counts_at_once(town: Town) -> None:
    admin, player = await town.admin(), await town.registered()
    with consistency.positions():
        assert (await town.appoint(admin.id, player.id)).role == user_pb2.ROLE_ORGANISER
        assert (await town.seen(player.telegram_id)).role == user_pb2.ROLE_ORGANISER
        listed = await town.stub.ListOrganisers(wire.ListOrganisersRequest(actor_id=admin.id))
    assert {admin.id, player.id} <= {person.id for person in listed.people}
    request = wire.RemoveOrganiserRequest(write=town.write(admin.id), user_id=player.id)
    assert (await town.stub.RemoveOrganiser(request)).person.role == user_pb2.ROLE_PLAYER
    assert await town.role(player.id) == user_pb2.ROLE_PLAYER


async def test_a_repeated_appointment_is_one_line_in_the_log(town: Town) -> None:
    admin, player = await town.admin(), await town.registered()
    request = wire.AppointOrganiserRequest(write=town.write(admin.id), user_id=player.id)
    for _ in range(3):
        await town.stub.AppointOrganiser(request)
    lines = text("SELECT count(*) FROM audit WHERE subject_id = :id")
    async with town.database.read_primary() as primary:
        assert (await primary.execute(lines, {"id": player.id})).scalar_one() == 1


async def test_players_and_organisers_may_not_do_what_admins_do(town: Town) -> None:
    admin, player = await town.admin(), await town.registered()
    await town.appoint(admin.id, player.id)
    with refused("NOT_ALLOWED"):
        await town.appoint(player.id, player.id)
    with refused("NOT_ALLOWED"):
        await town.stub.ListOrganisers(wire.ListOrganisersRequest(actor_id=player.id))
    with refused("NOT_ALLOWED"):
        await town.stub.FindPeople(wire.FindPeopleRequest(actor_id=player.id, name_prefix="A"))


async def test_people_are_found_by_the_beginning_of_a_name_taken_literally(town: Town) -> None:
    admin = await town.admin()
    with consistency.positions():
        for name in ("100%_\\Aziz", "100x_zAziz", "Ўткир Азиз", "'; DROP TABLE people"):
            await town.registered(name)

        async def found(prefix: str) -> list[str]:
            request = wire.FindPeopleRequest(actor_id=admin.id, name_prefix=prefix)
            return [person.name for person in (await town.stub.FindPeople(request)).people]

        assert await found("100%_\\a") == ["100%_\\Aziz"]
        assert await found("ўТКИР") == ["Ўткир Азиз"]
        assert await found("'; drop") == ["'; DROP TABLE people"]
        assert await found("%") == []


async def test_a_search_has_pages_of_at_most_twenty_registered_people(town: Town) -> None:
    admin = await town.admin()
    with consistency.positions():
        for _ in range(12):
            await town.registered("Zafar")
        await town.name((await town.seen()).id, "Zafar")
        for asked, answered in ((0, 10), (3, 3), (20, 12)):
            request = wire.FindPeopleRequest(
                actor_id=admin.id, name_prefix="zafar", page_size=asked
            )
            assert len((await town.stub.FindPeople(request)).people) == answered
    for size in (-1, 21, 2**31 - 1):
        with refused("PAGE_SIZE_INVALID"):
            await town.stub.FindPeople(
                wire.FindPeopleRequest(actor_id=admin.id, name_prefix="", page_size=size)
            )


async def test_lists_leave_out_unknown_people_and_phones(town: Town) -> None:
    user = await town.registered("Listed")
    with consistency.positions():
        await town.name(user.id, "Listed too")
        assert await town.names(user.id, 2**60, user.id) == ["Listed too"]
    with refused("TOO_MANY_IDS"):
        await town.names(*range(1, 102))


async def test_the_sender_learns_where_notices_go_and_tells_who_is_gone(town: Town) -> None:
    user = await town.seen(code="ru")
    gone = wire.SetReachableRequest(telegram_id=user.telegram_id, reachable=False)
    with consistency.positions():
        assert (await town.stub.SetReachable(gone)).known
        request = wire.ListRecipientsRequest(user_ids=[user.id, 2**60])
        [recipient] = (await town.stub.ListRecipients(request)).recipients
    assert recipient == wire.Recipient(
        user_id=user.id,
        telegram_id=user.telegram_id,
        language=language_pb2.LANGUAGE_RU,
        reachable=False,
    )
    stranger = wire.SetReachableRequest(telegram_id=2**61, reachable=False)
    assert not (await town.stub.SetReachable(stranger)).known


async def test_nobody_has_no_role(town: Town) -> None:
    with refused("USER_NOT_FOUND"):
        await town.role(2**60)


async def test_everything_works_with_the_cache_gone(stored: Database) -> None:
    async with Town.running(stored, f"redis://127.0.0.1:{free_port()}") as town:
        user = await town.registered("Uncached")
        assert (await town.seen(user.telegram_id)).name == "Uncached"


async def test_with_postgres_gone_a_person_in_the_cache_is_still_known(
    stored: Database, valkey: ValkeyCluster
) -> None:
    gone = dataclasses.replace(stored, port=free_port(), replica_port=free_port())
    name = f"users-{uuid.uuid4().hex}"
    async with (
        Town.running(stored, valkey.url, name) as town,
        Town.running(gone, valkey.url, name) as orphaned,
    ):
        with consistency.positions():
            user = await town.seen()
            await town.seen()  # only what is read after a later write is sure to be newer
            await town.seen(user.telegram_id)
        assert await orphaned.seen(user.telegram_id) == user
        with pytest.raises(Unanswered):
            await orphaned.stub.GetRole(wire.GetRoleRequest(user_id=user.id), timeout=1.0)
