"""fotbot.teams.v1 over real gRPC, Postgres and cache, beside a users that knows everybody."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import uuid

import pytest
from fotbot.teams.v1 import teams_service_pb2 as wire
from sqlalchemy import text

from services.chassis import consistency
from services.chassis.errors import RemoteRefusal, Unanswered
from services.local.ports import free_port
from services.local.stores.postgres_schemas import Database
from services.local.stores.valkey import ValkeyCluster
from tests.teams.league import League, roster

UNKNOWN = "A" * 22


def refused(reason: str) -> pytest.RaisesExc[RemoteRefusal]:
    """The call is refused for this reason."""
    return pytest.RaisesExc(RemoteRefusal, check=lambda refusal: refusal.reason == reason)


async def test_a_team_is_made_joined_seen_and_left(league: League) -> None:
    captain, player = league.person(), league.person()
    with consistency.positions():
        team = await league.team(captain, "<b>Reds</b>")
        assert (team.name, roster(team)) == ("<b>Reds</b>", [captain])
        joined = await league.join(player, await league.link(team))
        assert not joined.already
        assert await league.seen(player, team.id) == joined.team
        assert await league.mine(player) == [joined.team]
        assert [member.name for member in joined.team.members] == [f"P{captain}", f"P{player}"]
        assert not (await league.leave(player, team.id)).dissolved
        assert roster(await league.seen(captain, team.id)) == [captain]
        assert await league.mine(player) == []


async def test_a_repeated_request_answers_the_same_link(league: League) -> None:
    team, request_id = await league.team(), uuid.uuid4().hex
    token = await league.link(team, request_id)
    assert await league.link(team, request_id) == token
    assert await league.link(team) != token
    assert len(token) == 22


async def test_the_database_holds_no_token(league: League) -> None:
    token = await league.link(await league.team())
    holds = text(
        "SELECT (SELECT count(*) FROM requests WHERE position(:token in outcome) > 0),"
        " (SELECT count(*) FROM invitations WHERE fingerprint = :hash)"
    )
    kept = {"token": token.encode(), "hash": hashlib.sha256(token.encode()).digest()}
    async with league.database.read_primary() as primary:
        assert (await primary.execute(holds, kept)).one() == (0, 1)


async def test_what_is_stored_as_the_outcome_joins_no_team(league: League) -> None:
    team, request_id = await league.team(), uuid.uuid4().hex
    await league.link(team, request_id)
    stored = text("SELECT outcome FROM requests WHERE request_id = :id")
    async with league.database.read_primary() as primary:
        outcome = (await primary.execute(stored, {"id": request_id})).scalar_one()
    seed = wire.CreateInvitationResponse.FromString(outcome).invitation.token
    with refused("INVITATION_INVALID"):
        await league.join(league.person(), seed)


@pytest.mark.parametrize("token", ["", UNKNOWN, "A" * 21, "'; DROP TABLE teams;--", "\0" * 22])
async def test_an_unknown_link_is_refused(league: League, token: str) -> None:
    with refused("INVITATION_INVALID"):
        await league.join(league.person(), token)


async def test_an_expired_link_is_refused(league: League) -> None:
    token = await league.link(await league.team())
    expire = text("UPDATE invitations SET expires_at = now() WHERE fingerprint = :hash")
    async with league.database.write() as bound:
        await bound.execute(expire, {"hash": hashlib.sha256(token.encode()).digest()})
    with refused("INVITATION_INVALID"):
        await league.join(league.person(), token)


async def test_forty_people_at_once_fill_the_squad_and_no_more(league: League) -> None:
    team = await league.team()
    token = await league.link(team)
    people = [league.person() for _ in range(40)]
    with consistency.positions():
        tried = await asyncio.gather(
            *(league.join(who, token) for who in people), return_exceptions=True
        )
        refusals = [one for one in tried if isinstance(one, RemoteRefusal)]
        assert [one.reason for one in refusals] == ["TEAM_FULL"] * 16
        members = roster(await league.seen(team.captain_id, team.id))
    assert len(members) == len(set(members)) == 25


async def test_joining_again_is_being_in_and_a_repeat_answers_the_first_time(
    league: League,
) -> None:
    token, player = await league.link(await league.team()), league.person()
    request_id = uuid.uuid4().hex
    first = await league.join(player, token, request_id)
    assert (await league.join(player, token)).already
    assert await league.join(player, token, request_id) == first


async def test_who_is_not_registered_makes_and_joins_no_team(league: League) -> None:
    token, stranger, nobody = await league.link(await league.team()), league.person(), 10**9
    league.crowd.unregistered.add(stranger)
    for who in (stranger, nobody):
        with refused("NOT_REGISTERED"):
            await league.team(who)
        with refused("NOT_REGISTERED"):
            await league.join(who, token)


async def test_a_refusal_is_the_same_at_every_repeat(league: League) -> None:
    stranger = league.person()
    league.crowd.unregistered.add(stranger)
    request = wire.CreateTeamRequest(write=league.write(stranger), name="Reds")
    with refused("NOT_REGISTERED"):
        await league.stub.CreateTeam(request)
    league.crowd.unregistered.discard(stranger)
    with refused("NOT_REGISTERED"):
        await league.stub.CreateTeam(request)


async def test_a_captain_has_one_team_and_leaves_it_last(league: League) -> None:
    team = await league.team()
    player = league.person()
    await league.join(player, await league.link(team))
    with refused("ALREADY_CAPTAIN"):
        await league.team(team.captain_id)
    with refused("CAPTAIN_CANNOT_LEAVE"):
        await league.leave(team.captain_id, team.id)
    await league.leave(player, team.id)
    assert (await league.leave(team.captain_id, team.id)).dissolved
    with refused("TEAM_NOT_FOUND"):
        await league.leave(team.captain_id, team.id)


async def test_twenty_teams_at_once_by_one_captain_are_one(league: League) -> None:
    captain = league.person()
    tried = await asyncio.gather(*(league.team(captain) for _ in range(20)), return_exceptions=True)
    refusals = [one.reason for one in tried if isinstance(one, RemoteRefusal)]
    assert refusals == ["ALREADY_CAPTAIN"] * 19


async def test_strangers_neither_see_a_team_nor_invite_to_it(league: League) -> None:
    with consistency.positions():
        team, stranger = await league.team(), league.person()
        with refused("NOT_ALLOWED"):
            await league.seen(stranger, team.id)
        with refused("NOT_ALLOWED"):
            await league.stub.CreateInvitation(
                wire.CreateInvitationRequest(write=league.write(stranger), team_id=team.id)
            )
        with refused("TEAM_NOT_FOUND"):
            await league.seen(stranger, 2**62)


@pytest.mark.parametrize("number", [0, -1, -(2**63)])
async def test_an_id_that_no_team_has_is_refused(league: League, number: int) -> None:
    with refused("ID_INVALID"):
        await league.seen(1, number)
    with refused("ID_INVALID"):
        await league.leave(1, number)
    with refused("ID_INVALID"):
        await league.mine(number)


async def test_a_team_without_a_visible_name_is_refused(league: League) -> None:
    for name in ("", "\u202e", "\u0301" * 5000):
        with refused("TEAM_NAME_INVALID"):
            await league.team(league.person(), name)


async def test_rosters_are_shown_without_names_while_users_is_broken(league: League) -> None:
    with consistency.positions():
        team = await league.team()
        league.crowd.is_broken = True
        try:
            shown = await league.seen(team.captain_id, team.id)
        finally:
            league.crowd.is_broken = False
    assert roster(shown) == [team.captain_id]
    assert [member.name for member in shown.members] == [""]


async def test_with_users_gone_rosters_are_shown_and_nobody_joins(
    league: League, stored: Database, valkey: ValkeyCluster
) -> None:
    team = await league.team()
    nowhere = f"ipv4:127.0.0.1:{free_port()}"
    async with League.running(stored, valkey.url, users_addr=nowhere) as alone:
        assert roster((await alone.mine(team.captain_id))[0]) == [team.captain_id]
        request = wire.JoinTeamRequest(write=alone.write(alone.person()), token=UNKNOWN)
        with pytest.raises(Unanswered):
            await alone.stub.JoinTeam(request, timeout=1.0)


async def test_everything_works_with_the_cache_gone(stored: Database) -> None:
    async with League.running(stored, f"redis://127.0.0.1:{free_port()}") as league:
        team = await league.team()
        player = league.person()
        await league.join(player, await league.link(team))
        with consistency.positions():
            await league.leave(player, team.id)
            assert roster(await league.seen(team.captain_id, team.id)) == [team.captain_id]


async def test_with_postgres_gone_a_roster_in_the_cache_is_still_shown(
    stored: Database, valkey: ValkeyCluster
) -> None:
    gone = dataclasses.replace(stored, port=free_port(), replica_port=free_port())
    name = f"teams-{uuid.uuid4().hex}"
    async with (
        League.running(stored, valkey.url, cache_name=name) as league,
        League.running(gone, valkey.url, cache_name=name) as orphaned,
    ):
        with consistency.positions():
            team = await league.team()
            await league.team()  # only what is read after a later write is sure to be newer
            await league.seen(team.captain_id, team.id)
            await league.mine(team.captain_id)
        assert await orphaned.seen(team.captain_id, team.id) == team
        assert await orphaned.mine(team.captain_id) == [team]
        request = wire.LeaveTeamRequest(write=league.write(team.captain_id), team_id=team.id)
        with pytest.raises(Unanswered):
            await orphaned.stub.LeaveTeam(request, timeout=1.0)
