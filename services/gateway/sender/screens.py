"""Screens that wait to be sent, in memory only: the newest per message, none older than 30 s.

A screen lost with this process is made again by the next press, so nothing is stored. When and
how fast they leave is decided in dispatch.py.
"""

import itertools
import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from services.gateway.sender import metrics
from services.gateway.sender.turns import Chats, Place, Turns

SHOWN_WITHIN = 30.0
MOST_WAITING = 5000
SWEPT_EACH = 1.0

# What may be asked for; an answer to a tap has no limit of Telegram's, and cannot wait.
ANSWER = "answerCallbackQuery"
BUTTONS_ONLY = "editMessageReplyMarkup"
METHODS = frozenset({"sendMessage", "sendPhoto", "editMessageText", BUTTONS_ONLY, ANSWER})

Key = tuple[int, int]


class Screen(Struct, frozen=True, kw_only=True):
    """A Bot API call that shows something; `message_id` 0 makes a new message."""

    chat_id: int
    message_id: int
    method: str
    parameters: Mapping[str, Any]
    queued_at: float
    """A moment of time.monotonic()."""

    traceparent: str = ""
    attempts: int = 0
    not_before: float = 0.0
    """A moment of time.monotonic(): after an error of Telegram's it is tried again then."""

    def addressed(self) -> dict[str, Any]:
        """The parameters with the chat and the message they are for."""
        chat = {"chat_id": self.chat_id} if self.chat_id else {}
        message = {"message_id": self.message_id} if self.message_id else {}
        return {**self.parameters, **chat, **message}


class ScreenQueue:
    """The waiting screens, oldest first; `quiet_until` is when Telegram's last pause ends.

    A pause does not count towards a screen's 30 seconds.
    """

    def __init__(
        self,
        chats: Chats,
        quiet_until: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._quiet_until = quiet_until
        self._clock = clock
        self._waiting: dict[Key, tuple[Place, Screen]] = {}
        self._turns: Turns[Key] = Turns(chats)
        # What Telegram could not take is not in line before its time.
        self._later: list[tuple[float, Place, Key]] = []
        self._answers: deque[Screen] = deque()
        self._numbers = itertools.count(1)
        self._swept_at = clock()
        metrics.SCREENS_WAITING.set_function(self.__len__)

    def put(self, screen: Screen) -> bool:
        """Queue it in place of an older one of the same message; False when there is no room."""
        if screen.method == ANSWER:
            self._answers.append(screen)
            return True
        key = self._key(screen)
        known = self._waiting.get(key)
        if known is None:
            if len(self._waiting) >= MOST_WAITING:
                metrics.SCREENS_FULL.inc()
                return False
            self._waiting[key] = (self._turns.add(screen.chat_id, key), screen)
            return True
        metrics.SCREENS_REPLACED.inc()
        place, older = known
        self._waiting[key] = (place, merged(older, screen))
        if place not in self._turns:
            self._turns.add(screen.chat_id, key, place)
        return True

    def put_back(self, screen: Screen, delay: float) -> None:
        """Try it again after `delay` seconds, unless a newer one of its message is here."""
        if screen.method == ANSWER or self._is_old(screen, self._clock()):
            metrics.SCREENS_OLD.inc()
            return
        key = self._key(screen)
        if known := self._waiting.get(key):
            place, newer = known
            self._waiting[key] = (place, merged(screen, newer))
            return
        place, not_before = self._turns.new_place(), self._clock() + delay
        again = replace(screen, attempts=screen.attempts + 1, not_before=not_before)
        self._waiting[key] = (place, again)
        heappush(self._later, (not_before, place, key))

    def answer(self) -> Screen | None:
        """The next answer to a tap, taken out."""
        return self._answers.popleft() if self._answers else None

    def next(self) -> Place | None:
        """The oldest screen that is due and whose chat is free; it stays until `pop`."""
        now = self._clock()
        self._line_up_those_due(now)
        if now - self._swept_at >= SWEPT_EACH:
            self._sweep(now)
        while (place := self._turns.next()) is not None:
            key = self._turns.item(place)
            if not self._is_old(self._waiting[key][1], now):
                return place
            self._drop(key)
        return None

    def chat_of(self, place: Place) -> int:
        """Where the screen goes."""
        return self._turns.chat_of(place)

    def pop(self, place: Place) -> Screen | None:
        """Take it out, as new as it has become."""
        key = self._turns.pop(place)
        return self._waiting.pop(key)[1] if key else None

    def next_due(self) -> float:
        """Seconds until something has to be tried again; infinite when nothing has."""
        return self._later[0][0] - self._clock() if self._later else math.inf

    def __len__(self) -> int:
        return len(self._waiting) + len(self._answers)

    def _line_up_those_due(self, now: float) -> None:
        while self._later and self._later[0][0] <= now:
            not_before, place, key = heappop(self._later)
            known = self._waiting.get(key)
            if known and known[0] == place and known[1].not_before == not_before:
                self._turns.add(known[1].chat_id, key, place)

    def _sweep(self, now: float) -> None:
        """What is old in chats that are not free is dropped by and by, and leaves room."""
        self._swept_at = now
        for key in [key for key, (_, screen) in self._waiting.items() if self._is_old(screen, now)]:
            self._drop(key)

    def _drop(self, key: Key) -> None:
        place, _ = self._waiting.pop(key)
        self._turns.pop(place)
        metrics.SCREENS_OLD.inc()

    def _is_old(self, screen: Screen, now: float) -> bool:
        return now > max(screen.queued_at, self._quiet_until()) + SHOWN_WITHIN

    def _key(self, screen: Screen) -> Key:
        """A new message has no number yet, and none of them replaces another."""
        return (screen.chat_id, screen.message_id or -next(self._numbers))


def merged(older: Screen, newer: Screen) -> Screen:
    """The newer one; if it only changes buttons, the older one's text with those buttons."""
    if newer.method != BUTTONS_ONLY or older.method == BUTTONS_ONLY:
        return newer
    buttons = {name: value for name, value in newer.parameters.items() if name == "reply_markup"}
    text = {name: value for name, value in older.parameters.items() if name != "reply_markup"}
    return replace(newer, method=older.method, parameters={**text, **buttons})
