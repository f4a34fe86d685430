"""Takes a person out of the schema `teams`, team by team; what he played stays under his number."""

from sqlalchemy import select, text

from services.chassis.cache import Cache
from services.chassis.db import Database
from services.chassis.jobs import Jobs
from services.chassis.notice_jobs import forget_person
from services.teams.domain.erasing import take_out
from services.teams.domain.team import TeamId, UserId
from services.teams.storage.keys import teams_of_key
from services.teams.storage.outbox import NOTICE, SIDE_NOTICE, Outbox
from services.teams.storage.tables import members
from services.teams.storage.teams import SqlTeams

_FORGET = (
    text("DELETE FROM requests WHERE actor_id = :me"),
    text("UPDATE audit SET note = '' WHERE (actor_id = :me OR subject_id = :me) AND note <> ''"),
)


class Erasing:
    """Of one person at a time."""

    def __init__(self, database: Database, cache: Cache, jobs: Jobs) -> None:
        self._database = database
        self._cache = cache
        self._jobs = jobs

    async def __call__(self, user_id: int) -> None:
        """Safe to repeat, whole or in part. Raises Unavailable."""
        person = UserId(user_id)
        for team_id in await self._teams_of(person):
            async with self._database.write() as transaction:
                outbox = Outbox(transaction, self._jobs)
                await take_out(SqlTeams(transaction, self._cache, outbox), team_id, person)
        async with self._database.write() as transaction:
            for statement in _FORGET:
                await transaction.execute(statement, {"me": person})
            await forget_person(transaction, person, (NOTICE, SIDE_NOTICE))
            keys = [teams_of_key(self._cache, person)]
            transaction.after_commit(lambda position: self._cache.invalidate(keys, position))

    async def _teams_of(self, person: UserId) -> list[TeamId]:
        his = select(members.c.team_id).where(members.c.user_id == person)
        async with self._database.read_primary() as transaction:
            found = await transaction.execute(his.order_by(members.c.team_id))
            return [TeamId(row.team_id) for row in found]
