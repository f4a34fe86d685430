"""Turns aiogram's events into a handler's arguments, and measures the handler.

One small function per table of a feature. Which text is a shortcut was found out at the door
(shortcuts.py); the filters here only compare.
"""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aiogram.filters import Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message, TelegramObject

from services.chassis import metrics, telemetry
from services.gateway.answers import Answer
from services.gateway.apologies import apology
from services.gateway.arrivals import Arrival, Outcome
from services.gateway.calls import Call, TelegramId
from services.gateway.features.feature import Asked, Commanded, Contact, Heard, Said, Tapped
from services.gateway.metrics import HANDLER_SECONDS
from services.gateway.shortcuts import Way

Adapted = Callable[..., Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Place:
    """A handler's place in the features' tables, for traces and metrics."""

    feature: str
    handler: str


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


def asked(place: Place, handler: Asked) -> Adapted:
    """For the menu and for groups: the call alone."""

    async def adapted(_message: Message, call: Call) -> Answer:
        with _observed(place):
            return await handler(call)

    return adapted


def commanded(place: Place, handler: Commanded) -> Adapted:
    """For commands and deep links: what is left of the line."""

    async def adapted(_message: Message, call: Call, arrival: Arrival) -> Answer:
        argument = arrival.shortcut.argument if arrival.shortcut else ""
        with _observed(place):
            return await handler(call, argument)

    return adapted


def stepped(place: Place, handler: Heard) -> Adapted:
    """For the steps of conversations: what was said."""

    async def adapted(message: Message, call: Call, arrival: Arrival) -> Answer:
        arrival.stepped = True
        with _observed(place):
            return await handler(call, said(message))

    return adapted


def heard(place: Place, handler: Heard) -> Adapted:
    """For what nothing else took."""

    async def adapted(message: Message, call: Call) -> Answer:
        with _observed(place):
            return await handler(call, said(message))

    return adapted


def tapped(place: Place, handler: Tapped) -> Adapted:
    """For buttons: their data."""

    async def adapted(_query: CallbackQuery, call: Call, pressed: CallbackData) -> Answer:
        with _observed(place):
            return await handler(call, pressed)

    return adapted


def unless_unsure(adapted: Adapted) -> Adapted:
    """For what hangs on a conversation: without the cluster nobody knows where it is."""

    async def guarded(
        event: TelegramObject, call: Call, arrival: Arrival, pressed: CallbackData | None = None
    ) -> Answer:
        if arrival.unsure:
            arrival.outcome = Outcome.LATER
            return apology(call.texts, "later", arrival.incoming)
        given = {} if pressed is None else {"pressed": pressed}
        return await adapted(event, call=call, **given)

    return guarded


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


@contextmanager
def _observed(place: Place) -> Iterator[None]:
    started, outcome = time.perf_counter(), "raised"
    name = f"{place.feature} {place.handler}"
    with telemetry.tracer().start_as_current_span(name, record_exception=False):
        try:
            yield
            outcome = Outcome.DONE
        finally:
            seconds = time.perf_counter() - started
            metrics.observe(HANDLER_SECONDS, seconds, place.feature, place.handler, outcome)
