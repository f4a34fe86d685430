"""A person asks in the chat what is known of him, gets it, is deleted, and is nowhere any more."""

import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.sessions.v1 import sessions_service_pb2 as sessions
from fotbot.teams.v1 import teams_service_pb2 as teams
from fotbot.teams.v1.teams_service_pb2_grpc import TeamsServiceStub
from fotbot.users.v1.users_service_pb2 import EnsureUserRequest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from services.chassis.client import connect
from services.chassis.deadline import budget
from services.gateway.texts import LANGUAGES
from services.local.stores.postgres_schemas import ROLES
from tests.e2e.acts import beginning, onboard, plain
from tests.e2e.city import City
from tests.e2e.league import CALL_SECONDS, IDS, League, tomorrow
from tests.e2e.people import Human, newcomer
from tests.eventually import eventually

NAME, PHONE, ACCOUNT = "Zebulon Quuxov", "+998947770077", 7_310_482_965
SOON = 90.0
"""Seconds: the workers look each ten."""


@pytest_asyncio.fixture(scope="module")
async def squads(city: City) -> AsyncIterator[TeamsServiceStub]:
    async with connect("teams", city.address("teams")) as channel:
        yield TeamsServiceStub(channel)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_kept_is_told_with_ways_to_a_copy_and_out(city: City, language: str) -> None:
    person = await newcomer(city, language)
    texts = person.texts
    await person.says("/privacy")
    await person.reads(beginning(texts, "privacy.what"), "/export", "/delete")
    await person.presses(texts("privacy.delete.button"))
    await person.reads(beginning(texts, "privacy.delete.ask"))
    await person.presses(texts("privacy.delete.keep"))
    await person.reads(beginning(texts, "privacy.what"))


async def test_who_is_deleted_has_his_copy_leaves_his_place_and_is_nowhere(
    city: City, made: League, squads: TeamsServiceStub
) -> None:
    gone, heir = await stranger(city), await newcomer(city, "ru")
    await onboard(gone, NAME)
    await onboard(heir, "Heir")
    his, heirs = await user_id(made, gone), await user_id(made, heir)
    session = await made.session(capacity=2, starts=tomorrow())
    for user in (his, (await made.member()).user_id, heirs):
        await register(made, user, session.id)
    await team_of_two(squads, his, heirs)

    await gone.says("/export")
    copy = json.loads(await document(city, gone, "fotbot.json"))
    assert copy["users"]["person"]["phone"] == PHONE
    assert copy["users"]["person"]["telegram_id"] == gone.telegram_id
    [registration] = copy["sessions"]["registrations"]
    assert (registration["session_id"], registration["status"]) == (session.id, "confirmed")
    assert registration["payment"] == "due"
    assert [team["captain"] for team in copy["teams"]["teams"]] == [True]
    assert copy["sender"]["notices"]
    calendar = (await document(city, gone, "fotbot.ics")).decode()
    assert calendar.startswith("BEGIN:VCALENDAR\r\n") and calendar.count("BEGIN:VEVENT") == 1
    assert f"SUMMARY:⚽ {session.venue.name}\r\n" in calendar

    await gone.says("/delete")
    await gone.presses(gone.texts("privacy.delete.confirm"))
    await gone.reads(plain(gone.texts, "privacy.deleted"))
    await heir.reads(beginning(heir.texts, "notice.promoted"))
    await heir.reads(plain(heir.texts, "notice.team_handed_over", team="Reds"))
    try:
        await eventually(partial(is_nowhere, city), seconds=SOON)
    except TimeoutError:
        assert await places(city) == []

    await gone.says("/start")
    await gone.reads(plain(gone.texts, "language.ask"))
    assert await user_id(made, gone) > his


async def user_id(made: League, person: Human) -> int:
    with budget(CALL_SECONDS):
        found = await made.users.EnsureUser(EnsureUserRequest(telegram_id=person.telegram_id))
    return found.user.id


async def register(made: League, user: int, session_id: int) -> None:
    with budget(CALL_SECONDS):
        await made.sessions.Register(
            sessions.RegisterRequest(write=_write(user), session_id=session_id)
        )


async def team_of_two(squads: TeamsServiceStub, captain: int, member: int) -> None:
    with budget(CALL_SECONDS):
        team = await squads.CreateTeam(teams.CreateTeamRequest(write=_write(captain), name="Reds"))
        request = teams.CreateInvitationRequest(write=_write(captain), team_id=team.team.id)
        token = (await squads.CreateInvitation(request)).invitation.token
        await squads.JoinTeam(teams.JoinTeamRequest(write=_write(member), token=token))


async def document(city: City, person: Human, name: str) -> bytes:
    """The file of that name, once it has come."""

    async def has_come() -> bool:
        return bool(await documents(person, name))

    await eventually(has_come, seconds=30)
    [found] = await documents(person, name)
    url = f"{city.layout.telegram_api_url}/local/files/{found['file_id']}"
    async with city.http.get(url) as response:
        assert response.status == 200
        return await response.read()


async def documents(person: Human, name: str) -> list[Any]:
    sent = [one["document"] for one in (await person.chat())["messages"] if "document" in one]
    return [one for one in sent if one["file_name"] == name]


async def stranger(city: City) -> Human:
    """With a number that stands nowhere by chance."""
    url = f"{city.layout.telegram_api_url}/local/people"
    body = {"id": ACCOUNT, "first_name": "Z", "language_code": "en", "phone": PHONE}
    async with city.http.post(url, json=body) as response:
        assert response.status == 201, await response.text()
    return Human(city, ACCOUNT, "en")


async def is_nowhere(city: City) -> bool:
    return not await places(city)


async def places(city: City) -> list[str]:
    """The tables of all schemas in which his name, his phone or his account stands, in letters or
    in the bytes of a message."""
    letters = [NAME, PHONE, PHONE.removeprefix("+"), str(ACCOUNT)]
    marks = [*letters, *(one.encode().hex() for one in letters), varint(ACCOUNT).hex()]
    return [place for schema in ROLES for place in await holding(city, schema, marks)]


async def holding(city: City, schema: str, marks: list[str]) -> list[str]:
    """The tables of a schema with rows in which one of these stands."""
    engine = create_async_engine(city.layout.database.url(schema), poolclass=NullPool)
    listing = text("SELECT table_name FROM information_schema.tables WHERE table_schema = :schema")
    try:
        async with engine.connect() as connection:
            names = (await connection.execute(listing, {"schema": schema})).scalars().all()
            assert len(names) > 3
            found = []
            for name in names:
                looking = text(
                    f'SELECT 1 FROM "{name}" AS t WHERE t::text LIKE ANY(:marks) LIMIT 1'  # noqa: S608
                )
                wanted = {"marks": [f"%{mark}%" for mark in marks]}
                if (await connection.execute(looking, wanted)).first():
                    found.append(f"{schema}.{name}")
            return found
    finally:
        await engine.dispose()


def varint(number: int) -> bytes:
    """As messages have it."""
    octets = []
    while number > 127:
        octets.append(number & 127 | 128)
        number >>= 7
    return bytes([*octets, number])


def _write(actor: int) -> WriteContext:
    return WriteContext(actor_id=actor, request_id=f"privacy:{next(IDS)}")
