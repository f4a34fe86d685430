"""Users, teams and members moved."""

from __future__ import annotations

from collections.abc import Sequence

from fotbot.teams.v1 import teams_import_service_pb2 as teams_wire
from fotbot.users.v1 import users_import_service_pb2 as users_wire

from services.local.move_in import people, queries, teams
from services.local.move_in.old_bot import text_of
from services.local.move_in.step import Step


class PeopleStep(Step):
    """Users before teams before members."""

    async def users(self) -> None:
        bar = self.bar("users")
        async for rows in self.old.batches(queries.USERS):
            messages = list(map(people.user, rows))
            call, request = self.target.users.ImportUsers, users_wire.ImportUsersRequest
            self.hand_over.settle("users", await self.hand_over(call, request, "users", messages))
            for row, message in zip(rows, messages, strict=True):
                if text_of(row, "telegramId") and not message.telegram_id:
                    self.report.changed["users without a Telegram account: the id was none"] += 1
            bar.advance(len(rows))
        bar.end()

    async def known_admin(self, admins: Sequence[str]) -> int:
        legacy_id = await self.old.value(queries.ORGANISER, list(admins)) if admins else None
        return self.hand_over.known.ids("users", [legacy_id]).get(legacy_id or "", 0)

    async def teams(self) -> None:
        bar, captains = self.bar("teams"), teams.Captains(self.old)
        async for rows in self.old.batches(queries.TEAMS):
            led = {row["id"]: await captains.of(row) for row in rows if not row["is_drawn"]}
            ids = self.ids(led.values())
            messages = []
            for row in rows:
                captain = led.get(row["id"], "")
                if reason := teams.reason_to_leave(row, captain, ids):
                    self.report.leave("teams", row["id"], reason)
                    continue
                messages.append(teams.team(row, ids.users[captain]))
                if captain != row["captainId"]:
                    self.report.changed["teams led by a member: the captain leads another"] += 1
            call, request = self.target.teams.ImportTeams, teams_wire.ImportTeamsRequest
            self.hand_over.settle("teams", await self.hand_over(call, request, "teams", messages))
            bar.advance(len(rows))
        bar.end()

    async def members(self) -> None:
        bar = self.bar("members")
        async for rows in self.old.batches(queries.MEMBERS):
            ids = self.ids((row["userId"] for row in rows), (row["teamId"] for row in rows))
            messages = []
            for row in rows:
                if reason := teams.reason_to_leave_out(row, ids):
                    self.report.leave("members", row["id"], reason)
                else:
                    messages.append(teams.member(row, ids))
            call, request = self.target.teams.ImportMembers, teams_wire.ImportMembersRequest
            self.hand_over.settle(
                "members", await self.hand_over(call, request, "members", messages)
            )
            bar.advance(len(rows))
        bar.end()
