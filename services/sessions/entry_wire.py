"""Entries as their organiser sees them, as messages."""

from collections.abc import Iterable

from fotbot.sessions.v1 import entries_service_pb2 as service
from fotbot.sessions.v1.entry_pb2 import Entry as EntryMessage
from fotbot.sessions.v1.payment_pb2 import PaymentEvent

from services.sessions import wire
from services.sessions.domain.cards import Card, Event
from services.sessions.domain.values import Session


def card(value: Card, history: Iterable[Event] = ()) -> EntryMessage:
    """An entry's message."""
    entry = value.entry
    return EntryMessage(
        id=entry.id,
        session_id=entry.session_id,
        kind=wire.kind(entry),
        user_id=entry.user_id,
        team_id=entry.team_id or 0,
        player_ids=entry.players,
        status=wire.entry_status(entry.status),
        position=entry.position,
        payment=wire.payment(entry.payment) if entry.payment else None,
        receipt_file_id=entry.payment.receipt if entry.payment else "",
        created_at=wire.timestamp(value.created_at),
        reason=entry.reason,
        history=map(_event, history),
        attended_ids=value.attended,
    )


def awaiting(session: Session, entries: int) -> service.Awaiting:
    """A session with how many of its entries wait."""
    return service.Awaiting(session=wire.session(session), entries=entries)


def _event(value: Event) -> PaymentEvent:
    return PaymentEvent(
        at=wire.timestamp(value.at),
        actor_id=value.actor_id,
        action=value.action,
        amount=value.amount,
        coupons=value.coupons,
        note=value.note,
    )
