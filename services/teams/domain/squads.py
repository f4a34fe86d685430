"""What people do with teams. Each function is one call in one transaction."""

from datetime import datetime

from services.teams.domain.invitations import (
    VALID,
    Invitation,
    fingerprint,
    new_seed,
    token_from,
)
from services.teams.domain.limits import clean_team_name
from services.teams.domain.ports import Teams
from services.teams.domain.refusals import (
    AlreadyCaptain,
    InvitationInvalid,
    NotRegistered,
    TeamNotFound,
)
from services.teams.domain.team import Team, TeamId, UserId


async def create(teams: Teams, actor: UserId, name: str, *, registered: bool, at: datetime) -> Team:
    """The actor becomes captain. Raises NotRegistered, TeamNameInvalid, AlreadyCaptain."""
    _require(registered)
    team = await teams.add(clean_team_name(name), actor, at)
    if team is None:
        raise AlreadyCaptain("a captain has one team")
    return team


async def invite(
    teams: Teams, actor: UserId, team_id: TeamId, *, key: bytes, at: datetime
) -> tuple[Team, Invitation]:
    """The captain's link, 7 days. Raises TeamNotFound, NotAllowed."""
    team = await _found(teams, team_id)
    team.require_captain(actor)
    invitation = Invitation(seed=new_seed(), expires_at=at + VALID)
    token = token_from(invitation.seed, key)
    await teams.invite(team, fingerprint(token), invitation.expires_at)
    return team, invitation


async def join(
    teams: Teams, actor: UserId, token: str, *, registered: bool, at: datetime
) -> tuple[Team, bool]:
    """Join by a link; the team, and whether the actor was in before.

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
    return await teams.join(team, actor, at), False


async def leave(teams: Teams, actor: UserId, team_id: TeamId) -> bool:
    """Leave; whether the team ended. Leaving a team one is not in changes nothing.

    Raises TeamNotFound, CaptainCannotLeave.
    """
    team = await _found(teams, team_id)
    if not team.has(actor):
        return False
    if team.ends_with(actor):
        await teams.dissolve(team)
        return True
    await teams.leave(team, actor)
    return False


async def _found(teams: Teams, team_id: TeamId) -> Team:
    team = await teams.lock(team_id)
    if team is None:
        raise TeamNotFound("no team has this id", team=team_id)
    return team


def _require(registered: bool) -> None:
    if not registered:
        raise NotRegistered("teams are for people who have registered")
