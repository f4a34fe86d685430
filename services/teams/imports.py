"""Teams of another bot over gRPC. A captain has one team here: a second one is left, as is what
belongs to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from fotbot.common.v1.import_pb2 import ImportResult
from fotbot.teams.v1 import teams_import_service_pb2 as wire
from fotbot.teams.v1.teams_import_service_pb2_grpc import TeamsImportServiceServicer
from grpc.aio import ServicerContext

from services.chassis.cache import Cache
from services.chassis.imports import Imports, already_there, left, moment, moved
from services.chassis.plain_text import one_line
from services.teams.domain.limits import DESCRIPTION_CLUSTERS, NAME_CLUSTERS
from services.teams.domain.team import MAX_SQUAD, NUMBERS, TeamId, UserId
from services.teams.storage.imports import (
    MEMBER,
    TEAM,
    NewMember,
    NewTeam,
    Roster,
    SqlNewTeams,
)

Context = ServicerContext[object, object]

NAME_INVALID = "TEAM_NAME_INVALID"
CAPTAIN_UNKNOWN = "CAPTAIN_UNKNOWN"
ALREADY_CAPTAIN = "ALREADY_CAPTAIN"
TEAM_NOT_FOUND = "TEAM_NOT_FOUND"
TEAM_FULL = "TEAM_FULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsImportServicer(TeamsImportServiceServicer):
    """The service over its store."""

    imports: Imports
    cache: Cache

    async def ImportTeams(
        self, request: wire.ImportTeamsRequest, context: Context
    ) -> wire.ImportTeamsResponse:
        ids = [team.legacy_id for team in request.teams]
        if request.dry_run:
            return wire.ImportTeamsResponse(results=await self.imports.foretold(TEAM, ids))
        async with self.imports.batch(ids) as batch:
            known = await batch.known(TEAM, ids)
            new = {team.legacy_id: team for team in request.teams if team.legacy_id not in known}
            results = await _take_teams(SqlNewTeams(batch, self.cache), new.values())
        there = [already_there(*pair) for pair in known.items()]
        return wire.ImportTeamsResponse(results=[*there, *results])

    async def ImportMembers(
        self, request: wire.ImportMembersRequest, context: Context
    ) -> wire.ImportMembersResponse:
        ids = [member.legacy_id for member in request.members]
        if request.dry_run:
            return wire.ImportMembersResponse(results=await self.imports.foretold(MEMBER, ids))
        async with self.imports.batch(ids) as batch:
            known = await batch.known(MEMBER, ids)
            new = {row.legacy_id: row for row in request.members if row.legacy_id not in known}
            results = await _take_members(SqlNewTeams(batch, self.cache), new.values())
        there = [already_there(*pair) for pair in known.items()]
        return wire.ImportMembersResponse(results=[*there, *results])


async def _take_teams(store: SqlNewTeams, teams: Iterable[wire.ImportedTeam]) -> list[ImportResult]:
    captains = set(await store.captains(UserId(team.captain_id) for team in teams))
    fit: list[NewTeam] = []
    results: list[ImportResult] = []
    for row in teams:
        team = _team(row)
        if reason := _refusal(team, captains):
            results.append(left(team.legacy_id, reason))
        else:
            captains.add(team.captain_id)
            fit.append(team)
    return [*results, *(moved(row.legacy_id, row.id) for row in await store.add(fit))]


def _refusal(team: NewTeam, captains: set[UserId]) -> str:
    if team.captain_id <= 0:
        return CAPTAIN_UNKNOWN
    if not team.name:
        return NAME_INVALID
    return ALREADY_CAPTAIN if team.captain_id in captains else ""


async def _take_members(
    store: SqlNewTeams, rows: Iterable[wire.ImportedMember]
) -> list[ImportResult]:
    rosters = await store.rosters({TeamId(row.team_id) for row in rows})
    joining = {team: Joining(roster) for team, roster in rosters.items()}
    results: list[ImportResult] = []
    fit: list[NewMember] = []
    for row in rows:
        team = joining.get(TeamId(row.team_id))
        if team is None or row.user_id <= 0:
            results.append(left(row.legacy_id, TEAM_NOT_FOUND))
        elif (member := team.member(row)) is None:
            results.append(left(row.legacy_id, TEAM_FULL))
        else:
            fit.append(member)
    return [*results, *(moved(row.legacy_id, row.id) for row in await store.join(fit))]


class Joining:
    """A team while members come: who is in, and which shirts are worn."""

    def __init__(self, roster: Roster) -> None:
        self._rows = roster.rows
        self._shirts = dict(roster.shirts)
        self._worn = {shirt for shirt in roster.shirts.values() if shirt}

    def member(self, row: wire.ImportedMember) -> NewMember | None:
        """As he comes in, with his shirt unless another wears it; nothing when there is no room."""
        user_id = UserId(row.user_id)
        is_in = user_id in self._shirts
        if not is_in and len(self._shirts) >= MAX_SQUAD:
            return None
        has_shirt = bool(self._shirts.get(user_id))
        is_free = row.shirt_number in NUMBERS and row.shirt_number not in self._worn
        shirt = row.shirt_number if is_free and not has_shirt else 0
        self._shirts[user_id] = self._shirts.get(user_id) or shirt
        self._worn.add(shirt)
        return NewMember(
            legacy_id=row.legacy_id,
            team_id=TeamId(row.team_id),
            user_id=user_id,
            shirt_number=shirt,
            id=self._rows.get(user_id, 0),
        )


def _team(row: wire.ImportedTeam) -> NewTeam:
    has_time = row.HasField("created_at")
    return NewTeam(
        legacy_id=row.legacy_id,
        name=one_line(row.name, NAME_CLUSTERS),
        captain_id=UserId(row.captain_id),
        description=one_line(row.description, DESCRIPTION_CLUSTERS),
        created_at=moment(row.created_at) if has_time else datetime.now(UTC),
    )
