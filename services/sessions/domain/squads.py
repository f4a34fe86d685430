"""A captain registers his team: exactly a squad, all of its places or none."""

from collections.abc import Sequence

from services.sessions.domain.entries import Entry, Squad
from services.sessions.domain.places import Outcome, admit, locked_session, outcome
from services.sessions.domain.ports import Store
from services.sessions.domain.refusals import (
    NotAllowed,
    NotAMember,
    PlayerAlreadyIn,
    PlayersCountWrong,
    SquadOverCapacity,
    TeamNotFound,
)
from services.sessions.domain.rights import must_be_registered
from services.sessions.domain.rules import must_be_ahead, must_be_open, must_be_planned
from services.sessions.domain.values import Person, Session, SessionId, UserId


async def register_team(
    store: Store,
    person: Person,
    squad: Squad | None,
    session_id: SessionId,
    players: Sequence[UserId],
) -> Outcome:
    """All places, or a place in the queue when there are too few.

    Raises NotRegistered, TeamNotFound, NotAllowed, SessionNotFound, SessionCancelled,
    SessionStarted, RegistrationNotOpen, PlayersCountWrong, NotAMember, PlayerAlreadyIn,
    SquadOverCapacity.
    """
    must_be_registered(person)
    team = _captains(person, squad)
    locked = await locked_session(store, session_id)
    session = locked.session
    must_be_planned(session)
    must_be_ahead(session, locked.now)
    entries = await store.entries(session_id)
    own = next((entry for entry in entries if entry.team_id == team.id), None)
    if own:
        return outcome(session, person.id, own, already=True)
    must_be_open(session, locked.now)
    _check_players(session, team, players)
    _must_be_free((person.id, *players), entries)
    return await admit(store, session, person.id, tuple(players), team.id)


def _captains(person: Person, squad: Squad | None) -> Squad:
    if squad is None:
        raise TeamNotFound("no such team")
    if squad.captain_id != person.id:
        raise NotAllowed(f"user {person.id} is not the captain of team {squad.id}")
    return squad


def _check_players(session: Session, squad: Squad, players: Sequence[UserId]) -> None:
    needed = session.squad_size
    if len(players) != needed or len(set(players)) != needed:
        raise PlayersCountWrong(f"{len(players)} players named", needed=needed)
    if session.capacity < needed:
        raise SquadOverCapacity(f"{session.capacity} places", capacity=session.capacity)
    strangers = [player for player in players if player not in squad.members]
    if strangers:
        raise NotAMember(f"user {strangers[0]} is not of the team", user_id=strangers[0])


def _must_be_free(people: Sequence[UserId], entries: Sequence[Entry]) -> None:
    there = {user_id for entry in entries for user_id in entry.people}
    twice = [user_id for user_id in people if user_id in there]
    if twice:
        raise PlayerAlreadyIn(f"user {twice[0]} has an entry", user_id=twice[0])
