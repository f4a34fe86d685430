"""Who is in a session while its old registrations are read: sessions judges the same again, but a
dry run has to know before."""

from __future__ import annotations

from services.local.move_in.entries import Ids, is_team
from services.local.move_in.evenings import MOST_PLACES, SQUAD
from services.local.move_in.old_bot import Row


class Seats:
    """Of one session after the other, as the rows come."""

    def __init__(self) -> None:
        self._session = ""
        self._begin("")

    def take(self, row: Row, ids: Ids, *, holds: bool) -> tuple[Row, str]:
        """The row with who registers and plays by it, and the reason to leave it, or none. A team
        whose captain is in already is registered by a member; its players are those not in."""
        if row["sessionId"] != self._session:
            self._begin(row["sessionId"])
        named = [one for one in row["players"] if one in ids.users] if is_team(row) else []
        registrar = row["userId"] or row["captainId"]
        if not holds:
            return {**row, "userId": registrar, "players": named[:SQUAD]}, ""
        free = [one for one in named or [registrar] if one not in self._players][:SQUAD]
        able = [one for one in (registrar, *named) if one not in self._registrars]
        if not free or not able:
            return row, "DUPLICATE"
        places = SQUAD if is_team(row) else 1
        if self._taken + places > MOST_PLACES:
            return row, "SESSION_FULL"
        self._taken += places
        self._players.update(free)
        self._registrars.add(able[0])
        return {**row, "userId": able[0], "players": free}, ""

    def _begin(self, session: str) -> None:
        self._session = session
        self._taken = 0
        self._players: set[str] = set()
        self._registrars: set[str] = set()
