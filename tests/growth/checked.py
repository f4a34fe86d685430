"""The plans of every hot statement on one database, schema by schema."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from services.chassis import db
from services.chassis.setting_groups import StoreSettings
from services.local.stores.postgres import PostgresPair
from services.local.stores.postgres_schemas import Database
from services.local.stores.sql import Connection
from tests.growth import hot
from tests.growth.grow import SCHEMAS
from tests.growth.plans import Asked, Fault, asked_in, faults, logged
from tests.sessions.evening import Evening
from tests.teams.league import League
from tests.users.town import Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was looked at, and what was wrong with it."""

    asked: Mapping[str, list[Asked]]
    """By schema."""
    faults: list[Fault]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A database that has grown, and where its server's words go."""

    postgres: PostgresPair
    database: Database
    log: Path
    redis_url: str
    past: int
    """An evening that is over."""

    async def checked(self) -> Checked:
        """Everything asked once, and each statement's plan read."""
        asked = {}
        async with self._admin() as admin, logged(admin, self.database.name, SCHEMAS):
            for schema, ask in self._hot().items():
                since = self.log.stat().st_size
                await ask()
                asked[schema] = asked_in(self.log, since)
        async with self._admin() as admin:
            wrong = [one for schema in asked for one in await faults(admin, schema, asked[schema])]
        return Checked(asked=asked, faults=wrong)

    def _hot(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        return {
            "sessions": self._sessions,
            "users": self._users,
            "teams": self._teams,
            "sender": self._sender,
        }

    async def _sessions(self) -> None:
        """Reads go to the primary, where they are logged."""
        url = self.database.url("sessions")
        async with Evening.running(url, url, self.redis_url) as evening:
            await hot.evenings(evening, self.past)
            await hot.jobs(evening.database, StoreSettings(database_url=SecretStr(url)))

    async def _users(self) -> None:
        async with Town.running(_alone(self.database), self.redis_url) as town:
            await hot.people(town)

    async def _teams(self) -> None:
        async with League.running(_alone(self.database), self.redis_url) as league:
            await hot.squads(league, self.past)

    async def _sender(self) -> None:
        settings = StoreSettings(database_url=SecretStr(self.database.url("sender")))
        async with db.Database.open(settings, "sender") as database:
            await hot.notices(database)

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator[Connection]:
        connection = await self.postgres.admin(self.database.name)
        try:
            yield connection
        finally:
            await connection.close()


def _alone(database: Database) -> Database:
    """The primary in the standby's place."""
    return Database(
        name=database.name,
        secret=database.secret,
        port=database.port,
        replica_port=database.port,
    )
