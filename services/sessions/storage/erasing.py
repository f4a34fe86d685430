"""Takes a person out of the schema `sessions`: his coming evenings one by one, then all that says
more of him than his number. What he played, owed and was given back stays under that number."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, text, update

from services.chassis.cache import Cache
from services.chassis.db import Database, WriteTransaction
from services.chassis.errors import Unavailable
from services.chassis.jobs import Jobs
from services.chassis.notice_jobs import forget_person
from services.sessions.domain.entries import Entry
from services.sessions.domain.erasing import Coming, leave_coming
from services.sessions.domain.values import SessionId, TeamId, UserId
from services.sessions.storage.cache_keys import CacheKeys
from services.sessions.storage.outbox import NOTICE, Outbox
from services.sessions.storage.store import SqlStore
from services.sessions.storage.tables import entries, entry_players

_COMING = text("""SELECT DISTINCT e.session_id, CASE WHEN e.user_id = :me THEN e.team_id END AS team
    FROM entries e JOIN sessions s ON s.id = e.session_id
    WHERE e.status IN ('pending', 'confirmed', 'waitlisted')
        AND s.status = 'planned' AND s.starts_at > now()
        AND (e.user_id = :me OR e.id IN
            (SELECT entry_id FROM entry_players WHERE user_id = :me AND active))
    ORDER BY e.session_id""")
_FORGET = tuple(
    map(
        text,
        (
            "DELETE FROM organiser_settings WHERE user_id = :me",
            "UPDATE coupons SET status = 'withdrawn' WHERE user_id = :me AND status = 'available'",
            "UPDATE payments SET receipt = NULL WHERE receipt IS NOT NULL"
            " AND entry_id IN (SELECT id FROM entries WHERE user_id = :me)",
            "UPDATE payment_events SET note = '' WHERE note <> ''"
            " AND entry_id IN (SELECT id FROM entries WHERE user_id = :me)",
            "UPDATE entries SET reason = '' WHERE user_id = :me AND reason <> ''",
            "UPDATE audit SET note = '' WHERE (actor_id = :me OR subject_id = :me) AND note <> ''",
            # One that is under way is emptied at the second look.
            "UPDATE broadcasts SET text = '' WHERE author_id = :me AND status <> 'running'",
            "DELETE FROM requests WHERE actor_id = :me",
        ),
    )
)

CaptainOf = Callable[[TeamId], Awaitable[UserId | None]]
"""As teams knows it now; None: the team has ended. Raises Unanswered, RemoteRefusal."""


class CaptainStays(Unavailable):
    """Teams has not erased the captain yet: who comes after him is not known."""

    reason = "CAPTAIN_STAYS"


class SqlErasingStore(SqlStore):
    """`domain.erasing.ErasingStore` over Postgres."""

    async def take_out(self, entry: Entry, user_id: UserId) -> None:
        """A team's entry without this player; its places stay the team's."""
        is_his = (entry_players.c.entry_id == entry.id) & (entry_players.c.user_id == user_id)
        await self._transaction.execute(delete(entry_players).where(is_his))
        self._outbox.changed(entry.session_id)

    async def hand_entry(self, entry: Entry, heir: UserId) -> None:
        """A team's entry is its new captain's from now on."""
        handed = update(entries).where(entries.c.id == entry.id).values(user_id=heir)
        await self._transaction.execute(handed)
        self._outbox.changed(entry.session_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasing:
    """Who leaves `refund_before` the start gets his money and his coupons back."""

    database: Database
    cache: Cache
    jobs: Jobs
    captain_of: CaptainOf
    refund_before: timedelta

    async def __call__(self, user_id: int) -> None:
        """Safe to repeat, whole or in part. Raises Unavailable, Unanswered, RemoteRefusal: then
        what does not hang on teams is done."""
        person = UserId(user_id)
        await self._forget(person)
        for coming in await self._coming(person):
            heir = await self._heir(person, coming.team_id)
            async with self.database.write() as transaction:
                store = SqlErasingStore(transaction, self._outbox(transaction))
                await leave_coming(store, person, coming.session_id, self.refund_before, heir)
        # Of the notices that this has made, none is for him.
        await self._forget(person)

    async def _forget(self, person: UserId) -> None:
        async with self.database.write() as transaction:
            for statement in _FORGET:
                await transaction.execute(statement, {"me": person})
            await forget_person(transaction, person, [NOTICE])

    async def _coming(self, person: UserId) -> Sequence[Coming]:
        async with self.database.read_primary() as transaction:
            found = await transaction.execute(_COMING, {"me": person})
            return [Coming(session_id=SessionId(row.session_id), team_id=row.team) for row in found]

    async def _heir(self, person: UserId, team_id: TeamId | None) -> UserId | None:
        captain = None if team_id is None else await self.captain_of(team_id)
        if captain == person:
            raise CaptainStays(f"team {team_id} is still led by who is erased")
        return captain

    def _outbox(self, transaction: WriteTransaction) -> Outbox:
        return Outbox(transaction, self.jobs, CacheKeys(self.cache))
