"""The end of an evening: its figures count, and the man of the session gets his coupon, once."""

from dataclasses import replace

from msgspec import structs

from services.sessions.domain import figures, notices
from services.sessions.domain.evening import Evening, MatchStatus
from services.sessions.domain.evening_play import evening_in_play
from services.sessions.domain.evening_ports import Books
from services.sessions.domain.evening_refusals import (
    CouponUsed,
    PlayerNotInSide,
    SessionNotFinished,
)
from services.sessions.domain.figures import Figures, season_of
from services.sessions.domain.places import locked_session
from services.sessions.domain.rights import must_organise, must_run
from services.sessions.domain.values import Person, Session, SessionId, Status, UserId


async def finish_session(
    books: Books, actor: Person, session_id: SessionId, time_zone: str
) -> Evening:
    """It is over, matches still played are too, and everybody's figures count for the season (in
    the league's zone) and the career; again changes nothing.

    Raises NotAllowed, SessionNotFound, SessionNotPlaying.
    """
    session = await _run_by(books, actor, session_id)
    if session.status is Status.FINISHED:
        return await books.pitch.evening(session)
    evening = _over(await evening_in_play(books, actor, session_id))
    await books.store.save_session(evening.session)
    await books.pitch.end(session_id)
    counted = figures.of_session(evening.line_ups, evening.matches)
    await books.pitch.count(counted, season_of(session.starts_at, time_zone))
    note = str(len(evening.matches))
    await books.store.record(actor.id, "session.finish", session_id=session_id, note=note)
    return evening


async def choose_man(
    books: Books, actor: Person, session_id: SessionId, man: UserId, time_zone: str
) -> Evening:
    """He is the man of the session, is told so and has a coupon; another's is taken back.

    Raises NotAllowed, SessionNotFound, SessionNotFinished, PlayerNotInSide, CouponUsed.
    """
    session = await _run_by(books, actor, session_id)
    if session.status is not Status.FINISHED:
        raise SessionNotFinished(f"session {session_id} is {session.status.value}")
    evening = await books.pitch.evening(session)
    if not evening.plays(man):
        raise PlayerNotInSide(f"user {man} did not play in session {session_id}")
    if session.man_of_session_id == man:
        return evening
    if not await books.pitch.withdraw_coupon(session_id):
        raise CouponUsed(f"the coupon of session {session_id} is used")
    await books.pitch.give_coupon(session_id, man)
    await books.pitch.count(_titles(session, man), season_of(session.starts_at, time_zone))
    session = structs.replace(session, man_of_session_id=man).changed()
    await books.store.save_session(session)
    await books.store.tell([notices.coupon_issued(session, man)])
    await books.store.record(actor.id, "session.man", session_id=session_id, subject_id=man)
    return replace(evening, session=session)


async def _run_by(books: Books, actor: Person, session_id: SessionId) -> Session:
    must_organise(actor)
    session = (await locked_session(books.store, session_id)).session
    must_run(actor, session)
    return session


def _over(evening: Evening) -> Evening:
    return replace(
        evening,
        session=structs.replace(evening.session, status=Status.FINISHED).changed(),
        matches=tuple(replace(match, status=MatchStatus.FINISHED) for match in evening.matches),
    )


def _titles(session: Session, man: UserId) -> list[Figures]:
    """One title more for him, one less for whom it is taken from."""
    titles = [Figures(user_id=man, times_man_of_session=1)]
    if session.man_of_session_id is not None:
        titles.append(Figures(user_id=session.man_of_session_id, times_man_of_session=-1))
    return titles
