"""What every step of a move works with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.local.move_in import evenings
from services.local.move_in.entries import Ids
from services.local.move_in.handing_over import HandingOver
from services.local.move_in.old_bot import OldBot, Row
from services.local.move_in.progress import Bar
from services.local.move_in.report import Report
from services.local.move_in.target import Target
from services.local.move_in.times import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One move's database, services, outcomes and times."""

    old: OldBot
    target: Target
    hand_over: HandingOver
    clock: Clock
    now: datetime

    @property
    def report(self) -> Report:
        """As far as it got."""
        return self.hand_over.report

    def bar(self, table: str) -> Bar:
        """Of a table's rows."""
        return Bar(table, self.report.tables[table].found)

    def ids(
        self,
        users: Iterable[str | None] = (),
        teams: Iterable[str | None] = (),
        sessions: Iterable[str | None] = (),
    ) -> Ids:
        """Those of them that came in."""
        known = self.hand_over.known
        return Ids(
            users=known.ids("users", users),
            teams=known.ids("teams", teams),
            sessions=known.ids("sessions", sessions),
        )

    def was_played(self, row: Row) -> bool:
        """Whether the evening beside a row has sides and matches."""
        time = evenings.when(row["session"], self.clock, self.now)
        return time is not None and time.was_played
