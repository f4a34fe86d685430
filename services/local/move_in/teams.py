"""Old teams and members as the import calls take them, and who leads what one captain led twice."""

from __future__ import annotations

from fotbot.teams.v1.teams_import_service_pb2 import ImportedMember, ImportedTeam

from services.local.move_in import queries
from services.local.move_in.entries import Ids
from services.local.move_in.old_bot import OldBot, Row, number_of, text_of
from services.local.move_in.times import stamped

NAMELESS = "Jamoa"
"""What a team without a name is called, in the old bot's language."""


class Captains:
    """Who leads each team here, where nobody leads two."""

    def __init__(self, old: OldBot) -> None:
        self._old = old
        self._heirs: set[str] = set()

    async def of(self, team: Row) -> str:
        """The captain of his oldest team; of another of his, the member who has been in it the
        longest and leads none. Empty when there is no such member."""
        if team["rank"] == 1:
            return str(team["captainId"])
        for member in await self._old.all(queries.DEPUTIES, team["id"]):
            if member["userId"] not in self._heirs:
                self._heirs.add(member["userId"])
                return str(member["userId"])
        return ""


def reason_to_leave(team: Row, captain: str, users: Ids) -> str:
    """Empty when the team may come in. A drawn side was no team but one evening's."""
    if team["is_drawn"]:
        return "DRAWN_SIDE"
    if not captain:
        return "CAPTAIN_LEADS_ANOTHER"
    return "" if captain in users.users else "USER_LEFT"


def team(row: Row, captain_id: int) -> ImportedTeam:
    """Without its members."""
    message = ImportedTeam(
        legacy_id=row["id"],
        name=text_of(row, "name", 200).strip() or NAMELESS,
        captain_id=captain_id,
        description=text_of(row, "description", 1000),
    )
    if created_at := stamped(row.get("createdAt")):
        message.created_at.FromDatetime(created_at)
    return message


def reason_to_leave_out(member: Row, ids: Ids) -> str:
    """Empty when the member may come in."""
    if member["is_drawn"]:
        return "DRAWN_SIDE"
    if member["teamId"] not in ids.teams:
        return "TEAM_LEFT"
    return "" if member["userId"] in ids.users else "USER_LEFT"


def member(row: Row, ids: Ids) -> ImportedMember:
    """With his shirt's number, whosever it is."""
    return ImportedMember(
        legacy_id=row["id"],
        team_id=ids.teams[row["teamId"]],
        user_id=ids.users[row["userId"]],
        shirt_number=number_of(row, "number"),
    )
