"""The scenes of teams beyond beginning one: what captains do, and numbers in teams and sides."""

from collections.abc import Callable

from aiogram.filters.callback_data import CallbackData

from services.gateway.features.sides.callbacks import OpenNumbers, TakeSideNumber
from services.gateway.features.teams.callbacks import (
    AskDescribing,
    AskHandingOver,
    AskRemoving,
    AskRenaming,
    ClearDescription,
    HandOver,
    JoinTeam,
    ListMembers,
    OpenMember,
    OpenTeamNumbers,
    RemoveMember,
    RevokeLinks,
    TakeNumber,
)
from tests.e2e.league import IDS, Member
from tests.e2e.scenes.stage import Scene, Setting, World
from tests.e2e.webhook import message, tap


async def squad(world: World) -> tuple[Member, int, Member]:
    """A captain, his team, and another member of it."""
    captain, member = await world.league.member(), await world.league.member()
    team = await world.team(captain)
    token = await world.invitation(captain, team)
    await world.tells(member.telegram_id, JoinTeam(token=token))
    return captain, team, member


def leading(data: Callable[[int], CallbackData], *answers: str) -> Setting:
    """A captain presses something of his team, and answers what he is asked."""

    async def scene(world: World) -> Scene:
        captain, team, _ = await squad(world)
        press = data(team)
        if not answers:
            return Scene(member=captain, update=tap(captain.telegram_id, press))
        await world.tells(captain.telegram_id, press, *answers[:-1])
        return Scene(member=captain, update=message(captain.telegram_id, answers[-1]))

    return scene


def about_member(data: Callable[[int, int], CallbackData]) -> Setting:
    """A captain presses something about a member."""

    async def scene(world: World) -> Scene:
        captain, team, member = await squad(world)
        update = tap(captain.telegram_id, data(team, member.user_id))
        return Scene(member=captain, update=update)

    return scene


def playing(data: Callable[[int, int], CallbackData]) -> Setting:
    """A player of a started evening presses something about his side of this session."""

    async def scene(world: World) -> Scene:
        people = [await world.league.member() for _ in range(4)]
        session = next(IDS)
        side = await world.side(session, people)
        return Scene(member=people[0], update=tap(people[0].telegram_id, data(session, side)))

    return scene


TEAMS: dict[str, Setting] = {
    "teams tr": leading(lambda of: AskRenaming(team_id=of)),
    "teams te": leading(lambda of: AskDescribing(team_id=of)),
    "teams tz": leading(lambda of: ClearDescription(team_id=of)),
    "teams tv": leading(lambda of: RevokeLinks(team_id=of)),
    "teams tm": leading(lambda of: ListMembers(team_id=of)),
    "teams tc": about_member(lambda of, who: OpenMember(team_id=of, user_id=who)),
    "teams ta": about_member(lambda of, who: AskRemoving(team_id=of, user_id=who)),
    "teams tk": about_member(lambda of, who: RemoveMember(team_id=of, user_id=who)),
    "teams th": about_member(lambda of, who: AskHandingOver(team_id=of, user_id=who)),
    "teams ty": about_member(lambda of, who: HandOver(team_id=of, user_id=who)),
    "teams tg": leading(lambda of: OpenTeamNumbers(team_id=of)),
    "teams tu": leading(lambda of: TakeNumber(team_id=of, shirt=10)),
    "teams team.rename": leading(lambda of: AskRenaming(team_id=of), "Blues"),
    "teams team.describe": leading(lambda of: AskDescribing(team_id=of), "For fun"),
    "sides no": playing(lambda session, _: OpenNumbers(session_id=session)),
    "sides nt": playing(lambda _, side: TakeSideNumber(side_id=side, shirt=10)),
}
