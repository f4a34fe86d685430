"""Each handler, cut off after each of its steps and delivered again, ends as if undisturbed."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from fotbot.sessions.v1 import sessions_service_pb2 as sessions
from fotbot.teams.v1 import teams_service_pb2 as teams
from fotbot.teams.v1.sides_service_pb2_grpc import SidesServiceStub
from fotbot.teams.v1.teams_service_pb2_grpc import TeamsServiceStub
from fotbot.users.v1 import users_service_pb2 as users

from services.chassis import consistency
from services.chassis.client import connect
from services.chassis.deadline import budget
from tests.e2e.city import City
from tests.e2e.interrupted import Died, gateways
from tests.e2e.league import CALL_SECONDS, Member, league
from tests.e2e.scenes.stage import Scene, World
from tests.e2e.scenes.table import SCENES, places

MOST_CALLS = 12
THE_NEWEST = 2**63 - 1
"""More than any replica or cached value has: the primary answers."""

Json = dict[str, Any]


@pytest_asyncio.fixture(scope="module")
async def world(city: City) -> AsyncIterator[World]:
    async with (
        league(city) as made,
        gateways(city) as ours,
        connect("teams", city.address("teams")) as to_teams,
    ):
        yield World(
            league=made,
            gateways=ours,
            teams=TeamsServiceStub(to_teams),
            sides=SidesServiceStub(to_teams),
        )


def test_every_handler_has_a_scene() -> None:
    assert set(SCENES) == places()


@pytest.mark.parametrize("place", sorted(SCENES))
async def test_a_handler_cut_off_after_each_of_its_steps_ends_as_if_undisturbed(
    world: World, place: str
) -> None:
    undisturbed = await SCENES[place](world)
    answer = await world.gateways.deliver(undisturbed.update)
    calls, state = world.gateways.calls, await known_of(world, undisturbed.member)
    assert 0 < calls <= MOST_CALLS
    scene = await SCENES[place](world)
    deaths = [await dies(world, scene, step) for step in range(1, calls + 1)]
    assert deaths[0]
    again = await world.gateways.deliver(scene.update)
    assert alike(again) == alike(answer)
    assert await known_of(world, scene.member) == state
    assert await world.gateways.deliver(scene.update) == again


async def dies(world: World, scene: Scene, step: int) -> bool:
    """Brings the update to a gateway that dies after this step. One that remembers what was done
    before needs fewer steps, and lives."""
    try:
        await world.gateways.deliver(scene.update, dies_after=step)
    except Died:
        return True
    return False


def alike(answer: Json) -> str:
    """An answer without what differs between two people: numbers, tokens."""
    text = re.sub(r"t_[\w-]{22}|tj:[\w-]{22}", "#", str(answer))
    return re.sub(r"\d+", "#", text)


async def known_of(world: World, member: Member) -> str:
    """All that the services know of a person, without what differs between two people."""
    newest = dict.fromkeys(("users", "sessions", "teams"), THE_NEWEST)
    with budget(CALL_SECONDS), consistency.positions(newest):
        user = await world.league.users.EnsureUser(
            users.EnsureUserRequest(telegram_id=member.telegram_id, language_code="en")
        )
        entries = await world.league.sessions.ListMySessions(
            sessions.ListMySessionsRequest(viewer_id=member.user_id)
        )
        squads = await world.teams.ListMyTeams(teams.ListMyTeamsRequest(viewer_id=member.user_id))
    return alike({"all": f"{user}{entries}{squads}"})
