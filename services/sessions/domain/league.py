"""What organisers set once, and who may read what was done. What is typed is made fit here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.chassis.errors import Invalid
from services.chassis.plain_text import grapheme_clusters, one_line
from services.sessions.domain.refusals import NotAllowed, SessionNotFound
from services.sessions.domain.rights import must_organise
from services.sessions.domain.rules import check_price
from services.sessions.domain.values import Person, Role, SessionId, UserId

MAX_PAYEE, MAX_REQUISITES = 64, 300
"""Grapheme clusters."""

USUAL_PRICE = 40_000
"""Whole so'm for one person, until an organiser sets his own."""


class PayeeInvalid(Invalid):
    """Nothing of it can be seen, or it is too long."""

    reason = "PAYEE_INVALID"


class RequisitesInvalid(Invalid):
    """Nothing of them can be seen, or they are too long."""

    reason = "REQUISITES_INVALID"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentDetails:
    """Who is paid and where: a card, an account, a link. Empty until set."""

    payee: str = ""
    requisites: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganiserSettings:
    """What one organiser has set."""

    details: PaymentDetails = PaymentDetails()
    default_price: int = USUAL_PRICE


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChange:
    """What an edit sets; None leaves a thing as it is."""

    payee: str | None = None
    requisites: str | None = None
    default_price: int | None = None

    @property
    def given(self) -> dict[str, str | int]:
        """What is set, by name."""
        fields: dict[str, str | int | None] = {
            "payee": self.payee,
            "requisites": self.requisites,
            "default_price": self.default_price,
        }
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One thing somebody did; ids are 0 where there is none."""

    id: int
    at: datetime
    actor_id: int
    action: str
    session_id: int
    subject_id: int
    note: str


class League(Protocol):
    """Settings and what was done, to be read."""

    async def settings(self, user_id: UserId) -> OrganiserSettings | None:
        """None until something is set."""

    async def organiser_of(self, session_id: SessionId) -> UserId | None:
        """None: no such session."""

    async def done(self, session_id: SessionId | None, before: int, count: int) -> Sequence[Done]:
        """The newest first, with ids smaller than `before` unless that is 0."""


class LeagueStore(League, Protocol):
    """One write transaction: all of it happens, or none."""

    async def change(self, user_id: UserId, change: SettingsChange) -> OrganiserSettings:
        """Keep what `change` sets; what was set since stays."""

    async def record(self, actor_id: UserId, action: str, note: str) -> None:
        """Write down who did what."""


async def payment_details(
    league: League, session_id: SessionId, leagues_own: PaymentDetails
) -> PaymentDetails:
    """The organiser's, else the league's: never one's name with the other's card.

    Raises SessionNotFound.
    """
    settings = await league.settings(await _organiser(league, session_id))
    return settings.details if settings and settings.details.requisites else leagues_own


async def own_settings(league: League, actor: Person) -> OrganiserSettings:
    """Raises NotAllowed."""
    must_organise(actor)
    return await league.settings(actor.id) or OrganiserSettings()


async def change_settings(
    league: LeagueStore, actor: Person, change: SettingsChange
) -> OrganiserSettings:
    """What was changed is written down, what was typed is not.

    Raises NotAllowed, PayeeInvalid, RequisitesInvalid, PriceInvalid.
    """
    must_organise(actor)
    if change.default_price is not None:
        check_price(change.default_price)
    cleaned = SettingsChange(
        payee=None if change.payee is None else _payee(change.payee),
        requisites=None if change.requisites is None else _requisites(change.requisites),
        default_price=change.default_price,
    )
    await league.record(actor.id, "settings.edit", ", ".join(cleaned.given))
    return await league.change(actor.id, cleaned)


async def what_was_done(
    league: League, actor: Person, session_id: SessionId, before: int, count: int
) -> Sequence[Done]:
    """Of one session, for who runs it; of all (session 0), for admins.

    Raises NotAllowed, SessionNotFound.
    """
    must_organise(actor)
    if session_id:
        organiser = await _organiser(league, session_id)
        if actor.role < Role.ADMIN and actor.id != organiser:
            raise NotAllowed(f"session {session_id} is another organiser's")
    elif actor.role < Role.ADMIN:
        raise NotAllowed(f"user {actor.id} is no admin")
    return await league.done(session_id or None, before, count)


async def _organiser(league: League, session_id: SessionId) -> UserId:
    organiser = await league.organiser_of(session_id)
    if organiser is None:
        raise SessionNotFound(f"no session {session_id}", session_id=session_id)
    return organiser


def _payee(text: str) -> str:
    cleaned = one_line(text, MAX_PAYEE + 1)
    if not cleaned or _length(cleaned) > MAX_PAYEE:
        raise PayeeInvalid("not 1-64 characters that can be seen", max=MAX_PAYEE)
    return cleaned


def _requisites(text: str) -> str:
    """Line by line, as typed: cards and accounts are told apart by lines."""
    lines = [one_line(line, MAX_REQUISITES + 1) for line in text[:10_000].splitlines()]
    cleaned = "\n".join(line for line in lines if line)
    if not cleaned or _length(cleaned) > MAX_REQUISITES:
        raise RequisitesInvalid("not 1-300 characters that can be seen", max=MAX_REQUISITES)
    return cleaned


def _length(text: str) -> int:
    return sum(1 for _ in grapheme_clusters(text))
