"""What every scene is made of: a world, a person, and the update that leads to a handler."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiogram.filters.callback_data import CallbackData
from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.teams.v1 import sides_service_pb2 as sides
from fotbot.teams.v1 import teams_service_pb2 as teams
from fotbot.teams.v1.sides_service_pb2_grpc import SidesServiceStub
from fotbot.teams.v1.teams_service_pb2_grpc import TeamsServiceStub

from services.chassis.deadline import budget
from tests.e2e.city import ADMIN
from tests.e2e.interrupted import Gateways
from tests.e2e.league import CALL_SECONDS, IDS, League, Member
from tests.e2e.webhook import message, tap

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a scene is set in."""

    league: League
    gateways: Gateways
    teams: TeamsServiceStub
    sides: SidesServiceStub

    async def tells(self, telegram_id: int, *acts: str | CallbackData) -> None:
        """What happened before: messages and taps that went undisturbed."""
        for act in acts:
            update = message(telegram_id, act) if isinstance(act, str) else tap(telegram_id, act)
            await self.gateways.deliver(update)

    async def team(self, captain: Member) -> int:
        """A team of the captain's."""
        with budget(CALL_SECONDS):
            made = await self.teams.CreateTeam(
                teams.CreateTeamRequest(write=_write(captain), name="Reds")
            )
        return made.team.id

    async def side(self, session_id: int, people: Sequence[Member]) -> int:
        """The first of two sides that these people make in a session."""
        with budget(CALL_SECONDS):
            made = await self.sides.FormSides(
                sides.FormSidesRequest(
                    write=_write(people[0]),
                    session_id=session_id,
                    individuals=[member.user_id for member in people],
                    squad_size=len(people) // 2,
                    least=len(people) // 2,
                )
            )
        return made.sides[0].id

    async def invitation(self, captain: Member, team_id: int) -> str:
        """A link's token."""
        with budget(CALL_SECONDS):
            made = await self.teams.CreateInvitation(
                teams.CreateInvitationRequest(write=_write(captain), team_id=team_id)
            )
        return made.invitation.token


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One person and one update."""

    member: Member
    update: Json


Setting = Callable[[World], Awaitable[Scene]]


def says(text: str, *before: str | CallbackData) -> Setting:
    """A registered player writes this, after having done that."""

    async def scene(world: World) -> Scene:
        member = await world.league.member()
        await world.tells(member.telegram_id, *before)
        return Scene(member=member, update=message(member.telegram_id, text))

    return scene


def taps(data: CallbackData, *before: str | CallbackData) -> Setting:
    """A registered player presses this."""

    async def scene(world: World) -> Scene:
        member = await world.league.member()
        await world.tells(member.telegram_id, *before)
        return Scene(member=member, update=tap(member.telegram_id, data))

    return scene


def as_admin(act: str | CallbackData, *before: str | CallbackData) -> Setting:
    """The admin writes or presses this."""

    async def scene(world: World) -> Scene:
        member = await world.league.member(ADMIN)
        await world.tells(ADMIN, "/cancel", *before)
        update = message(ADMIN, act) if isinstance(act, str) else tap(ADMIN, act)
        return Scene(member=member, update=update)

    return scene


def _write(actor: Member) -> WriteContext:
    return WriteContext(actor_id=actor.user_id, request_id=f"scene:{next(IDS)}")
