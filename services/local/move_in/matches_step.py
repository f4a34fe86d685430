"""Matches, what players did in them, tables and careers moved."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from fotbot.sessions.v1 import sessions_import_service_pb2 as wire

from services.local.move_in import matches, queries
from services.local.move_in.entries import Ids
from services.local.move_in.old_bot import Row
from services.local.move_in.step import Step


class MatchesStep(Step):
    """After sessions and teams; tables before matches, so that sides have their players."""

    async def session_tables(self) -> None:
        bar = self.bar("session_tables")
        async for rows in self.old.batches(queries.SESSION_TABLES):
            players = chain.from_iterable(row["players"] for row in rows)
            ids = self.ids(
                players, (row["teamId"] for row in rows), (row["sessionId"] for row in rows)
            )
            messages = []
            for row in rows:
                if not self.was_played(row) or row["sessionId"] not in ids.sessions:
                    self.report.leave("session_tables", row["id"], "SESSION_LEFT")
                else:
                    messages.append(matches.table_row(row, ids))
            await self._openings("session_tables", messages)
            bar.advance(len(rows))
        bar.end()

    async def matches(self) -> None:
        bar = self.bar("matches")
        async for rows in self.old.batches(queries.MATCHES):
            people = (one["userId"] for row in rows for one in row["figures"])
            sides = (one for row in rows for one in (row["homeTeamId"], row["awayTeamId"]))
            ids = self.ids(people, sides, map(matches.session_key, rows))
            messages = []
            for row in rows:
                if reason := matches.reason_to_leave(row, ids):
                    self.report.leave("matches", row["id"], reason)
                elif self.was_played(row):
                    messages.append(matches.match(row, ids))
                elif row["sessionId"]:
                    self.report.leave("matches", row["id"], "SESSION_NOT_PLAYED")
                self._leave_figures(row, ids, messages)
            request, call = wire.ImportMatchesRequest, self.target.sessions.ImportMatches
            results = await self.hand_over(call, request, "matches", messages)
            is_figures = matches.STAT_PREFIX
            told = [one for one in results if one.legacy_id.startswith(is_figures)]
            played = [one for one in results if not one.legacy_id.startswith(is_figures)]
            self.hand_over.settle("matches", played)
            self.hand_over.count("match_statistics", told, is_figures)
            bar.advance(len(rows))
        bar.end()

    def _leave_figures(self, row: Row, ids: Ids, moving: Sequence[wire.ImportedMatch]) -> None:
        """Those of a match that stays, or of a person who did."""
        stays = not moving or moving[-1].legacy_id != row["id"]
        for one in row["figures"]:
            if stays or one["userId"] not in ids.users:
                reason = "MATCH_LEFT" if stays else "USER_LEFT"
                self.report.leave("match_statistics", matches.figures_id(one), reason)

    async def careers(self) -> None:
        bar = self.bar("careers")
        async for rows in self.old.batches(queries.CAREERS):
            users = self.ids(row["userId"] for row in rows).users
            lost = [row["userId"] for row in rows if row["userId"] not in users]
            for legacy_id in lost:
                self.report.leave("careers", legacy_id, "USER_LEFT")
            there = [row for row in rows if row["userId"] in users]
            await self._openings("careers", [matches.career(row, users) for row in there])
            bar.advance(len(rows))
        bar.end()

    async def _openings(self, table: str, messages: list[wire.ImportedOpening]) -> None:
        request, call = wire.ImportOpeningsRequest, self.target.sessions.ImportOpenings
        self.hand_over.settle(table, await self.hand_over(call, request, "openings", messages))
