"""Entries of another bot with their payments, many in one statement. Sessions are locked as for
any press: nobody is in one twice, and no place is given twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from fotbot.common.v1.import_pb2 import ImportResult
from fotbot.sessions.v1 import session_pb2
from fotbot.sessions.v1.sessions_import_service_pb2 import ImportedEntry
from sqlalchemy import text

from services.chassis.imports import Batch, Taken, already_there, left, moved
from services.sessions.storage.imports import moment
from services.sessions.storage.imports_payments import PAYMENT, add_payments, price_of

ENTRY = "entry"

STATUSES = {
    session_pb2.REGISTRATION_STATUS_PENDING: "pending",
    session_pb2.REGISTRATION_STATUS_CONFIRMED: "confirmed",
    session_pb2.REGISTRATION_STATUS_CANCELLED: "cancelled",
    session_pb2.REGISTRATION_STATUS_REJECTED: "rejected",
}
HOLDING = ("pending", "confirmed")

_LOCK = text("""
SELECT id, status, price, capacity, taken, turns, squad_size, starts_at > clock_timestamp() AS ahead
FROM sessions WHERE id = ANY(CAST(:ids AS bigint[])) ORDER BY id FOR NO KEY UPDATE""")
_ACTIVE = text("""
SELECT session_id, user_id AS registrar, coalesce(team_id, 0) AS team_id,
    array(SELECT user_id FROM entry_players WHERE entry_id = entries.id AND active) AS players
FROM entries WHERE session_id = ANY(CAST(:ids AS bigint[]))
    AND status IN ('pending', 'confirmed', 'waitlisted')""")
_ADD_ENTRIES = text("""
INSERT INTO entries (id, session_id, user_id, status, turn, kind, team_id, places, price, reason,
    created_at, changed_at)
SELECT r.id, r.session_id, r.user_id, r.status, r.turn, r.kind, r.team_id, r.places, r.price,
    r.reason, r.created_at, r.created_at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id bigint, session_id bigint, user_id bigint,
    status text, turn bigint, kind text, team_id bigint, places smallint, price bigint,
    reason text, created_at timestamptz)""")
_ADD_PLAYERS = text("""
INSERT INTO entry_players (entry_id, user_id, session_id, active)
SELECT r.entry_id, r.user_id, r.session_id, r.active FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r(entry_id bigint, user_id bigint, session_id bigint, active boolean)""")
_COUNT = text("""
UPDATE sessions SET taken = r.taken, turns = r.turns, version = version + 1
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id bigint, taken smallint, turns bigint)
WHERE sessions.id = r.id""")


@dataclass(slots=True, kw_only=True)
class Room:
    """A locked session while entries come: its counts, and who is in."""

    id: int
    price: int
    capacity: int
    squad_size: int
    taken: int
    turns: int
    is_coming: bool
    registrars: set[int] = field(default_factory=set)
    teams: set[int] = field(default_factory=set)
    players: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An entry as it comes in."""

    row: ImportedEntry
    id: int
    room: Room
    user_id: int
    players: tuple[int, ...]
    places: int
    turn: int

    @property
    def status(self) -> str:
        """As the tables call it."""
        return STATUSES[self.row.status]

    @property
    def holds(self) -> bool:
        """Whether it has its places."""
        return self.status in HOLDING

    @property
    def price(self) -> int:
        """For one player: what was asked of him, or what the session asks."""
        payment = self.row.payment if self.row.HasField("payment") else None
        if payment is None:
            return 0 if self.status == "confirmed" else self.room.price
        return price_of(payment, self.places, self.room.price)


async def take_entries(batch: Batch, rows: Sequence[ImportedEntry]) -> list[ImportResult]:
    """Entries and their payments, each by its own legacy id."""
    known = await batch.known(ENTRY, [row.legacy_id for row in rows])
    paid = await batch.known(PAYMENT, [row.payment_legacy_id for row in rows])
    rooms = await _rooms(batch, {row.session_id for row in rows})
    new = {row.legacy_id: row for row in rows if row.legacy_id not in known}
    ids = iter(await batch.new_ids("entries", len(new)))
    placed, results = place(new.values(), rooms, ids=ids)
    await _add(batch, placed, rooms.values())
    results += [already_there(*pair) for pair in known.items()]
    results += [moved(one.row.legacy_id, one.id) for one in placed]
    entry_ids = {**known, **{one.row.legacy_id: one.id for one in placed}}
    results += await add_payments(
        batch, [row for row in rows if row.payment_legacy_id not in paid], entry_ids, placed
    )
    return [*results, *(already_there(*pair) for pair in paid.items())]


def place(
    rows: Iterable[ImportedEntry], rooms: dict[int, Room], ids: Iterable[int]
) -> tuple[list[Placed], list[ImportResult]]:
    """In order: each into its session while there is room, the rest told with the reason."""
    numbers = iter(ids)
    placed: list[Placed] = []
    results: list[ImportResult] = []
    for row in rows:
        room = rooms.get(row.session_id)
        reason = _refusal(row, room)
        if reason or room is None:
            results.append(left(row.legacy_id, reason))
        else:
            placed.append(_placed(row, room, next(numbers)))
    return placed, results


def _refusal(row: ImportedEntry, room: Room | None) -> str:
    if room is None:
        return "SESSION_NOT_FOUND"
    if row.status not in STATUSES or row.user_id <= 0:
        return "NOBODY"
    if STATUSES[row.status] not in HOLDING:
        return ""
    if row.team_id and row.team_id in room.teams:
        return "DUPLICATE"
    if _registrar(row, room) is None or not _free(row, room):
        return "DUPLICATE"
    return "SESSION_FULL" if room.taken + _places(row, room) > room.capacity else ""


def _placed(row: ImportedEntry, room: Room, number: int) -> Placed:
    holds = STATUSES[row.status] in HOLDING
    user_id = (_registrar(row, room) if holds else None) or row.user_id
    players = _free(row, room) if holds else tuple(dict.fromkeys(row.player_ids)) or (user_id,)
    places = _places(row, room)
    room.turns += 1
    if holds:
        room.taken += places
        room.registrars.add(user_id)
        room.players.update(players)
        room.teams.add(row.team_id)
    return Placed(
        row=row,
        id=number,
        room=room,
        user_id=user_id,
        players=players,
        places=places,
        turn=room.turns,
    )


def _registrar(row: ImportedEntry, room: Room) -> int | None:
    """Who registered, or whoever of the team can stand for him; nothing when all are in."""
    able = (one for one in (row.user_id, *row.player_ids) if one not in room.registrars)
    return next(able, None) if row.team_id else next(iter({row.user_id} - room.registrars), None)


def _free(row: ImportedEntry, room: Room) -> tuple[int, ...]:
    """Its players who play in no other entry."""
    players = dict.fromkeys(row.player_ids or (row.user_id,))
    return tuple(one for one in players if one not in room.players)


def _places(row: ImportedEntry, room: Room) -> int:
    return room.squad_size if row.team_id else 1


async def _rooms(batch: Batch, session_ids: Iterable[int]) -> dict[int, Room]:
    ids = {"ids": list(session_ids)}
    rooms = {
        row.id: Room(
            id=row.id,
            price=row.price,
            capacity=row.capacity,
            squad_size=row.squad_size,
            taken=row.taken,
            turns=row.turns,
            is_coming=row.status == "planned" and row.ahead,
        )
        for row in await batch.transaction.execute(_LOCK, ids)
    }
    for row in await batch.transaction.execute(_ACTIVE, ids):
        room = rooms[row.session_id]
        room.registrars.add(row.registrar)
        room.players.update(row.players)
        room.teams.add(row.team_id)
    for room in rooms.values():
        room.teams.discard(0)
    return rooms


async def _add(batch: Batch, placed: Sequence[Placed], rooms: Iterable[Room]) -> None:
    await batch.rows(_ADD_ENTRIES, list(map(_entry, placed)))
    await batch.rows(_ADD_PLAYERS, [row for one in placed for row in _players(one)])
    touched = {one.room.id for one in placed}
    counts = [
        {"id": room.id, "taken": room.taken, "turns": room.turns}
        for room in rooms
        if room.id in touched
    ]
    await batch.rows(_COUNT, counts)
    await batch.take(ENTRY, [Taken(legacy_id=one.row.legacy_id, id=one.id) for one in placed])


def _entry(one: Placed) -> dict[str, object]:
    return {
        "id": one.id,
        "session_id": one.room.id,
        "user_id": one.user_id,
        "status": one.status,
        "turn": one.turn,
        "kind": "team" if one.row.team_id else "individual",
        "team_id": one.row.team_id or None,
        "places": one.places,
        "price": one.price,
        "reason": one.row.reason,
        "created_at": moment(one.row.created_at).isoformat(),
    }


def _players(one: Placed) -> list[dict[str, object]]:
    return [
        {"entry_id": one.id, "user_id": player, "session_id": one.room.id, "active": one.holds}
        for player in one.players
    ]
