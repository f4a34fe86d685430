"""The short way to hot handlers: one look-up, without aiogram's models and routers.

Shortcuts and buttons of the private chat go by it to the very rows that aiogram's routers hold; a
test shows that both ways answer the same. Conversations and rare updates go by aiogram.
"""

from collections.abc import Awaitable, Iterable
from functools import lru_cache, partial

from aiogram.filters.callback_data import CallbackData

from services.gateway.adapters import (
    Leading,
    Pressing,
    asked,
    commanded,
    tapped,
    tapped_at_a_step,
)
from services.gateway.answers import Answer
from services.gateway.arrivals import Arrival
from services.gateway.calls import Call
from services.gateway.features.feature import Feature
from services.gateway.incoming import Kind
from services.gateway.places import Place
from services.gateway.shortcuts import Way

LONGEST_DATA = 64
"""Characters that a button of ours carries at most."""

BUTTONS_REMEMBERED = 8192
_SEPARATOR = ":"


class ShortWay:
    """The features' tables as dictionaries."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self._texts: dict[tuple[Way, str], Leading] = {}
        self._taps: dict[str, tuple[type[CallbackData], Pressing]] = {}
        self._remembered = lru_cache(BUTTONS_REMEMBERED)(self._tap)
        for feature in features:
            self._learn(feature)

    def find(self, arrival: Arrival) -> Leading | None:
        """The row this update leads to, if it is a hot one."""
        incoming = arrival.incoming
        if not incoming.private:
            return None
        if incoming.kind is Kind.TAP:
            data = incoming.data
            return self._remembered(data) if data and len(data) <= LONGEST_DATA else None
        found = arrival.shortcut
        return self._texts.get((found.way, found.key)) if found else None

    def _tap(self, data: str) -> Leading | None:
        kind, pressing = self._taps.get(data.split(_SEPARATOR, 1)[0], (None, None))
        if kind is None or pressing is None:
            return None
        try:
            pressed = kind.unpack(data)
        except (TypeError, ValueError):
            return None
        return partial(_press, pressing, pressed)

    def _learn(self, feature: Feature) -> None:
        for name, command in feature.commands.items():
            row = commanded(Place(feature.name, f"/{name}"), command)
            self._texts[Way.COMMAND, name] = row
        for prefix, command in feature.deep_links.items():
            row = commanded(Place(feature.name, f"link {prefix}"), command)
            self._texts[Way.DEEP_LINK, prefix] = row
        for key, handler in feature.menu.items():
            self._texts[Way.MENU, key] = asked(Place(feature.name, key), handler)
        for kind, tap in feature.taps.items():
            place = Place(feature.name, kind.__prefix__)
            self._taps[kind.__prefix__] = (kind, tapped(place, tap))
        for kind, tap in feature.step_taps.items():
            place = Place(feature.name, kind.__prefix__)
            self._taps[kind.__prefix__] = (kind, tapped_at_a_step(place, tap))


def _press(
    pressing: Pressing, pressed: CallbackData, arrival: Arrival, call: Call
) -> Awaitable[Answer]:
    return pressing(arrival, call, pressed)
