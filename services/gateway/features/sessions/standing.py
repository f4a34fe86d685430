"""What the viewer has to do with a session: his entry or his team's, and where its payment
stands."""

from fotbot.sessions.v1.session_pb2 import (
    REGISTRATION_STATUS_CONFIRMED,
    REGISTRATION_STATUS_PENDING,
    REGISTRATION_STATUS_REJECTED,
    REGISTRATION_STATUS_WAITLISTED,
    Registration,
    Session,
)
from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from services.gateway.features.sessions import payments, views
from services.gateway.texts import Texts, typed_at_length

_OWN = {
    REGISTRATION_STATUS_CONFIRMED: "card.in",
    REGISTRATION_STATUS_PENDING: "card.pending",
    REGISTRATION_STATUS_WAITLISTED: "card.queued",
    REGISTRATION_STATUS_REJECTED: "card.rejected",
}
_TEAMS = {
    REGISTRATION_STATUS_WAITLISTED: "card.team.queued",
    REGISTRATION_STATUS_REJECTED: "card.team.rejected",
}
_TEAMS_PLACES = {
    REGISTRATION_STATUS_CONFIRMED: "card.team.in",
    REGISTRATION_STATUS_PENDING: "card.team.pending",
}


def standing(view: SessionView, texts: Texts, captain: str, *, over: bool) -> str:
    """Possibly empty. `captain` is the name of who registered the viewer's team, if another;
    `over`: nobody comes or goes any more."""
    session, entry = view.session, view.registration
    lines: list[str] = [texts("card.cancelled")]
    if not views.is_cancelled(session):
        lines = [_played(session, texts, over=over), _entry(entry, texts), _reason(entry, texts)]
        if captain and views.is_alive(view):
            lines.append(texts("card.team.captain", name=captain))
    lines.append(payments.line(entry, texts))
    return "\n".join(filter(None, lines))


def _played(session: Session, texts: Texts, *, over: bool) -> str:
    if not over:
        return ""
    return texts("card.finished") if views.is_finished(session) else texts("card.started")


def _entry(entry: Registration, texts: Texts) -> str:
    status, kinds = entry.status, _OWN
    if views.is_teams(entry):
        if key := _TEAMS_PLACES.get(status):
            return texts.plural(key, entry.places)
        kinds = _TEAMS
    key = kinds.get(status)
    return texts(key, place=entry.position) if key else ""


def _reason(entry: Registration, texts: Texts) -> str:
    if entry.status != REGISTRATION_STATUS_REJECTED or not entry.reason:
        return ""
    return texts("card.reason", reason=typed_at_length(entry.reason))
