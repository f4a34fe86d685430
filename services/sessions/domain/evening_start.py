"""Starting an evening: who plays, in how many sides, and what becomes of those who do not.

Which people play together is decided by teams; `forecast` says beforehand what comes out of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from services.chassis.errors import Refused
from services.sessions.domain.evening import Evening
from services.sessions.domain.evening_ports import Books, Gathering, LineUps
from services.sessions.domain.evening_refusals import (
    PlayersChanged,
    SessionFinished,
    TooEarly,
    TooFewPlayers,
    TooManySides,
)
from services.sessions.domain.places import end_open_entries, locked_session
from services.sessions.domain.rights import must_organise, must_run
from services.sessions.domain.rules import must_be_planned
from services.sessions.domain.values import Format, Person, Session, SessionId, Status

AHEAD = timedelta(hours=1)
"""How long before its time a session may be started."""

MOST_SIDES, LEAST_SIDES = 6, 2

FIELD_PLAYERS = {Format.FIVE_A_SIDE: 5, Format.SIX_A_SIDE: 6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What starting now would make; `refusal` says why it would not be done."""

    side_sizes: tuple[int, ...]
    teams: int
    pending: int
    waiting: int
    refusal: Refused | None


def must_be_startable(session: Session, now: datetime) -> None:
    """Raises SessionCancelled, SessionFinished, TooEarly."""
    must_be_planned(session)
    if session.status is Status.FINISHED:
        raise SessionFinished(f"session {session.id} is over")
    if session.starts_at - now > AHEAD:
        raise TooEarly(f"session {session.id} starts {session.starts_at:%Y-%m-%d %H:%M} UTC")


def forecast(gathering: Gathering) -> Forecast:
    """The sizes of the sides that teams would form, the registered teams' first."""
    sizes, refusal = _sizes(gathering), None
    try:
        must_be_startable(gathering.session, gathering.now)
        _must_be_playable(sizes, least(gathering.session))
    except Refused as refused:
        refusal = refused
    return Forecast(
        side_sizes=tuple(sizes),
        teams=len(gathering.squads),
        pending=gathering.pending,
        waiting=gathering.waiting,
        refusal=refusal,
    )


def least(session: Session) -> int:
    """How many each side must have on the field."""
    return FIELD_PLAYERS[session.format]


async def start_session(
    books: Books, actor: Person, session_id: SessionId, formed: LineUps | Refused | None
) -> Evening:
    """The session is played from now on by the sides `formed`; again changes nothing.

    `formed` is why there are none where teams refused, None where teams need not be asked.
    Raises NotAllowed, SessionNotFound, SessionCancelled, SessionFinished, TooEarly, what is
    `formed`, and PlayersChanged when it was formed of others than those who are in now.
    """
    must_organise(actor)
    locked = await locked_session(books.store, session_id)
    must_run(actor, locked.session)
    if locked.session.status is Status.STARTED:
        return await books.pitch.evening(locked.session)
    must_be_startable(locked.session, locked.now)
    if isinstance(formed, Refused):
        raise formed
    if formed is None or formed.version != locked.session.version:
        raise PlayersChanged(f"session {session_id} is at {locked.session.version} by now")
    session = replace(locked.session, status=Status.STARTED).changed()
    session = await end_open_entries(books.store, session, actor.id)
    await books.store.save_session(session)
    await books.pitch.begin(session_id, formed.sides)
    note = ", ".join(str(len(side.player_ids)) for side in formed.sides)
    await books.store.record(actor.id, "session.start", session_id=session_id, note=note)
    return await books.pitch.evening(session)


def _sizes(gathering: Gathering) -> list[int]:
    """As teams deals: individuals in full sides of their own, else in the smallest there are."""
    people = len(gathering.individuals)
    sides = [len(squad.player_ids) for squad in gathering.squads]
    own = max(-(-people // gathering.session.squad_size), LEAST_SIDES - len(sides))
    while own > 0 and people // own < least(gathering.session):
        own -= 1
    if own > 0:
        return [*sides, *(people // own + (index < people % own) for index in range(own))]
    for _ in range(people if sides else 0):
        sides[sides.index(min(sides))] += 1
    return sides


def _must_be_playable(sizes: list[int], enough: int) -> None:
    if len(sizes) > MOST_SIDES:
        raise TooManySides(f"{len(sizes)} sides", most=MOST_SIDES)
    if sum(size >= enough for size in sizes) < LEAST_SIDES:
        raise TooFewPlayers(f"sides of {sizes}", least=enough)
