"""The domain's values as messages, and requests as the domain's values."""

from datetime import UTC, datetime, timedelta

from fotbot.sessions.v1 import session_pb2 as wire
from fotbot.sessions.v1 import sessions_service_pb2 as service
from fotbot.sessions.v1.payment_pb2 import Payment as Money
from fotbot.sessions.v1.payment_pb2 import PaymentMethod, PaymentStatus
from google.protobuf.timestamp_pb2 import Timestamp

from services.sessions.domain.entries import Entry, SessionView
from services.sessions.domain.money import Payment
from services.sessions.domain.refusals import FormatInvalid
from services.sessions.domain.values import (
    Changes,
    EntryStatus,
    Format,
    Plan,
    Session,
    Status,
    UserId,
    Venue,
    VenueId,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Beyond what a datetime holds lies only what the rules refuse anyway.
_FAR_SECONDS = 253_402_300_799 - 86_400

USUAL_SQUAD = 7

_FORMATS = {
    Format.FIVE_A_SIDE: wire.FORMAT_FIVE_A_SIDE,
    Format.SIX_A_SIDE: wire.FORMAT_SIX_A_SIDE,
}
_FORMATS_READ = {number: kind for kind, number in _FORMATS.items()}
_STATUSES = {
    Status.PLANNED: wire.SESSION_STATUS_PLANNED,
    Status.CANCELLED: wire.SESSION_STATUS_CANCELLED,
    Status.STARTED: wire.SESSION_STATUS_STARTED,
    Status.FINISHED: wire.SESSION_STATUS_FINISHED,
}


def venue(value: Venue) -> wire.Venue:
    """A venue's message."""
    return wire.Venue(id=value.id, name=value.name, time_zone=value.time_zone)


def session(value: Session) -> wire.Session:
    """A session's message."""
    return wire.Session(
        id=value.id,
        venue=venue(value.venue),
        starts_at=timestamp(value.starts_at),
        ends_at=timestamp(value.ends_at),
        format=_FORMATS[value.format],
        price=value.price,
        capacity=value.capacity,
        taken=value.taken,
        waitlisted=value.waitlisted,
        status=_STATUSES[value.status],
        organiser_id=value.organiser_id,
        version=value.version,
        squad_size=value.squad_size,
        needs_approval=value.needs_approval,
        man_of_session_id=value.man_of_session_id or 0,
    )


def view(value: SessionView) -> service.SessionView:
    """A view's message; `registration` stays unset without an entry."""
    registration = _registration(value.entry, value.viewer) if value.entry else None
    return service.SessionView(session=session(value.session), registration=registration)


def plan(request: service.CreateSessionRequest) -> Plan:
    """What an organiser asks for. Raises FormatInvalid; all else is for the rules."""
    if request.format not in _FORMATS_READ:
        raise FormatInvalid(f"no format {request.format}")
    return Plan(
        venue_id=VenueId(request.venue_id),
        starts_at=_moment(request.starts_at),
        ends_at=_moment(request.ends_at),
        format=_FORMATS_READ[request.format],
        price=request.price,
        capacity=request.capacity,
        squad_size=request.squad_size or USUAL_SQUAD,
        needs_approval=request.needs_approval,
    )


def span(request: service.ListAllSessionsRequest) -> tuple[datetime, datetime]:
    """From when on, and before when."""
    return _moment(request.since), _moment(request.until)


def changes(request: service.EditSessionRequest) -> Changes:
    """What an edit sets."""
    return Changes(
        venue_id=VenueId(request.venue_id) if request.HasField("venue_id") else None,
        starts_at=_moment(request.starts_at) if request.HasField("starts_at") else None,
        ends_at=_moment(request.ends_at) if request.HasField("ends_at") else None,
        price=request.price if request.HasField("price") else None,
        capacity=request.capacity if request.HasField("capacity") else None,
    )


def payment(value: Payment) -> Money:
    """A payment's message."""
    return Money(
        amount=value.amount,
        coupons=value.coupons,
        status=PaymentStatus.Value(f"PAYMENT_STATUS_{value.status.name}"),
        method=PaymentMethod.Value(f"PAYMENT_METHOD_{value.method.name}"),
    )


def entry_status(value: EntryStatus) -> wire.RegistrationStatus.ValueType:
    """An entry's standing."""
    return wire.RegistrationStatus.Value(f"REGISTRATION_STATUS_{value.name}")


def kind(value: Entry) -> wire.RegistrationKind.ValueType:
    """Whose entry it is."""
    if value.team_id is None:
        return wire.REGISTRATION_KIND_INDIVIDUAL
    return wire.REGISTRATION_KIND_TEAM


def timestamp(moment: datetime) -> Timestamp:
    """In whole seconds."""
    return Timestamp(seconds=int(moment.timestamp()))


def _registration(entry: Entry, viewer: UserId) -> wire.Registration:
    return wire.Registration(
        session_id=entry.session_id,
        user_id=viewer,
        status=entry_status(entry.status),
        position=entry.position,
        entry_id=entry.id,
        kind=kind(entry),
        team_id=entry.team_id or 0,
        places=entry.places,
        payment=payment(entry.payment) if entry.payment else None,
        registered_by=entry.user_id,
        reason=entry.reason,
    )


def _moment(stamp: Timestamp) -> datetime:
    """Whole seconds; an unset one is long past, an absurd one is as far as datetimes go."""
    return _EPOCH + timedelta(seconds=min(max(stamp.seconds, 0), _FAR_SECONDS))
