"""Matches and tables of another bot, many in one statement. Their sides are nobody's of teams:
they get ids of their own, below zero."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import starmap

from fotbot.common.v1.import_pb2 import ImportResult
from fotbot.sessions.v1.sessions_import_service_pb2 import ImportedMatch, ImportedOpening

from services.chassis.imports import Batch, Taken, already_there, left
from services.sessions.storage import imports_matches_statements as statements
from services.sessions.storage.imports import outcomes

MATCH = "match"
FIGURES = "match_figures"
TABLE_ROW = "table_row"
CAREER = "career"

MOST_GOALS = 999
MOST_COUNTED = 1_000_000
"""Of anything in a career: sums of a few such numbers still fit their columns."""


@dataclass(slots=True, kw_only=True)
class Sides:
    """A session's sides while rows name them: by team, else by name, else by turn."""

    session_id: int
    is_over: bool
    ids: dict[str, int] = field(default_factory=dict)
    new: list[dict[str, object]] = field(default_factory=list)
    numbers: set[int] = field(default_factory=set)
    matches: set[int] = field(default_factory=set)
    unnamed: int = 0

    def keep(self, side_id: int, number: int, team_id: int, name: str) -> None:
        """A side that is there."""
        nameless = not team_id and not name
        self.unnamed += nameless
        self.ids[_key(team_id, name, self.unnamed)] = side_id
        self.numbers.add(number)

    def named(self, team_id: int, name: str, turn: int, fresh: Iterator[int]) -> int:
        """The side of this name, made unless it is there."""
        key = _key(team_id, name, turn)
        if key not in self.ids:
            number = len(self.numbers) + 1
            self.ids[key] = next(fresh)
            self.numbers.add(number)
            self.new.append(
                {
                    "side_id": self.ids[key],
                    "session_id": self.session_id,
                    "number": number,
                    "name": name,
                    "team_id": team_id or None,
                }
            )
        return self.ids[key]

    def match_number(self, wished: int) -> int:
        """The wished one, or the next when another match has it."""
        free = wished > 0 and wished not in self.matches
        number = wished if free else max(self.matches, default=0) + 1
        self.matches.add(number)
        return number


def _key(team_id: int, name: str, turn: int) -> str:
    return f"team {team_id}" if team_id else f"name {name}" if name else f"turn {turn}"


async def take_matches(batch: Batch, rows: Sequence[ImportedMatch]) -> list[ImportResult]:
    """Matches and what each player did in them, each by its own legacy id."""
    known = dict(await batch.known(MATCH, [row.legacy_id for row in rows]))
    there = [already_there(*pair) for pair in known.items()]
    sides = await _sides(batch, {row.session_id for row in rows})
    new = {row.legacy_id: row for row in rows if row.legacy_id not in known}
    reasons = {row.legacy_id: _refusal(row, sides) for row in new.values()}
    fit = [row for row in new.values() if not reasons[row.legacy_id]]
    fresh = iter(
        [
            n
            for (n,) in await batch.transaction.execute(
                statements.SIDE_IDS, {"count": 2 * len(fit)}
            )
        ]
    )
    ids = await batch.new_ids("matches", len(fit))
    made = [_match(n, row, sides[row.session_id], fresh) for n, row in zip(ids, fit, strict=True)]
    await _add_sides(batch, sides)
    await batch.rows(statements.ADD_MATCHES, made)
    results = [{"match_id": n, "result": row.result} for n, row in zip(ids, fit, strict=True)]
    await batch.rows(statements.ADD_RESULTS, [row for row in results if row["result"] in (1, 2, 3)])
    over = [one.session_id for one in sides.values() if one.is_over]
    await batch.transaction.execute(statements.ADD_ROWS_OF_RESULTS, {"ids": over})
    taken = [Taken(legacy_id=row.legacy_id, id=n) for n, row in zip(ids, fit, strict=True)]
    await batch.take(MATCH, taken)
    known |= {one.legacy_id: one.id for one in taken}
    refused = [left(row, reason) for row, reason in reasons.items() if reason]
    return [*there, *outcomes(taken), *refused, *await _take_figures(batch, rows, known)]


async def _take_figures(
    batch: Batch, rows: Sequence[ImportedMatch], match_ids: dict[str, int]
) -> list[ImportResult]:
    told = {one.legacy_id: (row.legacy_id, one) for row in rows for one in row.figures}
    known = await batch.known(FIGURES, told)
    fit: list[dict[str, object]] = []
    taken: list[Taken] = []
    results = [already_there(*pair) for pair in known.items()]
    for legacy_id, (match, one) in told.items():
        if legacy_id in known:
            continue
        if match not in match_ids or one.user_id <= 0 or min(one.goals, one.assists) < 0:
            results.append(left(legacy_id, "MATCH_LEFT"))
            continue
        fit.append(
            {
                "match_id": match_ids[match],
                "user_id": one.user_id,
                "goals": one.goals,
                "assists": one.assists,
                "won": one.won,
            }
        )
        taken.append(Taken(legacy_id=legacy_id, id=match_ids[match]))
    await batch.rows(statements.ADD_FIGURES, fit)
    await batch.take(FIGURES, taken)
    return [*results, *outcomes(taken)]


async def take_openings(batch: Batch, rows: Sequence[ImportedOpening]) -> list[ImportResult]:
    """Tables of finished sessions, and careers."""
    careers = [row for row in rows if row.HasField("career")]
    tables = [row for row in rows if not row.HasField("career")]
    return [*await _take_careers(batch, careers), *await _take_tables(batch, tables)]


async def _take_careers(batch: Batch, rows: Sequence[ImportedOpening]) -> list[ImportResult]:
    known = await batch.known(CAREER, [row.legacy_id for row in rows])
    new = {row.legacy_id: row for row in rows if row.legacy_id not in known}
    fit = [row for row in new.values() if row.career.user_id > 0]
    await batch.rows(statements.ADD_CAREERS, list(map(_career, fit)))
    taken = [Taken(legacy_id=row.legacy_id, id=row.career.user_id) for row in fit]
    await batch.take(CAREER, taken)
    nobodys = [left(row, "NOBODY") for row in new if new[row].career.user_id <= 0]
    return [*(already_there(*pair) for pair in known.items()), *outcomes(taken), *nobodys]


async def _take_tables(batch: Batch, rows: Sequence[ImportedOpening]) -> list[ImportResult]:
    known = await batch.known(TABLE_ROW, [row.legacy_id for row in rows])
    sides = await _sides(batch, {row.session_id for row in rows})
    new = {row.legacy_id: row for row in rows if row.legacy_id not in known}
    fit = [row for row in new.values() if row.session_id in sides]
    count = {"count": len(fit)}
    fresh = iter(
        [number for (number,) in await batch.transaction.execute(statements.SIDE_IDS, count)]
    )
    numbered = [
        (sides[row.session_id].named(row.team_id, row.team_name, 0, fresh), row) for row in fit
    ]
    await _add_sides(batch, sides)
    await batch.rows(
        statements.ADD_PLAYERS, [one for side, row in numbered for one in _players(side, row)]
    )
    # What is still played has its table from what is played.
    over = [(side, row) for side, row in numbered if sides[row.session_id].is_over]
    await batch.rows(statements.ADD_ROWS, list(starmap(_table_row, over)))
    taken = [Taken(legacy_id=row.legacy_id, id=side) for side, row in numbered]
    await batch.take(TABLE_ROW, taken)
    lost = [left(row, "SESSION_NOT_FOUND") for row in new if new[row].session_id not in sides]
    return [*(already_there(*pair) for pair in known.items()), *outcomes(taken), *lost]


async def _sides(batch: Batch, session_ids: Iterable[int]) -> dict[int, Sides]:
    """Of the sessions that were played, unchanged by others until the commit."""
    ids = {"ids": list(session_ids)}
    found = await batch.transaction.execute(statements.SESSIONS, ids)
    sides = {row.id: Sides(session_id=row.id, is_over=row.status == "finished") for row in found}
    for row in await batch.transaction.execute(statements.SIDES, ids):
        if row.session_id in sides:
            sides[row.session_id].keep(row.side_id, row.number, row.team_id, row.name)
    for row in await batch.transaction.execute(statements.NUMBERS, ids):
        if row.session_id in sides:
            sides[row.session_id].matches.update(row.numbers)
    return sides


async def _add_sides(batch: Batch, sides: dict[int, Sides]) -> None:
    await batch.rows(statements.ADD_SIDES, [row for one in sides.values() for row in one.new])


def _refusal(row: ImportedMatch, sides: dict[int, Sides]) -> str:
    if row.session_id not in sides:
        return "SESSION_NOT_FOUND"
    goals = range(MOST_GOALS + 1)
    if row.home_score not in goals or row.away_score not in goals:
        return "SCORE_INVALID"
    home = _key(row.home_team_id, row.home_name, 1)
    return "SIDES_EQUAL" if home == _key(row.away_team_id, row.away_name, 2) else ""


def _match(
    number: int, row: ImportedMatch, sides: Sides, fresh: Iterator[int]
) -> dict[str, object]:
    return {
        "id": number,
        "session_id": row.session_id,
        "number": sides.match_number(row.number),
        "home_side_id": sides.named(row.home_team_id, row.home_name, 1, fresh),
        "away_side_id": sides.named(row.away_team_id, row.away_name, 2, fresh),
        "home_score": row.home_score,
        "away_score": row.away_score,
    }


def _players(side_id: int, row: ImportedOpening) -> list[dict[str, object]]:
    return [
        {"side_id": side_id, "user_id": player, "position": position}
        for position, player in enumerate(row.player_ids)
    ]


def _table_row(side_id: int, row: ImportedOpening) -> dict[str, object]:
    told = row.row
    names = ("place", "won", "drawn", "lost", "goals_for", "goals_against", "points")
    counts = {name: getattr(told, name) for name in names}
    return {"side_id": side_id, "session_id": row.session_id, **counts}


def _career(row: ImportedOpening) -> dict[str, int]:
    career = row.career
    return {
        "user_id": career.user_id,
        "goals": _counted(career.goals),
        "assists": _counted(career.assists),
        "wins": _counted(career.wins),
        "matches": _counted(career.matches),
        "sessions": _counted(career.sessions),
        "man_of_session": _counted(career.times_man_of_session),
    }


def _counted(number: int) -> int:
    return min(max(number, 0), MOST_COUNTED)
