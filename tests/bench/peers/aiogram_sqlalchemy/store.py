"""People, sessions and entries by SQLAlchemy's ORM; one update, one AsyncSession."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiogram.types import User as TelegramUser
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from tests.bench.peers.aiogram_sqlalchemy.models import (
    RegistrationStatus,
    Session,
    SessionRegistration,
    SessionStatus,
    User,
)

PAGE = 5
"""Sessions on one screen."""

GOING, WAITING = RegistrationStatus.GOING, RegistrationStatus.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Where a person stands: a place among those going, or a number among those waiting."""

    status: RegistrationStatus
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A session as one person sees it."""

    session: Session
    taken: int
    waiting: int
    entry: Entry | None


class Store:
    """What the handlers ask of the database; `join` and `leave` commit."""

    def __init__(self, db: AsyncSession) -> None:
        self._db = db

    async def ensure(self, who: TelegramUser) -> User:
        """The person, made or brought up to date."""
        names = {"first_name": who.first_name, "last_name": who.last_name}
        made = (
            insert(User)
            .values(telegram_id=who.id, **names)
            .on_conflict_do_update(
                index_elements=[User.telegram_id], set_={**names, "updated_at": func.now()}
            )
            .returning(User)
        )
        user = (await self._db.scalars(made)).one()
        await self._db.commit()
        return user

    async def person(self, who: TelegramUser) -> User:
        """The person; made known when he has not come by /start."""
        found = await self._db.scalar(select(User).where(User.telegram_id == who.id))
        return found or await self.ensure(who)

    async def upcoming(self, user_id: int, page: int) -> tuple[list[View], bool]:
        """A page of the sessions open for joining, and whether another follows."""
        query = (
            _views(user_id)
            .where(Session.status == SessionStatus.PLANNED, Session.start_at > func.now())
            .order_by(Session.start_at, Session.id)
            .limit(PAGE + 1)
            .offset(page * PAGE)
        )
        rows = (await self._db.execute(query)).all()
        return [_view(*row) for row in rows[:PAGE]], len(rows) > PAGE

    async def view(self, user_id: int, session_id: int) -> View | None:
        """One session."""
        query = _views(user_id, _counted(WAITING)).where(Session.id == session_id)
        row = (await self._db.execute(query)).one_or_none()
        return _view(*row) if row else None

    async def join(self, user_id: int, session_id: int) -> tuple[View, bool] | None:
        """The session with the person in it, and whether he was before. The row's lock is the
        queue: who holds it counts and takes a place or a number."""
        session = await self._locked(session_id)
        if session is None:
            return None
        if await self._db.scalar(_own(user_id, session_id)):
            seen = await self._seen(user_id, session_id)
            return seen, True
        counts = await self._counts(session_id)
        status = GOING if counts[GOING] < session.capacity else WAITING
        self._db.add(SessionRegistration(session_id=session_id, user_id=user_id, status=status))
        await self._db.commit()
        counts[status] += 1
        entry = Entry(status=status, place=counts[status])
        view = View(session=session, taken=counts[GOING], waiting=counts[WAITING], entry=entry)
        return view, False

    async def leave(self, user_id: int, session_id: int) -> tuple[View, bool] | None:
        """The session without the person, and whether he had not been in it. The first who waits
        moves up."""
        if await self._locked(session_id) is None:
            return None
        entry = await self._db.scalar(_own(user_id, session_id))
        if entry is not None:
            await self._db.execute(
                delete(SessionRegistration).where(SessionRegistration.id == entry.id)
            )
        if entry is not None and entry.status is GOING:
            await self._promote(session_id)
        return await self._seen(user_id, session_id), entry is None

    async def _locked(self, session_id: int) -> Session | None:
        query = select(Session).where(Session.id == session_id).with_for_update()
        session = await self._db.scalar(query)
        if session is None or session.status is not SessionStatus.PLANNED:
            return None
        return session if session.start_at > datetime.now(UTC) else None

    async def _counts(self, session_id: int) -> dict[RegistrationStatus, int]:
        query = (
            select(SessionRegistration.status, func.count())
            .where(SessionRegistration.session_id == session_id)
            .group_by(SessionRegistration.status)
        )
        counted = (await self._db.execute(query)).all()
        return {GOING: 0, WAITING: 0, **dict(row.tuple() for row in counted)}

    async def _promote(self, session_id: int) -> None:
        query = (
            select(SessionRegistration)
            .where(
                SessionRegistration.session_id == session_id,
                SessionRegistration.status == WAITING,
            )
            .order_by(SessionRegistration.id)
            .limit(1)
        )
        first = await self._db.scalar(query)
        if first is not None:
            first.status = GOING

    async def _seen(self, user_id: int, session_id: int) -> View:
        view = await self.view(user_id, session_id)
        await self._db.commit()
        assert view is not None
        return view


def _own(user_id: int, session_id: int) -> Select[SessionRegistration]:
    return select(SessionRegistration).where(
        SessionRegistration.session_id == session_id, SessionRegistration.user_id == user_id
    )


def _views(user_id: int, *more: ScalarSelect[int]) -> Select[*tuple[Any, ...]]:
    """Sessions with who goes, the person's own entry, and its place or number."""
    mine = aliased(SessionRegistration)
    other = aliased(SessionRegistration)
    place = _count(other, other.status == mine.status, other.id <= mine.id)
    own = and_(mine.session_id == Session.id, mine.user_id == user_id)
    return select(Session, _counted(GOING), mine.status, place, *more).outerjoin(mine, own)


def _counted(status: RegistrationStatus) -> ScalarSelect[int]:
    other = aliased(SessionRegistration)
    return _count(other, other.status == status)


def _count(other: type[SessionRegistration], *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    query = select(func.count()).select_from(other)
    return query.where(other.session_id == Session.id, *conditions).scalar_subquery()


def _view(
    session: Session, taken: int, status: RegistrationStatus | None, place: int, waiting: int = 0
) -> View:
    entry = Entry(status=status, place=place) if status else None
    return View(session=session, taken=taken, waiting=waiting, entry=entry)
