"""The domain's values as messages of fotbot.teams.v1."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from fotbot.teams.v1 import side_pb2, team_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from services.teams.domain.ports import NOBODY, Profile
from services.teams.domain.side import Side
from services.teams.domain.team import Team, UserId


def team_message(team: Team) -> team_pb2.Team:
    """The team; its members' names are users' to give."""
    return team_pb2.Team(
        id=team.id,
        name=team.name,
        captain_id=team.captain_id,
        members=[
            team_pb2.Member(
                user_id=member.user_id,
                joined_at=timestamp(member.joined_at),
                shirt_number=member.shirt_number,
            )
            for member in team.members
        ],
        description=team.description,
    )


def side_message(side: Side) -> side_pb2.Side:
    """The side; its players' names are users' to give."""
    return side_pb2.Side(
        id=side.id,
        session_id=side.session_id,
        name=side.name,
        team_id=side.team_id or 0,
        number=side.number,
        players=[
            side_pb2.SidePlayer(user_id=player.user_id, shirt_number=player.shirt_number)
            for player in side.players
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


def put_names(teams: Iterable[team_pb2.Team], profiles: Mapping[UserId, Profile]) -> None:
    """Write the names into the rosters; unknown ones stay empty."""
    for team in teams:
        for member in team.members:
            member.name = profiles.get(UserId(member.user_id), NOBODY).name
