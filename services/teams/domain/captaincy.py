"""What only a team's captain does. Each function is one call in one transaction."""

from datetime import datetime

from services.teams.domain.invitations import (
    VALID,
    Invitation,
    fingerprint,
    new_seed,
    token_from,
)
from services.teams.domain.limits import clean_description, clean_team_name
from services.teams.domain.notices import TeamNews, TeamNotice
from services.teams.domain.ports import Teams
from services.teams.domain.refusals import AlreadyCaptain, CaptainCannotLeave
from services.teams.domain.squads import found
from services.teams.domain.team import Team, TeamId, UserId


async def invite(
    teams: Teams, actor: UserId, team_id: TeamId, *, key: bytes, at: datetime
) -> tuple[Team, Invitation]:
    """A link to the team, 7 days. Raises TeamNotFound, NotAllowed."""
    team = await _own(teams, actor, team_id)
    invitation = Invitation(seed=new_seed(), expires_at=at + VALID)
    token = token_from(invitation.seed, key)
    await teams.invite(team, fingerprint(token), invitation.expires_at)
    await teams.record(team, actor, "invitation.create")
    return team, invitation


async def revoke(teams: Teams, actor: UserId, team_id: TeamId) -> Team:
    """The links given out so far lead nowhere any more. Raises TeamNotFound, NotAllowed."""
    team = await _own(teams, actor, team_id)
    await teams.revoke(team)
    await teams.record(team, actor, "invitation.revoke")
    return team


async def edit(
    teams: Teams,
    actor: UserId,
    team_id: TeamId,
    *,
    name: str | None = None,
    description: str | None = None,
) -> Team:
    """Change what is given.

    Raises TeamNotFound, NotAllowed, TeamNameInvalid, DescriptionTooLong.
    """
    team = await _own(teams, actor, team_id)
    edited = await teams.describe(
        team,
        name=team.name if name is None else clean_team_name(name),
        description=team.description if description is None else clean_description(description),
    )
    told = {"name": name, "description": description}
    changed = [field for field, value in told.items() if value is not None]
    await teams.record(team, actor, "team.edit", note=", ".join(changed))
    return edited


async def remove(teams: Teams, actor: UserId, team_id: TeamId, member: UserId) -> Team:
    """Take another member off and tell him; taking off who is not in changes nothing.

    Raises TeamNotFound, NotAllowed, CaptainCannotLeave.
    """
    team = await _own(teams, actor, team_id)
    if member == actor:
        raise CaptainCannotLeave("a captain does not take himself off", team=team.id)
    if not team.has(member):
        return team
    left = await teams.leave(team, member)
    await teams.record(team, actor, "member.remove", member)
    await teams.tell([TeamNotice(news=TeamNews.REMOVED, user_id=member, team=left)])
    return left


async def hand_over(teams: Teams, actor: UserId, team_id: TeamId, heir: UserId) -> Team:
    """Another member is captain from now on, and told. To oneself changes nothing.

    Raises TeamNotFound, NotAllowed, NotAMember, AlreadyCaptain.
    """
    team = await _own(teams, actor, team_id)
    team.require_in(heir)
    if heir == actor:
        return team
    handed = await teams.hand_over(team, heir)
    if handed is None:
        raise AlreadyCaptain("he leads another team", team=team.id)
    await teams.record(team, actor, "team.hand_over", heir)
    await teams.tell([TeamNotice(news=TeamNews.HANDED_OVER, user_id=heir, team=handed)])
    return handed


async def _own(teams: Teams, actor: UserId, team_id: TeamId) -> Team:
    team = await found(teams, team_id)
    team.require_captain(actor)
    return team
