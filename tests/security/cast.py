"""Who acts in a row of the authorisation table, and what is theirs: a team, another team, sessions
of an organiser's with people in them. Everything is made by the services' own calls."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.sessions.v1 import entries_service_pb2 as entries
from fotbot.sessions.v1 import matches_service_pb2 as matches
from fotbot.sessions.v1 import session_pb2
from fotbot.sessions.v1 import sessions_service_pb2 as sessions
from fotbot.teams.v1 import team_pb2
from fotbot.teams.v1 import teams_service_pb2 as teams
from fotbot.users.v1 import user_pb2
from fotbot.users.v1 import users_service_pb2 as users
from google.protobuf.timestamp_pb2 import Timestamp

from tests.security.land import ADMIN_ACCOUNT, Land

USERS = "fotbot.users.v1.UsersService"
TEAMS = "fotbot.teams.v1.TeamsService"
SIDES = "fotbot.teams.v1.SidesService"
SESSIONS = "fotbot.sessions.v1.SessionsService"
ENTRIES = "fotbot.sessions.v1.EntriesService"
MATCHES = "fotbot.sessions.v1.MatchesService"
LEAGUE = "fotbot.sessions.v1.LeagueService"

UNKNOWN = 2**40
"""Nobody has this id."""

PRICE, SQUAD, SIDE = 30_000, 4, 5
_accounts = itertools.count(801_000_000)


class Who(StrEnum):
    """What a person is to the things that a row is about."""

    NOBODY = "nobody"
    PLAYER = "player"
    MEMBER = "member"
    CAPTAIN = "captain"
    OTHER_CAPTAIN = "another team's captain"
    ORGANISER = "organiser"
    OTHER_ORGANISER = "another session's organiser"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The people of one row. `others` are two more members of the captain's team and ten players
    of no team."""

    land: Land
    people: dict[Who, user_pb2.User]
    mates: Sequence[int]
    others: Sequence[int]
    team: team_pb2.Team

    def id(self, who: Who) -> int:
        return UNKNOWN if who is Who.NOBODY else self.people[who].id

    def write(self, who: Who) -> WriteContext:
        return write(self.id(who))

    async def link(self) -> str:
        """The token of a link to the captain's team."""
        request = teams.CreateInvitationRequest(write=self.write(Who.CAPTAIN), team_id=self.team.id)
        token: str = (await self.land.call(f"{TEAMS}/CreateInvitation", request)).invitation.token
        return token

    async def session(self, hours: float = 24, **fields: Any) -> session_pb2.Session:
        """One of the organiser's, at a venue of its own."""
        venue = sessions.CreateVenueRequest(
            write=self.write(Who.ORGANISER), name=f"Arena {uuid.uuid4().hex}"
        )
        known: dict[str, Any] = {
            "venue_id": (await self.land.call(f"{SESSIONS}/CreateVenue", venue)).venue.id,
            "starts_at": at(hours),
            "ends_at": at(hours + 1),
            "format": session_pb2.FORMAT_FIVE_A_SIDE,
            "price": PRICE,
            "capacity": 20,
            "squad_size": SQUAD,
        }
        request = sessions.CreateSessionRequest(write=self.write(Who.ORGANISER), **(known | fields))
        made: session_pb2.Session = (
            await self.land.call(f"{SESSIONS}/CreateSession", request)
        ).session
        return made

    async def registered(self, session_id: int, *people: int) -> list[int]:
        """Ids of their entries."""
        request = sessions.BatchRegisterRequest()
        for person in people:
            item = request.items.add()
            item.request.write.CopyFrom(write(person))
            item.request.session_id = session_id
        answer = await self.land.call(f"{SESSIONS}/BatchRegister", request)
        return [item.response.session.registration.entry_id for item in answer.items]

    async def team_registered(self, session_id: int) -> None:
        """The captain's team, all of it."""
        players = [self.id(Who.CAPTAIN), self.id(Who.MEMBER), *self.mates]
        request = entries.RegisterTeamRequest(
            write=self.write(Who.CAPTAIN),
            session_id=session_id,
            team_id=self.team.id,
            player_ids=players,
        )
        await self.land.call(f"{ENTRIES}/RegisterTeam", request)

    async def receipt(self, session_id: int, person: int, photo: str = "photo") -> None:
        request = entries.SubmitReceiptRequest(
            write=write(person), session_id=session_id, file_id=photo
        )
        await self.land.call(f"{ENTRIES}/SubmitReceipt", request)

    async def playing(self) -> matches.Evening:
        """A session of the organiser's in which two sides play, the player in one of them."""
        session = await self.session(0.5, price=0)
        await self.registered(session.id, self.id(Who.PLAYER), *self.others)
        request = matches.StartSessionRequest(
            write=self.write(Who.ORGANISER), session_id=session.id
        )
        evening: matches.Evening = (
            await self.land.call(f"{MATCHES}/StartSession", request)
        ).evening
        return evening


async def cast(land: Land) -> Cast:
    """New people, but for the admin."""
    accounts = [ADMIN_ACCOUNT, *(next(_accounts) for _ in range(len(Who) - 2 + 12))]
    request = users.BatchEnsureUsersRequest()
    for account in accounts:
        request.items.add().request.telegram_id = account
    met = await land.call(f"{USERS}/BatchEnsureUsers", request)
    known = [item.response.user for item in met.items]
    await asyncio.gather(*(_registered(land, user) for user in known))
    roles = [Who.ADMIN, *(who for who in Who if who not in (Who.NOBODY, Who.ADMIN))]
    people = dict(zip(roles, known[: len(roles)], strict=True))
    rest = [user.id for user in known[len(roles) :]]
    await _appointed(land, people)
    team = await _team(land, people, rest[:2])
    return Cast(land=land, people=people, mates=rest[:2], others=rest[2:], team=team)


async def _registered(land: Land, user: user_pb2.User) -> None:
    name = users.SetNameRequest(write=write(user.id), name=f"P{user.id}")
    await land.call(f"{USERS}/SetName", name)
    phone = users.SetPhoneRequest(
        write=write(user.id),
        phone=phone_of(user),
        contact_telegram_id=user.telegram_id,
    )
    await land.call(f"{USERS}/SetPhone", phone)


async def _appointed(land: Land, people: dict[Who, user_pb2.User]) -> None:
    for who in (Who.ORGANISER, Who.OTHER_ORGANISER):
        request = users.AppointOrganiserRequest(
            write=write(people[Who.ADMIN].id), user_id=people[who].id
        )
        await land.call(f"{USERS}/AppointOrganiser", request)


async def _team(
    land: Land, people: dict[Who, user_pb2.User], mates: Sequence[int]
) -> team_pb2.Team:
    made = {}
    for who in (Who.CAPTAIN, Who.OTHER_CAPTAIN):
        request = teams.CreateTeamRequest(write=write(people[who].id), name=str(who.value))
        made[who] = (await land.call(f"{TEAMS}/CreateTeam", request)).team
    team: team_pb2.Team = made[Who.CAPTAIN]
    invited = teams.CreateInvitationRequest(write=write(team.captain_id), team_id=team.id)
    token = (await land.call(f"{TEAMS}/CreateInvitation", invited)).invitation.token
    for member in (people[Who.MEMBER].id, *mates):
        joining = teams.JoinTeamRequest(write=write(member), token=token)
        await land.call(f"{TEAMS}/JoinTeam", joining)
    return team


def write(actor_id: int) -> WriteContext:
    """A write of its own."""
    return WriteContext(actor_id=actor_id, request_id=uuid.uuid4().hex)


def phone_of(user: user_pb2.User) -> str:
    return f"+9989{user.telegram_id % 100_000_000:08}"


def at(hours: float) -> Timestamp:
    """So many hours from now."""
    moment = datetime.now(UTC) + timedelta(hours=hours)
    return Timestamp(seconds=int(moment.timestamp()))
