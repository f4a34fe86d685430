"""Whose turn it is: what waits, oldest first, never two at once in one chat.

Each step costs O(log n), however much waits: a chat that may not be written to now is not looked
at, and stands in line again when it may.
"""

import itertools
import math
import time
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Generic, NewType, TypeVar

Place = NewType("Place", int)
"""Where something stands in line: smaller is earlier."""

Item = TypeVar("Item")


class Chats:
    """Which chats may be written to: none with a call under way, none before its time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._closed: dict[int, float] = {}
        self._openings: list[tuple[float, int]] = []
        self._waiting: list[Callable[[int], None]] = []

    def when_free(self, tell: Callable[[int], None]) -> None:
        """From now on `tell` is called with each chat that becomes free."""
        self._waiting.append(tell)

    def is_free(self, chat_id: int) -> bool:
        """Whether it may be written to."""
        return chat_id not in self._closed

    def occupy(self, chat_id: int) -> None:
        """A call is under way there."""
        self._closed[chat_id] = math.inf

    def close(self, chat_id: int, seconds: float) -> None:
        """It may be written to again in so many seconds."""
        self._closed[chat_id] = until = self._clock() + seconds
        heappush(self._openings, (until, chat_id))

    def free(self, chat_id: int) -> None:
        """Nothing is under way there any more."""
        self._closed.pop(chat_id, None)
        for tell in self._waiting:
            tell(chat_id)

    def open_those_due(self) -> None:
        """Free the chats whose time has come."""
        while self._openings and self._openings[0][0] <= self._clock():
            until, chat_id = heappop(self._openings)
            if self._closed.get(chat_id) == until:
                self.free(chat_id)

    def next_opening(self) -> float:
        """Seconds until a chat may be written to again; infinite when none is waited for."""
        return self._openings[0][0] - self._clock() if self._openings else math.inf


class Turns(Generic[Item]):
    """What waits for its chat."""

    def __init__(self, chats: Chats) -> None:
        self._chats = chats
        self._items: dict[Place, tuple[int, Item]] = {}
        self._of_chat: dict[int, list[Place]] = {}
        # The first of each free chat, and some that are so no more.
        self._ready: list[Place] = []
        self._places = itertools.count(1)
        chats.when_free(self._offer)

    def new_place(self) -> Place:
        """At the end of the line."""
        return Place(next(self._places))

    def add(self, chat_id: int, item: Item, place: Place | None = None) -> Place:
        """Let it wait, at the end of the line or in a place it was given."""
        place = place or self.new_place()
        self._items[place] = (chat_id, item)
        line = self._of_chat.setdefault(chat_id, [])
        heappush(line, place)
        if line[0] == place and self._chats.is_free(chat_id):
            heappush(self._ready, place)
        return place

    def next(self) -> Place | None:
        """The oldest whose chat is free; it stays until `pop`."""
        while self._ready:
            place = self._ready[0]
            if (known := self._items.get(place)) and self._is_first(place, known[0]):
                return place
            heappop(self._ready)
        return None

    def chat_of(self, place: Place) -> int:
        """Where it goes."""
        return self._items[place][0]

    def item(self, place: Place) -> Item:
        """What stands there."""
        return self._items[place][1]

    def pop(self, place: Place) -> Item | None:
        """Take it out; nothing if it is not there any more."""
        known = self._items.pop(place, None)
        if known is None:
            return None
        self._offer(known[0])
        return known[1]

    def waiting(self) -> list[tuple[Place, Item]]:
        """All of them, in no order."""
        return [(place, item) for place, (_, item) in self._items.items()]

    def __contains__(self, place: Place) -> bool:
        return place in self._items

    def __len__(self) -> int:
        return len(self._items)

    def _is_first(self, place: Place, chat_id: int) -> bool:
        return self._of_chat[chat_id][0] == place and self._chats.is_free(chat_id)

    def _offer(self, chat_id: int) -> None:
        """The first of a chat stands in line, if the chat is free."""
        line = self._of_chat.get(chat_id)
        if line is None:
            return
        while line and line[0] not in self._items:
            heappop(line)
        if not line:
            del self._of_chat[chat_id]
        elif self._chats.is_free(chat_id):
            heappush(self._ready, line[0])
