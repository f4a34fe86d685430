"""Playing: matches, and goal by goal. Under the session's lock, by whoever runs it."""

from dataclasses import dataclass, replace

from services.sessions.domain.evening import (
    Evening,
    GoalId,
    LineUp,
    Match,
    MatchId,
    MatchStatus,
)
from services.sessions.domain.evening_ports import Books
from services.sessions.domain.evening_refusals import (
    AssistOwn,
    AssistWithoutScorer,
    MatchFinished,
    MatchNotFound,
    PlayerNotInSide,
    SessionNotPlaying,
    SideNotFound,
    SidesEqual,
    TooManyMatches,
)
from services.sessions.domain.places import locked_session
from services.sessions.domain.rights import must_organise, must_run
from services.sessions.domain.table import SideId
from services.sessions.domain.values import Person, SessionId, Status, UserId

MOST_MATCHES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """A match to be played; `number` names it, None is the next."""

    home: SideId
    away: SideId
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A goal for `side`; `seen` is the last one before it that the actor knows of, None when that
    does not matter."""

    side: SideId
    scorer: UserId | None = None
    assist: UserId | None = None
    seen: GoalId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A match as it stands now, and whether this call has changed it."""

    match: Match
    changed: bool


async def add_match(books: Books, actor: Person, session_id: SessionId, pairing: Pairing) -> Match:
    """A new match; the one of that number when it is there already.

    Raises NotAllowed, SessionNotFound, SessionNotPlaying, SideNotFound, SidesEqual,
    TooManyMatches.
    """
    evening = await evening_in_play(books, actor, session_id)
    for match in evening.matches:
        if match.number == pairing.number:
            return match
    if pairing.home == pairing.away:
        raise SidesEqual(f"side {pairing.home} twice")
    home, away = _side(evening, pairing.home), _side(evening, pairing.away)
    number = len(evening.matches) + 1
    if number > MOST_MATCHES:
        raise TooManyMatches(f"match {number}", most=MOST_MATCHES)
    match = await books.pitch.add_match(session_id, number, pairing.home, pairing.away)
    note = f"{number}: {home.number} - {away.number}"
    await books.store.record(actor.id, "match.add", session_id=session_id, note=note)
    return match


async def score_goal(books: Books, actor: Person, match_id: MatchId, scored: Scored) -> Played:
    """A goal more, unless the match has another last goal than the actor has seen.

    Raises NotAllowed, MatchNotFound, SessionNotPlaying, MatchFinished, SideNotFound,
    PlayerNotInSide, AssistOwn, AssistWithoutScorer.
    """
    evening, match = await _match_in_play(books, actor, match_id)
    _must_be_open(match)
    _check(evening, match, scored)
    if scored.seen is not None and scored.seen != match.last_goal:
        return Played(match=match, changed=False)
    goal = await books.pitch.add_goal(match, scored.side, scored.scorer, scored.assist)
    match = match.with_goals((*match.goals, goal))
    await _keep(books, actor, match, "match.goal", subject=scored.scorer)
    return Played(match=match, changed=True)


async def undo_goal(books: Books, actor: Person, match_id: MatchId, seen: GoalId | None) -> Played:
    """The last goal less, unless it is another than the actor has seen.

    Raises NotAllowed, MatchNotFound, SessionNotPlaying, MatchFinished.
    """
    _, match = await _match_in_play(books, actor, match_id)
    _must_be_open(match)
    if not match.goals or (seen is not None and seen != match.last_goal):
        return Played(match=match, changed=False)
    await books.pitch.undo_goal(match.goals[-1])
    undone = match.goals[-1].scorer_id
    match = match.with_goals(match.goals[:-1])
    await _keep(books, actor, match, "match.undo", subject=undone)
    return Played(match=match, changed=True)


async def set_match(books: Books, actor: Person, match_id: MatchId, status: MatchStatus) -> Match:
    """The score stands, or goals may fall again; again changes nothing.

    Raises NotAllowed, MatchNotFound, SessionNotPlaying.
    """
    _, match = await _match_in_play(books, actor, match_id)
    if match.status is status:
        return match
    match = replace(match, status=status)
    action = "match.finish" if match.is_finished else "match.reopen"
    await _keep(books, actor, match, action)
    return match


async def evening_in_play(books: Books, actor: Person, session_id: SessionId) -> Evening:
    """The session, locked, with all that was played. Raises NotAllowed, SessionNotFound,
    SessionNotPlaying."""
    must_organise(actor)
    session = (await locked_session(books.store, session_id)).session
    must_run(actor, session)
    if session.status is not Status.STARTED:
        raise SessionNotPlaying(f"session {session_id} is {session.status.value}")
    return await books.pitch.evening(session)


async def _match_in_play(books: Books, actor: Person, match_id: MatchId) -> tuple[Evening, Match]:
    must_organise(actor)
    session_id = await books.pitch.session_of(match_id)
    if session_id is None:
        raise MatchNotFound(f"no match {match_id}", match_id=match_id)
    evening = await evening_in_play(books, actor, session_id)
    return evening, next(match for match in evening.matches if match.id == match_id)


async def _keep(
    books: Books, actor: Person, match: Match, action: str, subject: UserId | None = None
) -> None:
    await books.pitch.save_match(match)
    note = f"{match.number}: {match.home_score}:{match.away_score}"
    await books.store.record(
        actor.id, action, session_id=match.session_id, subject_id=subject, note=note
    )


def _check(evening: Evening, match: Match, scored: Scored) -> None:
    if scored.side not in match.sides:
        raise SideNotFound(f"side {scored.side} is not in match {match.id}")
    side = _side(evening, scored.side)
    if scored.assist is not None and scored.scorer is None:
        raise AssistWithoutScorer("nobody passed to nobody")
    if scored.assist is not None and scored.assist == scored.scorer:
        raise AssistOwn(f"user {scored.assist} to himself")
    for player in (scored.scorer, scored.assist):
        if player is not None and player not in side.player_ids:
            raise PlayerNotInSide(f"user {player} is not in side {side.side_id}")


def _side(evening: Evening, side_id: SideId) -> LineUp:
    line_up = evening.line_up(side_id)
    if line_up is None:
        raise SideNotFound(f"no side {side_id} in session {evening.session.id}")
    return line_up


def _must_be_open(match: Match) -> None:
    if match.is_finished:
        raise MatchFinished(f"match {match.id} is over")
