"""What captains do is written down in the transaction that does it, and so is what was refused."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from fotbot.teams.v1 import teams_service_pb2 as wire
from sqlalchemy import Column, MetaData, Table

from services.chassis.errors import Forbidden
from services.chassis.migrations import MigrateSettings, migrate
from services.chassis.refused_acts import RefusedActs
from services.chassis.settings import load
from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import ValkeyCluster
from services.teams.storage.tables import audit
from tests.teams.league import League


class NotHis(Forbidden):
    """As a service refuses."""

    reason = "NOT_ALLOWED"


@pytest_asyncio.fixture(scope="module")
async def league(postgres: PostgresPair, valkey: ValkeyCluster) -> AsyncIterator[League]:
    stored = await postgres.create_database("security_deeds")
    settings = load(MigrateSettings, {"DATABASE_MIGRATOR_URL": stored.migrator_url("teams")})
    await migrate(settings, "services.teams.storage", "teams")
    await postgres.catch_up()
    async with League.running(stored, valkey.url) as running:
        yield running


async def deeds(league: League) -> list[tuple[str, int, int | None, str]]:
    async with league.database.read_primary() as transaction:
        rows = await transaction.execute(audit.select().order_by(audit.c.id))
        return [(row.action, row.actor_id, row.subject_id, row.note) for row in rows]


async def test_a_captains_deeds_are_written_down_once(league: League) -> None:
    before = len(await deeds(league))
    team = await league.team()
    captain, members = team.captain_id, [league.person() for _ in range(2)]
    token = await league.link(team)
    for member in members:
        await league.join(member, token)
    about = {"team_id": team.id}
    for _ in range(2):  # a repeat under the same request id is not another deed
        await league.stub.EditTeam(
            wire.EditTeamRequest(write=league.write(captain, f"e{team.id}"), name="B", **about)
        )
        await league.stub.SetShirtNumber(
            wire.SetShirtNumberRequest(
                write=league.write(captain, f"n{team.id}"),
                user_id=members[0],
                shirt_number=9,
                **about,
            )
        )
    await league.stub.RevokeInvitations(
        wire.RevokeInvitationsRequest(write=league.write(captain), **about)
    )
    for kind, heir in (("RemoveMember", members[0]), ("HandOver", members[1])):
        request = getattr(wire, f"{kind}Request")(
            write=league.write(captain), user_id=heir, **about
        )
        await getattr(league.stub, kind)(request)
    await league.leave(captain, team.id)
    await league.leave(members[1], team.id)
    assert (await deeds(league))[before:] == [
        ("invitation.create", captain, None, ""),
        ("team.edit", captain, None, "name"),
        ("member.number", captain, members[0], "9"),
        ("invitation.revoke", captain, None, ""),
        ("member.remove", captain, members[0], ""),
        ("team.hand_over", captain, members[1], ""),
        ("team.dissolve", members[1], None, ""),
    ]


async def test_who_is_refused_is_written_down_and_who_is_nobody_is_not(league: League) -> None:
    acts, before = RefusedActs(league.database, audit), await deeds(league)
    method = "fotbot.teams.v1.TeamsService/RemoveMember"
    await acts(method, wire.GetInvitationRequest(), NotHis("no"))
    assert await deeds(league) == before
    asked = wire.RemoveMemberRequest(write=league.write(7), team_id=1, user_id=8)
    await acts(method, asked, NotHis("no"))
    assert await deeds(league) == [*before, ("refused", 7, 8, "RemoveMember")]


async def test_a_refusal_that_cannot_be_written_down_stays_a_refusal(league: League) -> None:
    elsewhere = Table("nowhere", MetaData(), Column("actor_id"), Column("note"), Column("action"))
    asked = wire.RemoveMemberRequest(write=league.write(7), team_id=1, user_id=8)
    await RefusedActs(league.database, elsewhere)("RemoveMember", asked, NotHis("no"))
