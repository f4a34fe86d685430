"""The domain's values as messages of fotbot.teams.v1."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from fotbot.teams.v1 import team_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from services.teams.domain.team import Team, UserId


def team_message(team: Team) -> team_pb2.Team:
    """The team; its members' names are users' to give."""
    return team_pb2.Team(
        id=team.id,
        name=team.name,
        captain_id=team.captain_id,
        members=[
            team_pb2.Member(user_id=member.user_id, joined_at=timestamp(member.joined_at))
            for member in team.members
        ],
    )


def timestamp(moment: datetime) -> Timestamp:
    """The moment on the wire."""
    wire = Timestamp()
    wire.FromDatetime(moment)
    return wire


def people_in(teams: Iterable[team_pb2.Team]) -> set[UserId]:
    """Everybody in any of the teams."""
    return {UserId(member.user_id) for team in teams for member in team.members}


def put_names(teams: Iterable[team_pb2.Team], names: Mapping[UserId, str]) -> None:
    """Write the names into the rosters; unknown ones stay empty."""
    for team in teams:
        for member in team.members:
            member.name = names.get(UserId(member.user_id), "")
