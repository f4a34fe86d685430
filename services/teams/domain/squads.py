"""What people do with teams: begin one, join, leave. Each function is one call in one transaction.

What only captains do is in captaincy.py.
"""

from datetime import datetime

from services.teams.domain.invitations import fingerprint
from services.teams.domain.limits import clean_team_name, shirt_number
from services.teams.domain.notices import TeamNews, TeamNotice
from services.teams.domain.ports import NOBODY, Profile, Teams
from services.teams.domain.refusals import (
    AlreadyCaptain,
    InvitationInvalid,
    NotRegistered,
    TeamNotFound,
)
from services.teams.domain.team import NUMBERS, Team, TeamId, UserId


async def create(
    teams: Teams,
    actor: UserId,
    name: str,
    *,
    registered: bool,
    at: datetime,
    profile: Profile = NOBODY,
) -> Team:
    """The actor becomes captain, in the shirt he prefers.

    Raises NotRegistered, TeamNameInvalid, AlreadyCaptain.
    """
    _require(registered)
    wished = profile.shirt_number if profile.shirt_number in NUMBERS else 0
    team = await teams.add(clean_team_name(name), actor, at, wished)
    if team is None:
        raise AlreadyCaptain("a captain has one team")
    return team


async def join(
    teams: Teams,
    actor: UserId,
    token: str,
    *,
    registered: bool,
    at: datetime,
    profile: Profile = NOBODY,
) -> tuple[Team, bool]:
    """Join by a link; the team, and whether the actor was in before. The captain is told.

    The newcomer has the shirt he prefers when it is free.
    Raises NotRegistered, InvitationInvalid, TeamFull.
    """
    _require(registered)
    team_id = await teams.invited_to(fingerprint(token), at)
    # A team may end between the link's look-up and the lock: the link ends with it.
    team = None if team_id is None else await teams.lock(team_id)
    if team is None:
        raise InvitationInvalid("the link is unknown or has expired")
    if team.has(actor):
        return team, True
    team.require_room()
    joined = await teams.join(team, actor, at, team.free_number(profile.shirt_number))
    await teams.tell([_of_member(TeamNews.JOINED, joined, actor, profile)])
    return joined, False


async def leave(teams: Teams, actor: UserId, team_id: TeamId, *, profile: Profile = NOBODY) -> bool:
    """Leave; whether the team ended. Leaving a team one is not in changes nothing.

    The captain is told.

    Raises TeamNotFound, CaptainCannotLeave.
    """
    team = await found(teams, team_id)
    if not team.has(actor):
        return False
    if team.ends_with(actor):
        await teams.dissolve(team)
        await teams.record(team, actor, "team.dissolve")
        return True
    stays = await teams.leave(team, actor)
    await teams.tell([_of_member(TeamNews.LEFT, stays, actor, profile)])
    return False


async def set_number(
    teams: Teams, actor: UserId, team_id: TeamId, *, wearer: UserId, number: int
) -> Team:
    """A member in another shirt: oneself, or anybody when the captain asks. 0 gives it up.

    Raises TeamNotFound, NotAllowed, NotAMember, ShirtNumberInvalid, ShirtNumberTaken.
    """
    team = await found(teams, team_id)
    if wearer != actor:
        team.require_captain(actor)
    team.require_in(wearer)
    wished = shirt_number(number) if number else 0
    team.require_free(wished, wearer)
    if wearer != actor:
        await teams.record(team, actor, "member.number", wearer, str(wished))
    return await teams.number(team, wearer, wished)


async def found(teams: Teams, team_id: TeamId) -> Team:
    """The team, locked. Raises TeamNotFound."""
    team = await teams.lock(team_id)
    if team is None:
        raise TeamNotFound("no team has this id", team=team_id)
    return team


def _of_member(news: TeamNews, team: Team, member: UserId, profile: Profile) -> TeamNotice:
    return TeamNotice(
        news=news, user_id=team.captain_id, team=team, other=member, other_name=profile.name
    )


def _require(registered: bool) -> None:
    if not registered:
        raise NotRegistered("teams are for people who have registered")
