"""What teams keeps for a time goes when it is over, and not before."""

from __future__ import annotations

from sqlalchemy import text

from services.chassis.retention import kept_no_longer
from services.teams.storage.retention import RULES
from tests.teams.league import League

EXPIRED = text(
    "UPDATE invitations SET expires_at = now() - make_interval(hours => :hours)"
    " WHERE team_id = :team"
)


async def test_an_invitation_goes_a_day_after_it_has_expired(league: League) -> None:
    teams = [await league.team() for _ in range(2)]
    for team, hours in zip(teams, (25, 23), strict=True):
        for _ in range(3):
            await league.link(team)
        async with league.database.write() as transaction:
            await transaction.execute(EXPIRED, {"team": team.id, "hours": hours})
    removed = await kept_no_longer(league.database, RULES, piece=2)
    assert removed["invitations"] == 3
    async with league.database.read_primary() as transaction:
        left = await transaction.execute(text("SELECT DISTINCT team_id FROM invitations"))
        assert left.scalars().all() == [teams[1].id]
