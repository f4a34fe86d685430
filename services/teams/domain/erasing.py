"""What becomes of a team when one of its members is erased. One function, one transaction."""

from services.teams.domain.notices import TeamNews, TeamNotice
from services.teams.domain.ports import Teams
from services.teams.domain.team import Team, TeamId, UserId


async def take_out(teams: Teams, team_id: TeamId, person: UserId) -> None:
    """The team goes on without him, and its captain is told. Where he was captain, whoever has
    been in for the longest and leads no other team is captain from now on; where there is nobody,
    the team ends. Who is not in any more changes nothing."""
    team = await teams.lock(team_id)
    if team is None or not team.has(person):
        return
    if team.captain_id != person:
        left = await teams.leave(team, person)
        news = TeamNotice(news=TeamNews.LEFT, user_id=left.captain_id, team=left, other=person)
        await teams.tell([news])
        return
    handed = await _handed_over(teams, team)
    if handed is None:
        await teams.dissolve(team)
        return
    left = await teams.leave(handed, person)
    await teams.tell([TeamNotice(news=TeamNews.HANDED_OVER, user_id=left.captain_id, team=left)])


async def _handed_over(teams: Teams, team: Team) -> Team | None:
    """The locked team under its next captain."""
    for member in team.members:
        if member.user_id != team.captain_id:
            handed = await teams.hand_over(team, member.user_id)
            if handed is not None:
                return handed
    return None
