"""What the viewer has to do with a session: his entry or his team's, and where its payment
stands."""

from datetime import datetime

from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from services.gateway.features.sessions import payments, views
from services.gateway.texts import Texts, typed_at_length


def standing(view: SessionView, now: datetime, texts: Texts, captain: str = "") -> str:
    """Possibly empty. `captain` is the name of who registered the viewer's team, if another."""
    lines: list[str] = [texts("card.cancelled")]
    if not views.is_cancelled(view.session):
        lines = [_played(view, now, texts), _entry(view, texts), _reason(view, texts)]
        if captain and views.is_alive(view):
            lines.append(texts("card.team.captain", name=captain))
    lines.append(payments.line(view.registration, texts))
    return "\n".join(line for line in lines if line)


def _played(view: SessionView, now: datetime, texts: Texts) -> str:
    if views.is_finished(view.session):
        return texts("card.finished")
    if views.is_played(view.session) or now >= views.starts(view.session):
        return texts("card.started")
    return ""


def _entry(view: SessionView, texts: Texts) -> str:
    entry = view.registration
    if views.is_teams(entry):
        return _teams(view, texts)
    if views.is_in(view):
        return texts("card.in", place=entry.position)
    if views.is_pending(view):
        return texts("card.pending", place=entry.position)
    if views.is_queued(view):
        return texts("card.queued", place=entry.position)
    return texts("card.rejected") if views.is_rejected(view) else ""


def _teams(view: SessionView, texts: Texts) -> str:
    entry = view.registration
    if views.is_in(view):
        return texts.plural("card.team.in", entry.places)
    if views.is_pending(view):
        return texts.plural("card.team.pending", entry.places)
    if views.is_queued(view):
        return texts("card.team.queued", place=entry.position)
    return texts("card.team.rejected") if views.is_rejected(view) else ""


def _reason(view: SessionView, texts: Texts) -> str:
    reason = view.registration.reason
    if not views.is_rejected(view) or not reason:
        return ""
    return texts("card.reason", reason=typed_at_length(reason))
