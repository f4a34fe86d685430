"""One session's card. What may be done is decided by sessions; here is what is worth offering."""

from functools import lru_cache

from fotbot.sessions.v1.session_pb2 import Session
from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from services.gateway.answers import Screen
from services.gateway.calls import Call
from services.gateway.features.names import names
from services.gateway.features.sessions import views
from services.gateway.features.sessions.offers import buttons
from services.gateway.features.sessions.standing import standing
from services.gateway.texts import Texts

PLACES_REMEMBERED = 8192


async def present(call: Call, view: SessionView, note: str = "") -> Screen:
    """The card; whose team the caller plays in is asked of users."""
    entry = view.registration
    if not views.is_alive(view) or views.is_own(entry):
        return card(view, call, note)
    known = await names(call, [entry.registered_by])
    return card(view, call, note, captain=known[entry.registered_by])


def card(view: SessionView, call: Call, note: str = "", captain: str = "") -> Screen:
    """The card as the caller sees it, under a note on what has just happened. `captain`: who
    registered the caller's team, when it was another."""
    over = views.is_over(view.session, call.now)
    text = _text(view, call, captain, over=over)
    return Screen(
        text=f"{note}\n\n{text}" if note else text,
        buttons=buttons(view, call, over=over),
    )


def facts(session: Session, texts: Texts) -> str:
    """Where, when, in which format, at what price."""
    return texts(
        "card.facts",
        venue=session.venue.name,
        when=views.when(session, texts.language),
        format=views.format_name(session.format, texts),
        price=views.price(session.price, texts),
    )


def _text(view: SessionView, call: Call, captain: str, *, over: bool) -> str:
    session, texts = view.session, call.texts
    text = f"{facts(session, texts)}\n\n{_places(session.taken, session.capacity, texts)}"
    if waiting := session.waitlisted:
        text = f"{text}\n{texts('card.waiting', waiting=waiting)}"
    if session.needs_approval and not over:
        text = f"{text}\n{texts('card.needs_approval')}"
    if not over and views.is_early(session, call.now):
        text = f"{text}\n{texts('card.opens', when=views.opening(session, texts.language))}"
    stands = standing(view, texts, captain, over=over)
    return f"{text}\n\n{stands}" if stands else text


@lru_cache(PLACES_REMEMBERED)
def _places(taken: int, capacity: int, texts: Texts) -> str:
    free = capacity - taken
    left = texts("card.free_places", free=free) if free > 0 else texts("card.full")
    return texts("card.places", bar=views.bar(taken, capacity), left=left)
