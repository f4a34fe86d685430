"""The short way to hot handlers: one look-up, without aiogram's models and routers.

Shortcuts and buttons of the private chat go by it to the very functions that aiogram's routers
hold, through the same middlewares; a test shows that both ways answer the same. Conversations and
rare updates go by aiogram.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any

from aiogram import BaseMiddleware
from aiogram.filters.callback_data import CallbackData
from aiogram.types import TelegramObject

from services.gateway.adapters import Adapted, Place, asked, commanded, tapped, unless_unsure
from services.gateway.answers import Answer
from services.gateway.arrivals import Arrival
from services.gateway.calls import Call
from services.gateway.features.feature import Feature
from services.gateway.incoming import Kind
from services.gateway.shortcuts import Way

Led = Callable[[Arrival, Call], Awaitable[Answer]]
_NO_EVENT = TelegramObject()
_SEPARATOR = ":"


class ShortWay:
    """The features' tables as dictionaries."""

    def __init__(self, features: Iterable[Feature], middlewares: Sequence[BaseMiddleware]) -> None:
        self._middlewares = middlewares
        self._texts: dict[tuple[Way, str], Led] = {}
        self._taps: dict[str, tuple[type[CallbackData], Adapted]] = {}
        for feature in features:
            self._learn(feature)

    def find(self, arrival: Arrival) -> Led | None:
        """The handler this update leads to, if it is a hot one."""
        incoming = arrival.incoming
        if not incoming.private:
            return None
        if incoming.kind is Kind.TAP:
            return self._tap(incoming.data)
        found = arrival.shortcut
        return self._texts.get((found.way, found.key)) if found else None

    async def go(self, led: Led, arrival: Arrival) -> Any:
        """What the middlewares make of the handler's answer."""

        async def handler(_event: TelegramObject, data: dict[str, Any]) -> Answer:
            return await led(arrival, data["call"])

        wrapped: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]] = handler
        for middleware in reversed(self._middlewares):
            wrapped = partial(middleware, wrapped)
        return await wrapped(_NO_EVENT, {"arrival": arrival})

    def _tap(self, data: object) -> Led | None:
        if not isinstance(data, str):
            return None
        kind, adapted = self._taps.get(data.split(_SEPARATOR, 1)[0], (None, None))
        if kind is None or adapted is None:
            return None
        try:
            pressed = kind.unpack(data)
        except (TypeError, ValueError):
            return None
        return lambda arrival, call: adapted(_NO_EVENT, call=call, arrival=arrival, pressed=pressed)

    def _learn(self, feature: Feature) -> None:
        for name, command in feature.commands.items():
            adapted = commanded(Place(feature.name, f"/{name}"), command)
            self._texts[Way.COMMAND, name] = _with_arrival(adapted)
        for prefix, command in feature.deep_links.items():
            adapted = commanded(Place(feature.name, f"link {prefix}"), command)
            self._texts[Way.DEEP_LINK, prefix] = _with_arrival(adapted)
        for key, handler in feature.menu.items():
            self._texts[Way.MENU, key] = _without_arrival(asked(Place(feature.name, key), handler))
        for kind, tap in feature.taps.items():
            place = Place(feature.name, kind.__prefix__)
            self._taps[kind.__prefix__] = (kind, _heedless(tapped(place, tap)))
        for kind, tap in feature.step_taps.items():
            place = Place(feature.name, kind.__prefix__)
            self._taps[kind.__prefix__] = (kind, unless_unsure(tapped(place, tap)))


def _with_arrival(adapted: Adapted) -> Led:
    return lambda arrival, call: adapted(_NO_EVENT, call=call, arrival=arrival)


def _heedless(adapted: Adapted) -> Adapted:
    """A tap's handler that does not look at the arrival."""
    return lambda event, arrival, **given: adapted(event, **given)


def _without_arrival(adapted: Adapted) -> Led:
    return lambda _arrival, call: adapted(_NO_EVENT, call=call)
