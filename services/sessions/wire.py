"""The domain's values as messages, and requests as the domain's values."""

from datetime import UTC, datetime, timedelta

from fotbot.sessions.v1 import session_pb2 as wire
from fotbot.sessions.v1 import sessions_service_pb2 as service
from fotbot.sessions.v1.payment_pb2 import Payment as Money
from fotbot.sessions.v1.payment_pb2 import PaymentMethod
from fotbot.sessions.v1.payment_pb2 import PaymentStatus as WireStatus
from google.protobuf.timestamp_pb2 import Timestamp

from services.sessions.domain.entries import Entry, SessionView
from services.sessions.domain.money import Method, Payment, PaymentStatus
from services.sessions.domain.openings import Opening
from services.sessions.domain.refusals import FormatInvalid
from services.sessions.domain.values import (
    Changes,
    EntryStatus,
    Format,
    Plan,
    Session,
    SessionId,
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
_ENTRY_STATUSES = {
    status: wire.RegistrationStatus.Value(f"REGISTRATION_STATUS_{status.name}")
    for status in EntryStatus
}
_PAYMENT_STATUSES = {
    status: WireStatus.Value(f"PAYMENT_STATUS_{status.name}") for status in PaymentStatus
}
_PAYMENT_METHODS = {
    method: PaymentMethod.Value(f"PAYMENT_METHOD_{method.name}") for method in Method
}
_FORMATS_READ = {number: kind for kind, number in _FORMATS.items()}
_STATUSES = {
    Status.PLANNED: wire.SESSION_STATUS_PLANNED,
    Status.CANCELLED: wire.SESSION_STATUS_CANCELLED,
    Status.STARTED: wire.SESSION_STATUS_STARTED,
    Status.FINISHED: wire.SESSION_STATUS_FINISHED,
}


# Messages are filled in place: made from arguments, each part is made and then copied.


def venue(value: Venue) -> wire.Venue:
    """A venue's message."""
    return wire.Venue(id=value.id, name=value.name, time_zone=value.time_zone)


def session(value: Session) -> wire.Session:
    """A session's message."""
    message = wire.Session()
    _fill_session(message, value)
    return message


def view(value: SessionView) -> service.SessionView:
    """A view's message; `registration` stays unset without an entry."""
    message = service.SessionView()
    _fill_session(message.session, value.session)
    if value.entry:
        fill_registration(message.registration, value.entry, value.viewer)
    return message


class Views:
    """Views of few sessions by many newcomers: a session's message is made once, and copied with
    the counts, which are all that a newcomer changes."""

    def __init__(self) -> None:
        self._sessions: dict[SessionId, wire.Session] = {}

    def fill(self, message: service.SessionView, value: SessionView) -> None:
        """As `view` makes it."""
        of = value.session
        known = self._sessions.get(of.id)
        if known is None:
            known = self._sessions[of.id] = session(of)
        copied = message.session
        copied.CopyFrom(known)
        copied.taken, copied.waitlisted, copied.version = of.taken, of.waitlisted, of.version
        if value.entry:
            fill_registration(message.registration, value.entry, value.viewer)


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
        registration_opens_at=_opens_at(request),
    )


def span(request: service.ListAllSessionsRequest) -> tuple[datetime, datetime]:
    """From when on, and before when."""
    return _moment(request.since), _moment(request.until)


def opening_span(request: service.ListOpeningsRequest) -> tuple[datetime, datetime]:
    """From when on, and before when."""
    return _moment(request.opens_after), _moment(request.opens_before)


def opening(value: Opening) -> service.Opening:
    """An opening's message."""
    return service.Opening(
        session_id=value.session_id,
        opens_at=timestamp(value.opens_at),
        capacity=value.capacity,
        expected_taps=value.expected_taps,
    )


def changes(request: service.EditSessionRequest) -> Changes:
    """What an edit sets."""
    return Changes(
        venue_id=VenueId(request.venue_id) if request.HasField("venue_id") else None,
        starts_at=_moment(request.starts_at) if request.HasField("starts_at") else None,
        ends_at=_moment(request.ends_at) if request.HasField("ends_at") else None,
        price=request.price if request.HasField("price") else None,
        capacity=request.capacity if request.HasField("capacity") else None,
        registration_opens_at=_opens_at(request),
    )


def payment(value: Payment) -> Money:
    """A payment's message."""
    message = Money()
    _fill_payment(message, value)
    return message


def entry_status(value: EntryStatus) -> wire.RegistrationStatus.ValueType:
    """An entry's standing."""
    return _ENTRY_STATUSES[value]


def kind(value: Entry) -> wire.RegistrationKind.ValueType:
    """Whose entry it is."""
    if value.team_id is None:
        return wire.REGISTRATION_KIND_INDIVIDUAL
    return wire.REGISTRATION_KIND_TEAM


def timestamp(moment: datetime) -> Timestamp:
    """In whole seconds."""
    return Timestamp(seconds=int(moment.timestamp()))


def fill_registration(message: wire.Registration, entry: Entry, viewer: UserId) -> None:
    """An entry as a person in it sees it."""
    message.session_id = entry.session_id
    message.user_id = viewer
    message.status = _ENTRY_STATUSES[entry.status]
    message.position = entry.position
    message.entry_id = entry.id
    message.kind = kind(entry)
    if entry.team_id is not None:
        message.team_id = entry.team_id
    message.places = entry.places
    message.registered_by = entry.user_id
    if entry.reason:
        message.reason = entry.reason
    if entry.payment:
        _fill_payment(message.payment, entry.payment)


def _fill_payment(message: Money, value: Payment) -> None:
    message.SetInParent()
    message.amount = value.amount
    message.coupons = value.coupons
    message.status = _PAYMENT_STATUSES[value.status]
    message.method = _PAYMENT_METHODS[value.method]


def _fill_session(message: wire.Session, value: Session) -> None:
    message.id = value.id
    place, of = message.venue, value.venue
    place.id, place.name, place.time_zone = of.id, of.name, of.time_zone
    message.starts_at.seconds = int(value.starts_at.timestamp())
    message.ends_at.seconds = int(value.ends_at.timestamp())
    message.format = _FORMATS[value.format]
    message.price = value.price
    message.capacity = value.capacity
    message.taken = value.taken
    message.waitlisted = value.waitlisted
    message.status = _STATUSES[value.status]
    message.organiser_id = value.organiser_id
    message.version = value.version
    message.squad_size = value.squad_size
    message.needs_approval = value.needs_approval
    message.man_of_session_id = value.man_of_session_id or 0
    if value.registration_opens_at is not None:
        message.registration_opens_at.seconds = int(value.registration_opens_at.timestamp())


def _opens_at(
    request: service.CreateSessionRequest | service.EditSessionRequest,
) -> datetime | None:
    given = request.HasField("registration_opens_at")
    return _moment(request.registration_opens_at) if given else None


def _moment(stamp: Timestamp) -> datetime:
    """Whole seconds; an unset one is long past, an absurd one is as far as datetimes go."""
    return _EPOCH + timedelta(seconds=min(max(stamp.seconds, 0), _FAR_SECONDS))
