"""The move itself: each table after those it speaks of, then the sums."""

from __future__ import annotations

from collections.abc import Sequence

from fotbot.sessions.v1.sessions_import_service_pb2 import SumImportedRequest

from services.local.move_in import queries
from services.local.move_in.entries_step import EntriesStep
from services.local.move_in.evenings_step import EveningsStep
from services.local.move_in.matches_step import MatchesStep
from services.local.move_in.people_step import PeopleStep
from services.local.move_in.report import ASIDE, TABLES


class Move(PeopleStep, EveningsStep, EntriesStep, MatchesStep):
    """One move of everything."""

    async def everything(self, admins: Sequence[str]) -> None:
        """Raises what the services raise; begun again, it goes on where it was."""
        for table in (*TABLES, *ASIDE):
            self.report.tables[table].found = await self.old.value(queries.COUNTS[table])
        await self.users()
        organiser = await self.known_admin(admins)
        await self.teams()
        await self.members()
        await self.sessions(organiser)
        await self.lonely_matches(organiser)
        await self.entries()
        await self.coupons()
        await self.session_tables()
        await self.matches()
        await self.careers()
        await self._sum_up()

    async def _sum_up(self) -> None:
        money, coupons = self.report.money_confirmed, self.report.coupons_available
        money.old = await self.old.value(queries.MONEY_CONFIRMED)
        coupons.old = await self.old.value(queries.COUPONS_AVAILABLE)
        if not self.hand_over.dry_run:
            call = self.target.sessions.SumImported
            sums = await call(SumImportedRequest(), timeout=self.hand_over.seconds_per_call)
            money.new, coupons.new = sums.money_confirmed, sums.coupons_available
