"""The last question before a place is given up for which something was given: what comes back."""

from datetime import datetime

from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from services.gateway.answers import Button, Screen, Style
from services.gateway.features import clock
from services.gateway.features.sessions import payments, views
from services.gateway.features.sessions.callbacks import ConfirmLeaving, OpenSession
from services.gateway.features.sessions.card import facts
from services.gateway.texts import Html, Texts, dates


def needs_asking(view: SessionView, texts: Texts) -> bool:
    """Money or coupons were given, or a whole team would go."""
    if not views.is_alive(view) or not views.is_own(view.registration):
        return False
    entry = view.registration
    return views.is_teams(entry) or payments.at_stake(entry, texts) is not None


def comes_back(view: SessionView, now: datetime) -> bool:
    """It is early enough, as sessions tells."""
    return now < _until(view)


def question(view: SessionView, now: datetime, texts: Texts) -> Screen:
    session = view.session
    back = comes_back(view, now)
    yes = ConfirmLeaving(session_id=session.id, back=back)
    stay = OpenSession(session_id=session.id)
    blocks = [facts(session, texts), _asked(view, texts), _outcome(view, texts, back=back)]
    return Screen(
        text="\n\n".join(filter(None, blocks)),
        buttons=(
            (Button(text=texts.plain("leave.yes"), data=yes, style=Style.DANGER),),
            (Button(text=texts.plain("leave.no"), data=stay),),
        ),
    )


def _asked(view: SessionView, texts: Texts) -> Html:
    entry = view.registration
    if views.is_teams(entry):
        return texts.plural("leave.ask.team", entry.places)
    return texts("leave.ask")


def _outcome(view: SessionView, texts: Texts, *, back: bool) -> str:
    given = payments.at_stake(view.registration, texts)
    if given is None:
        return ""
    until = dates.local(_until(view), view.session.venue.time_zone)
    moment = f"{dates.day_month(until.date(), texts.language)}, {dates.clock(until)}"
    key = "leave.comes_back" if back else "leave.stays"
    return texts(key, given=given, until=moment)


def _until(view: SessionView) -> datetime:
    return clock.instant(view.refund_until)
