"""Turns a row of a feature's tables into what both ways lead to, and aiogram's events into its
arguments.

One small function per table; a hot row's hands the handler's awaitable on, since each coroutine
around another costs every update. Which text is a shortcut was found out at the door
(shortcuts.py); the filters here only compare.
"""

from collections.abc import Awaitable, Callable

from aiogram.filters import Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from services.gateway.answers import Answer
from services.gateway.apologies import apology
from services.gateway.arrivals import Arrival, Outcome
from services.gateway.calls import Call, TelegramId
from services.gateway.features.feature import Asked, Commanded, Contact, Heard, Said, Tapped
from services.gateway.places import Place
from services.gateway.shortcuts import Way

Leading = Callable[[Arrival, Call], Awaitable[Answer]]
"""A row that needs nothing more."""

Pressing = Callable[[Arrival, Call, CallbackData], Awaitable[Answer]]
"""A row of buttons."""

Adapted = Callable[..., Awaitable[Answer]]
"""What aiogram calls."""


class LeadsTo(Filter):
    """The message's text is this shortcut."""

    def __init__(self, way: Way, key: str) -> None:
        self._way, self._key = way, key

    async def __call__(self, _message: Message, arrival: Arrival, call: Call) -> bool:
        """True in the private chat only."""
        found = arrival.shortcut
        return bool(found and call.private and found.way is self._way and found.key == self._key)


class AtStep(Filter):
    """The person is at this step of a conversation, and the text is no shortcut."""

    def __init__(self, place: str) -> None:
        self._place = place

    async def __call__(self, _message: Message, arrival: Arrival, call: Call) -> bool:
        """True when what was said is for the step."""
        talk = call.conversation
        return bool(talk and arrival.shortcut is None and talk.place == self._place)


class Pressed(Filter):
    """The tap's data is of this class, under a message of the private chat."""

    def __init__(self, kind: type[CallbackData]) -> None:
        self._kind = kind

    async def __call__(self, query: CallbackQuery, call: Call) -> bool | dict[str, CallbackData]:
        """The data, or False for anything that is not exactly that."""
        if not query.data or not call.private:
            return False
        try:
            return {"pressed": self._kind.unpack(query.data)}
        except (TypeError, ValueError):
            return False


class InPrivate(Filter):
    """A message of the private chat."""

    async def __call__(self, _message: Message, call: Call) -> bool:
        """True there."""
        return call.private


def asked(place: Place, handler: Asked) -> Leading:
    """For the menu and for groups: the call alone."""

    def leading(_arrival: Arrival, call: Call) -> Awaitable[Answer]:
        return place.observe(handler(call))

    return leading


def commanded(place: Place, handler: Commanded) -> Leading:
    """For commands and deep links: what is left of the line."""

    def leading(arrival: Arrival, call: Call) -> Awaitable[Answer]:
        argument = arrival.shortcut.argument if arrival.shortcut else ""
        return place.observe(handler(call, argument))

    return leading


def tapped(place: Place, handler: Tapped) -> Pressing:
    """For buttons: their data."""

    def pressing(_arrival: Arrival, call: Call, pressed: CallbackData) -> Awaitable[Answer]:
        return place.observe(handler(call, pressed))

    return pressing


def tapped_at_a_step(place: Place, handler: Tapped) -> Pressing:
    """For buttons that hang on a conversation."""
    surely = tapped(place, handler)

    async def pressing(arrival: Arrival, call: Call, pressed: CallbackData) -> Answer:
        return _later(arrival, call) or await surely(arrival, call, pressed)

    return pressing


def by_message(leading: Leading) -> Adapted:
    """As aiogram calls it after a message."""

    async def adapted(_message: Message, call: Call, arrival: Arrival) -> Answer:
        return await leading(arrival, call)

    return adapted


def by_tap(pressing: Pressing) -> Adapted:
    """As aiogram calls it after a tap."""

    async def adapted(
        _query: CallbackQuery, call: Call, arrival: Arrival, pressed: CallbackData
    ) -> Answer:
        return await pressing(arrival, call, pressed)

    return adapted


def stepped(place: Place, handler: Heard) -> Adapted:
    """For the steps of conversations: what was said."""

    async def adapted(message: Message, call: Call, arrival: Arrival) -> Answer:
        arrival.stepped = True
        return await place.observe(handler(call, said(message)))

    return adapted


def heard(place: Place, handler: Heard) -> Adapted:
    """For what nothing else took: it may have been meant for a conversation."""

    async def adapted(message: Message, call: Call, arrival: Arrival) -> Answer:
        return _later(arrival, call) or await place.observe(handler(call, said(message)))

    return adapted


def _later(arrival: Arrival, call: Call) -> Answer | None:
    """Without the cluster nobody knows where a conversation is."""
    if not arrival.unsure:
        return None
    arrival.outcome = Outcome.LATER
    return apology(call.texts, "later", arrival.incoming)


def said(message: Message) -> Said:
    """What a message says. An edited one says nothing new: the step asks again."""
    if message.edit_date is not None:
        return Said()
    photo = message.photo[-1].file_id if message.photo else None
    return Said(text=message.text, contact=_contact(message), photo=photo)


def _contact(message: Message) -> Contact | None:
    shared = message.contact
    if shared is None:
        return None
    owner = TelegramId(shared.user_id) if shared.user_id else None
    return Contact(phone=shared.phone_number, telegram_id=owner)
