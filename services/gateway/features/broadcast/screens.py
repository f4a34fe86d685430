"""The question for the text, the preview, and how far a broadcast is."""

from html import escape

from fotbot.sender.v1.sender_service_pb2 import CountNoticesResponse
from fotbot.sessions.v1.league_service_pb2 import (
    BROADCAST_STATUS_RUNNING,
    BROADCAST_STATUS_STOPPED,
    Broadcast,
)
from fotbot.sessions.v1.session_pb2 import Session

from services.gateway.answers import Button, Screen, Style
from services.gateway.features.broadcast.callbacks import (
    RefreshBroadcast,
    SendBroadcast,
    StopBroadcast,
)
from services.gateway.features.by_day.callbacks import OpenOrganising, ShowDays
from services.gateway.features.cancel.callbacks import LeaveConversation
from services.gateway.features.sessions import views
from services.gateway.texts import Html, Texts
from services.gateway.texts.typed import shown


def ask(session: Session | None, texts: Texts, problem: str = "") -> Screen:
    """`problem` is what was wrong with the last answer."""
    parts = [_title(session, texts)]
    if session:
        parts.append(_where(session, texts))
    if problem:
        parts.append(Html(f"⚠️ {problem}"))
    return Screen(text="\n\n".join([*parts, texts("broadcast.ask")]), buttons=((_cancel(texts),),))


def preview(text: str, people: int, session: Session | None, texts: Texts) -> Screen:
    """As it will arrive, and to how many."""
    message = [_head(session, texts), Html(escape(text, quote=False))]
    notes = [
        texts.plural("broadcast.people", people) if people else texts("broadcast.nobody"),
        texts("broadcast.night"),
        texts("broadcast.again"),
    ]
    send = Button(text=texts.plain("broadcast.send"), data=SendBroadcast(), style=Style.SUCCESS)
    return Screen(
        text="\n\n".join([texts("broadcast.preview"), *message, "➖➖➖", "\n".join(notes)]),
        buttons=(*(((send,),) if people else ()), (_cancel(texts),)),
    )


def progress(broadcast: Broadcast, counted: CountNoticesResponse | None, texts: Texts) -> Screen:
    """What the sender says of it, if it can be asked."""
    session_id = broadcast.session_id
    title = texts("broadcast.to_session" if session_id else "broadcast.to_all")
    lines = [
        texts(_status(broadcast, counted)),
        texts.plural("broadcast.people", broadcast.total),
    ]
    if counted:
        lines += [
            texts("broadcast.delivered", n=counted.delivered),
            texts("broadcast.waiting", n=_waiting(broadcast, counted)),
            texts("broadcast.undelivered", n=counted.undelivered),
        ]
    beginning = Html(f"<i>{escape(shown(broadcast.text), quote=False)}</i>")
    return Screen(
        text="\n\n".join([title, beginning, "\n".join(lines)]),
        buttons=(*_steering(broadcast, counted, texts), (_back(session_id, texts),)),
    )


def _steering(
    broadcast: Broadcast, counted: CountNoticesResponse | None, texts: Texts
) -> tuple[tuple[Button, ...], ...]:
    """While something is still to come."""
    if not _goes_on(broadcast, counted):
        return ()
    refresh = Button(
        text=texts.plain("broadcast.refresh"), data=RefreshBroadcast(broadcast_id=broadcast.id)
    )
    if broadcast.status == BROADCAST_STATUS_STOPPED:
        return ((refresh,),)
    stop = Button(
        text=texts.plain("broadcast.stop"),
        data=StopBroadcast(broadcast_id=broadcast.id),
        style=Style.DANGER,
    )
    return ((refresh, stop),)


def _status(broadcast: Broadcast, counted: CountNoticesResponse | None) -> str:
    """Handed over whole is not all sent yet."""
    if broadcast.status == BROADCAST_STATUS_STOPPED:
        return "broadcast.stopped"
    return "broadcast.running" if _goes_on(broadcast, counted) else "broadcast.done"


def _goes_on(broadcast: Broadcast, counted: CountNoticesResponse | None) -> bool:
    """Also while nobody can say."""
    if counted is None or broadcast.status == BROADCAST_STATUS_RUNNING:
        return True
    return counted.waiting > 0


def _waiting(broadcast: Broadcast, counted: CountNoticesResponse) -> int:
    """In the sender, and, while it runs, those not handed over yet."""
    if broadcast.status != BROADCAST_STATUS_RUNNING:
        return counted.waiting
    return max(broadcast.total - counted.delivered - counted.undelivered, counted.waiting)


def _title(session: Session | None, texts: Texts) -> Html:
    return texts("broadcast.to_session" if session else "broadcast.to_all")


def _head(session: Session | None, texts: Texts) -> Html:
    """The first lines of the notice, as the sender writes them."""
    if session is None:
        return texts("notice.broadcast")
    when = views.when(session, texts.language)
    return texts("notice.broadcast_session", venue=session.venue.name, when=when)


def _where(session: Session, texts: Texts) -> Html:
    when = views.when(session, texts.language)
    return texts("broadcast.session", venue=session.venue.name, when=when)


def _cancel(texts: Texts) -> Button:
    return Button(text=texts.plain("cancel.button"), data=LeaveConversation())


def _back(session_id: int, texts: Texts) -> Button:
    to = OpenOrganising(session_id=session_id) if session_id else ShowDays()
    return Button(text=texts.plain("broadcast.back"), data=to)
