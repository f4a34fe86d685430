"""Short answers that no feature gives: refusals, and what is said when something failed."""

from html import escape

from services.gateway.answers import Answer, Screen
from services.gateway.incoming import Incoming, Kind
from services.gateway.texts import Texts


def apology(texts: Texts, key: str, incoming: Incoming) -> Answer:
    """A text of ours: a window over the chat after a tap, else a message."""
    if incoming.kind is Kind.TAP:
        return Answer(toast=texts.toast(key), alert=True)
    return Answer(screen=Screen(text=texts(key)))


def stale(texts: Texts) -> Answer:
    """A button that leads nowhere any more."""
    return Answer(toast=texts.toast("stale"))


def refusal(texts: Texts, reason: str, incoming: Incoming) -> Answer:
    """Why a service said no."""
    text = texts.refusal(reason)
    if incoming.kind is Kind.TAP:
        return Answer(toast=text, alert=True)
    return Answer(screen=Screen(text=escape(text, quote=False)))
