"""What teams keeps in the cache: a team by its id, a person's teams, and a session's sides."""

from services.chassis.cache import Cache
from services.teams.domain.side import SessionId
from services.teams.domain.team import Team, TeamId, UserId


def team_key(cache: Cache, team_id: TeamId) -> str:
    """The key of a team with its roster."""
    return cache.key("team", version=3, identity=team_id)


def teams_of_key(cache: Cache, user_id: UserId) -> str:
    """The key of a person's teams with their rosters."""
    return cache.key("teams-of", version=3, identity=user_id)


def sides_key(cache: Cache, session_id: SessionId) -> str:
    """The key of a session's sides with their players."""
    return cache.key("sides", version=1, identity=session_id)


def keys_of(cache: Cache, team: Team) -> list[str]:
    """Every key whose value shows the team."""
    shown_to = [teams_of_key(cache, member.user_id) for member in team.members]
    return [team_key(cache, team.id), *shown_to]
