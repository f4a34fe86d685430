"""What captains do, and shirt numbers, over real gRPC, Postgres and cache."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
from fotbot.sender.v1.notice_pb2 import Notice, NoticeKind
from fotbot.teams.v1 import team_pb2
from fotbot.teams.v1 import teams_service_pb2 as wire
from sqlalchemy import text

from services.chassis import consistency
from services.chassis.errors import RemoteRefusal
from tests.teams.league import League, roster

SOMEBODY = 2**40
"""Nobody of these tests: who acts must not be whom it is about."""

CAPTAINS: list[tuple[str, dict[str, Any]]] = [
    ("EditTeam", {"name": "Blues"}),
    ("RevokeInvitations", {}),
    ("CreateInvitation", {}),
    ("RemoveMember", {"user_id": SOMEBODY}),
    ("HandOver", {"user_id": SOMEBODY}),
    ("SetShirtNumber", {"user_id": SOMEBODY, "shirt_number": 9}),
]


def refused(reason: str) -> pytest.RaisesExc[RemoteRefusal]:
    """The call is refused for this reason."""
    return pytest.RaisesExc(RemoteRefusal, check=lambda refusal: refusal.reason == reason)


async def act(
    league: League, method: str, actor: int, team_id: int, request_id: str = "", **fields: Any
) -> Any:
    """One write by somebody about a team."""
    kind = getattr(wire, f"{method}Request")
    request = kind(write=league.write(actor, request_id), team_id=team_id, **fields)
    return await getattr(league.stub, method)(request)


async def pair(league: League) -> tuple[team_pb2.Team, int]:
    """A team of a captain and one player."""
    team, player = await league.team(), league.person()
    joined = await league.join(player, await league.link(team))
    return joined.team, player


def worn(team: team_pb2.Team) -> list[int]:
    return [member.shirt_number for member in team.members]


async def told(league: League, *people: int) -> list[Notice]:
    """The notices that wait for the sender, by whom they are for."""
    async with league.database.read_primary() as primary:
        queued = await primary.execute(text("SELECT payload FROM pgqueuer ORDER BY id"))
        notices = [Notice.FromString(row.payload) for row in queued]
    return [notice for notice in notices if notice.user_id in people]


@pytest.mark.parametrize(("method", "fields"), CAPTAINS)
async def test_a_captains_action_is_refused_to_members_and_strangers(
    league: League, method: str, fields: dict[str, Any]
) -> None:
    team, player = await pair(league)
    for actor in (player, league.person()):
        with refused("NOT_ALLOWED"):
            await act(league, method, actor, team.id, **fields)
    with refused("TEAM_NOT_FOUND"):
        await act(league, method, team.captain_id, 2**62, **fields)
    with refused("ID_INVALID"):
        await act(league, method, team.captain_id, -1, **fields)


async def test_a_new_name_and_description_are_seen_by_every_member_at_once(
    league: League,
) -> None:
    team, player = await pair(league)
    with consistency.positions():
        await league.mine(player)
        await act(league, "EditTeam", team.captain_id, team.id, name="<b>Blues</b>")
        edited = await act(league, "EditTeam", team.captain_id, team.id, description="For fun")
        assert (edited.team.name, edited.team.description) == ("<b>Blues</b>", "For fun")
        assert [one.name for one in edited.team.members] == [
            f"P{team.captain_id}",
            f"P{player}",
        ]
        assert await league.mine(player) == [edited.team]
    with refused("DESCRIPTION_TOO_LONG"):
        await act(league, "EditTeam", team.captain_id, team.id, description="x" * 301)
    with refused("TEAM_NAME_INVALID"):
        await act(league, "EditTeam", team.captain_id, team.id, name="\u202e")


async def test_a_link_tells_which_team_it_leads_to(league: League) -> None:
    team, _ = await pair(league)
    token = await league.link(team)
    told_of = await league.stub.GetInvitation(wire.GetInvitationRequest(token=token))
    assert (told_of.team_id, told_of.team_name, told_of.members) == (team.id, "Reds", 2)
    assert told_of.HasField("expires_at")


async def test_revoked_unknown_and_ended_links_lead_nowhere(league: League) -> None:
    team, player = await pair(league)
    token = await league.link(team)
    await act(league, "RevokeInvitations", team.captain_id, team.id)
    with refused("INVITATION_INVALID"):
        await league.join(league.person(), token)
    for gone in (token, "A" * 22, "", "x" * 500):
        with refused("INVITATION_INVALID"):
            await league.stub.GetInvitation(wire.GetInvitationRequest(token=gone))
    token = await league.link(team)
    await league.leave(player, team.id)
    await league.leave(team.captain_id, team.id)
    with refused("INVITATION_INVALID"):
        await league.stub.GetInvitation(wire.GetInvitationRequest(token=token))


async def test_a_removed_member_sees_the_team_no_more_and_is_told_once(league: League) -> None:
    team, player = await pair(league)
    with consistency.positions():
        assert await league.mine(player)
        request_id = uuid.uuid4().hex
        for _ in range(2):
            left = await act(
                league, "RemoveMember", team.captain_id, team.id, request_id, user_id=player
            )
        again = await act(league, "RemoveMember", team.captain_id, team.id, user_id=player)
        assert again.team == left.team and roster(left.team) == [team.captain_id]
        assert await league.mine(player) == []
    [notice] = await told(league, player)
    assert notice.kind == NoticeKind.NOTICE_KIND_TEAM_REMOVED
    assert (notice.facts.team_id, notice.facts.team_name) == (team.id, "Reds")
    with refused("CAPTAIN_CANNOT_LEAVE"):
        await act(league, "RemoveMember", team.captain_id, team.id, user_id=team.captain_id)


async def test_a_team_is_handed_over_and_its_old_captain_may_leave(league: League) -> None:
    team, player = await pair(league)
    with refused("NOT_A_MEMBER"):
        await act(league, "HandOver", team.captain_id, team.id, user_id=league.person())
    handed = await act(league, "HandOver", team.captain_id, team.id, user_id=player)
    assert handed.team.captain_id == player
    with refused("NOT_ALLOWED"):
        await act(league, "EditTeam", team.captain_id, team.id, name="Mine")
    assert not (await league.leave(team.captain_id, team.id)).dissolved
    handed_over, left = await told(league, player)
    assert handed_over.kind == NoticeKind.NOTICE_KIND_TEAM_HANDED_OVER
    assert left.kind == NoticeKind.NOTICE_KIND_TEAM_LEFT
    assert left.facts.other_user_id == team.captain_id
    assert left.facts.other_name == f"P{team.captain_id}"


async def test_the_captain_is_told_once_who_joined(league: League) -> None:
    team, player, request_id = await league.team(), league.person(), uuid.uuid4().hex
    token = await league.link(team)
    for _ in range(2):
        await league.join(player, token, request_id)
    await league.join(player, token)
    [notice] = await told(league, team.captain_id)
    assert notice.kind == NoticeKind.NOTICE_KIND_TEAM_JOINED
    assert (notice.facts.other_user_id, notice.facts.other_name) == (player, f"P{player}")
    assert 1 <= len(notice.notice_id) <= 200


async def test_a_captain_of_another_team_cannot_take_over(league: League) -> None:
    team, player = await pair(league)
    await league.team(player, "Blues")
    with refused("ALREADY_CAPTAIN"):
        await act(league, "HandOver", team.captain_id, team.id, user_id=player)


async def test_an_heir_who_begins_a_team_at_the_same_moment_leads_one(league: League) -> None:
    team, player = await pair(league)
    tried = await asyncio.gather(
        act(league, "HandOver", team.captain_id, team.id, user_id=player),
        league.team(player, "Blues"),
        return_exceptions=True,
    )
    refusals = [one.reason for one in tried if isinstance(one, RemoteRefusal)]
    assert refusals == ["ALREADY_CAPTAIN"]


async def test_people_have_their_preferred_numbers_where_free(league: League) -> None:
    captain, first, second = (league.person() for _ in range(3))
    league.crowd.wishes |= {captain: 10, first: 7, second: 10}
    team = await league.team(captain)
    token = await league.link(team)
    await league.join(first, token)
    joined = await league.join(second, token)
    assert worn(joined.team) == [10, 7, 0]


async def test_without_users_word_people_join_without_a_number(league: League) -> None:
    team, player = await league.team(), league.person()
    league.crowd.wishes[player] = 7
    token = await league.link(team)
    league.crowd.is_broken = True
    try:
        joined = await league.join(player, token)
    finally:
        league.crowd.is_broken = False
    assert worn(joined.team) == [0, 0]


async def test_a_number_is_chosen_by_oneself_or_by_the_captain(league: League) -> None:
    team, player = await pair(league)
    own = await act(league, "SetShirtNumber", player, team.id, shirt_number=9)
    assert worn(own.team) == [0, 9]
    with refused("SHIRT_NUMBER_TAKEN"):
        await act(league, "SetShirtNumber", team.captain_id, team.id, shirt_number=9)
    given = await act(
        league, "SetShirtNumber", team.captain_id, team.id, user_id=player, shirt_number=4
    )
    assert worn(given.team) == [0, 4]
    given_up = await act(league, "SetShirtNumber", player, team.id, shirt_number=0)
    assert worn(given_up.team) == [0, 0]
    for wrong in (26, -1, 2**31 - 1):
        with refused("SHIRT_NUMBER_INVALID"):
            await act(league, "SetShirtNumber", player, team.id, shirt_number=wrong)
    with refused("NOT_A_MEMBER"):
        await act(league, "SetShirtNumber", league.person(), team.id, shirt_number=5)


async def test_of_twenty_who_want_a_number_at_once_one_gets_it(league: League) -> None:
    team = await league.team()
    token = await league.link(team)
    people = [league.person() for _ in range(20)]
    for who in people:
        await league.join(who, token)
    tried = await asyncio.gather(
        *(act(league, "SetShirtNumber", who, team.id, shirt_number=10) for who in people),
        return_exceptions=True,
    )
    refusals = [one.reason for one in tried if isinstance(one, RemoteRefusal)]
    assert refusals == ["SHIRT_NUMBER_TAKEN"] * 19
