"""Entries as their organiser looks at them, and what he may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.sessions.domain.entries import Entry
from services.sessions.domain.refusals import EntryNotFound, NotAllowed, SessionNotFound
from services.sessions.domain.rights import must_organise, must_run
from services.sessions.domain.values import EntryId, Person, Role, Session, SessionId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An entry with what only its organiser sees. `rank`: 0 waits for a decision, 1 has a refund
    due, 2 neither."""

    entry: Entry
    created_at: datetime
    attended: tuple[UserId, ...]
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A step in a payment's history, as it was kept."""

    at: datetime
    actor_id: UserId
    action: str
    amount: int
    coupons: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Where a page begins: behind this card in the order of rank, then of arrival."""

    rank: int
    entry_id: EntryId


class Cards(Protocol):
    """Reads of one transaction."""

    async def session(self, session_id: SessionId) -> Session | None:
        """None: no such session."""

    async def page(
        self, session_id: SessionId, awaiting: bool, behind: Behind | None, count: int
    ) -> Sequence[Card]:
        """By rank, then by arrival; of ended entries only those with refunds due."""

    async def count(self, session_id: SessionId, awaiting: bool) -> int:
        """How many all pages hold."""

    async def card(self, entry_id: EntryId) -> Card | None:
        """None: no such entry."""

    async def history(self, entry_id: EntryId) -> Sequence[Event]:
        """The oldest first."""

    async def awaiting(self, organiser_id: UserId | None) -> Sequence[tuple[Session, int]]:
        """Coming and started sessions of an organiser's, or all, with how many of their entries
        wait for a decision."""

    async def coupons(self, user_id: UserId) -> tuple[int, int]:
        """How many a person can use, and has used."""

    async def usable(self, session_id: SessionId, user_id: UserId) -> tuple[int, int]:
        """How many coupons the person's entry can use, those used for it counted in, and how many
        it uses."""


async def seen_session(cards: Cards, actor: Person, session_id: SessionId) -> Session:
    """Raises NotAllowed, SessionNotFound."""
    must_organise(actor)
    session = await cards.session(session_id)
    if session is None:
        raise SessionNotFound(f"no session {session_id}", session_id=session_id)
    must_run(actor, session)
    return session


async def seen_card(cards: Cards, actor: Person, entry_id: EntryId) -> tuple[Card, Session]:
    """Raises NotAllowed, EntryNotFound."""
    must_organise(actor)
    card = await cards.card(entry_id)
    if card is None:
        raise EntryNotFound(f"no entry {entry_id}", entry_id=entry_id)
    return card, await seen_session(cards, actor, card.entry.session_id)


async def awaiting(cards: Cards, actor: Person) -> Sequence[tuple[Session, int]]:
    """Raises NotAllowed."""
    must_organise(actor)
    return await cards.awaiting(None if actor.role >= Role.ADMIN else actor.id)


def must_be_own(actor_id: UserId, user_id: UserId) -> None:
    """Raises NotAllowed."""
    if actor_id != user_id:
        raise NotAllowed("these are another person's coupons")
