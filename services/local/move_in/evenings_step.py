"""Sessions moved, and the matches that were evenings of their own."""

from __future__ import annotations

from fotbot.common.v1.import_pb2 import ImportResult
from fotbot.sessions.v1 import session_pb2
from fotbot.sessions.v1 import sessions_import_service_pb2 as wire

from services.local.move_in import evenings, queries
from services.local.move_in.step import Step


class EveningsStep(Step):
    """After users."""

    async def sessions(self, organiser: int) -> None:
        bar = self.bar("sessions")
        async for rows in self.old.batches(queries.SESSIONS):
            ids = self.ids(row.get("manOfTheSessionUserId") for row in rows)
            messages = []
            for row in rows:
                time = evenings.when(row, self.clock, self.now)
                if time is None:
                    self.report.leave("sessions", row["id"], "TIME_INVALID")
                    continue
                message = evenings.of_session(row, time, self.clock.zone)
                message.organiser_id = organiser
                message.man_of_session_id = ids.users.get(row.get("manOfTheSessionUserId") or "", 0)
                messages.append(message)
            self.hand_over.settle("sessions", await self._hand_over_sessions(messages))
            bar.advance(len(rows))
        bar.end()

    async def lonely_matches(self, organiser: int) -> None:
        """Evenings of their own, which the report counts as the matches they are: those to come
        now, those played once their sides are here."""
        async for rows in self.old.batches(queries.LONELY_MATCHES):
            messages = []
            for row in rows:
                time = evenings.when({"startAt": row["dateTime"]}, self.clock, self.now)
                if time is not None:
                    message = evenings.of_match(row, time, self.clock.zone)
                    message.organiser_id = organiser
                    messages.append(message)
            results = await self._hand_over_sessions(messages)
            here = [(one.legacy_id, one.id) for one in results if not one.reason]
            self.hand_over.known.keep("sessions", here)
            planned = session_pb2.SESSION_STATUS_PLANNED
            coming = {one.legacy_id for one in messages if one.status == planned}
            self.hand_over.count("matches", [one for one in results if one.legacy_id in coming])

    async def _hand_over_sessions(self, messages: list[wire.ImportedSession]) -> list[ImportResult]:
        request = wire.ImportSessionsRequest
        call = self.target.sessions.ImportSessions
        return await self.hand_over(call, request, "sessions", messages)
