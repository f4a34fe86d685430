"""Screens that wait to be sent, in memory only: the newest per message, none older than 30 s.

A screen lost with this process is made again by the next press, so nothing is stored. When and
how fast they leave is decided in dispatch.py.
"""

import itertools
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.gateway.sender import metrics

SHOWN_WITHIN = 30.0
MOST_WAITING = 5000

# What may be asked for; an answer to a tap has no limit of Telegram's, and cannot wait.
ANSWER = "answerCallbackQuery"
BUTTONS_ONLY = "editMessageReplyMarkup"
METHODS = frozenset({"sendMessage", "sendPhoto", "editMessageText", BUTTONS_ONLY, ANSWER})

Key = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
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
        self, quiet_until: Callable[[], float], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._quiet_until = quiet_until
        self._clock = clock
        self._waiting: dict[Key, Screen] = {}
        self._answers: deque[Screen] = deque()
        self._numbers = itertools.count(1)

    def put(self, screen: Screen) -> bool:
        """Queue it in place of an older one of the same message; False when there is no room."""
        if screen.method == ANSWER:
            self._answers.append(screen)
            return True
        key = self._key(screen)
        older = self._waiting.get(key)
        if older is None and len(self._waiting) >= MOST_WAITING:
            metrics.SCREENS_DROPPED.labels("full").inc()
            return False
        if older is not None:
            metrics.SCREENS_DROPPED.labels("replaced").inc()
        self._waiting[key] = merged(older, screen)
        metrics.SCREENS_WAITING.set(len(self._waiting))
        return True

    def put_back(self, screen: Screen, delay: float) -> None:
        """Try it again after `delay` seconds, unless a newer one of its message is here."""
        if screen.method == ANSWER or self._is_old(screen):
            metrics.SCREENS_DROPPED.labels("old").inc()
            return
        key = self._key(screen)
        again = replace(screen, attempts=screen.attempts + 1, not_before=self._clock() + delay)
        newer = self._waiting.get(key)
        self._waiting[key] = merged(again, newer) if newer else again

    def answer(self) -> Screen | None:
        """The next answer to a tap, taken out."""
        return self._answers.popleft() if self._answers else None

    def next(self, is_free: Callable[[int], bool]) -> Key | None:
        """The oldest screen that is due and whose chat is free; old ones are dropped on the way."""
        now, old, found = self._clock(), [], None
        for key, screen in self._waiting.items():
            if self._is_old(screen):
                old.append(key)
            elif screen.not_before <= now and is_free(screen.chat_id):
                found = key
                break
        for key in old:
            del self._waiting[key]
            metrics.SCREENS_DROPPED.labels("old").inc()
        return found

    def chat_of(self, key: Key) -> int:
        """Where the screen goes."""
        return self._waiting[key].chat_id

    def pop(self, key: Key) -> Screen:
        """Take it out, as new as it has become."""
        screen = self._waiting.pop(key)
        metrics.SCREENS_WAITING.set(len(self._waiting))
        return screen

    def __len__(self) -> int:
        return len(self._waiting) + len(self._answers)

    def _is_old(self, screen: Screen) -> bool:
        return self._clock() > max(screen.queued_at, self._quiet_until()) + SHOWN_WITHIN

    def _key(self, screen: Screen) -> Key:
        """A new message has no number yet, and none of them replaces another."""
        return (screen.chat_id, screen.message_id or -next(self._numbers))


def merged(older: Screen | None, newer: Screen) -> Screen:
    """The newer one; if it only changes buttons, the older one's text with those buttons."""
    if older is None or newer.method != BUTTONS_ONLY or older.method == BUTTONS_ONLY:
        return newer
    buttons = {name: value for name, value in newer.parameters.items() if name == "reply_markup"}
    text = {name: value for name, value in older.parameters.items() if name != "reply_markup"}
    return replace(newer, method=older.method, parameters={**text, **buttons})
