"""Whose turn it is, against a plain list that is looked through from its beginning each time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.gateway.sender.screens import SHOWN_WITHIN, Screen, ScreenQueue, merged
from services.gateway.sender.turns import Chats, Turns


@dataclass(slots=True)
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass(slots=True)
class PlainChats:
    clock: Clock
    busy: set[int] = field(default_factory=set)
    closed: dict[int, float] = field(default_factory=dict)

    def is_free(self, chat_id: int) -> bool:
        return chat_id not in self.busy and self.closed.get(chat_id, 0) <= self.clock.now


@dataclass(slots=True)
class PlainQueue:
    """What a screen queue promises, said plainly."""

    chats: PlainChats
    clock: Clock
    waiting: dict[tuple[int, int], Screen] = field(default_factory=dict)

    def put(self, screen: Screen) -> None:
        key = (screen.chat_id, screen.message_id)
        older = self.waiting.get(key)
        self.waiting[key] = merged(older, screen) if older else screen

    def put_back(self, screen: Screen, delay: float) -> None:
        if self.is_old(screen):
            return
        key = (screen.chat_id, screen.message_id)
        again = replace(screen, attempts=screen.attempts + 1, not_before=self.clock.now + delay)
        newer = self.waiting.get(key)
        self.waiting[key] = merged(again, newer) if newer else again

    def next(self) -> Screen | None:
        self.waiting = {
            key: screen for key, screen in self.waiting.items() if not self.is_old(screen)
        }
        for key, screen in self.waiting.items():
            if screen.not_before <= self.clock.now and self.chats.is_free(screen.chat_id):
                return self.waiting.pop(key)
        return None

    def is_old(self, screen: Screen) -> bool:
        return self.clock.now > screen.queued_at + SHOWN_WITHIN


class Both:
    """The queue and the plain one, doing the same."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.chats, self.plain_chats = Chats(self.clock), PlainChats(self.clock)
        self.queue = ScreenQueue(self.chats, lambda: 0.0, self.clock)
        self.plain = PlainQueue(self.plain_chats, self.clock)
        self.under_way: list[Screen] = []
        self.made = 0

    def put(self, chat_id: int, message_id: int, buttons: bool) -> None:
        self.made += 1
        only = {"reply_markup": self.made}
        screen = Screen(
            chat_id=chat_id,
            message_id=message_id,
            method="editMessageReplyMarkup" if buttons else "editMessageText",
            parameters=only if buttons else {"text": self.made, **only},
            queued_at=self.clock.now,
        )
        self.queue.put(screen)
        self.plain.put(screen)

    def send(self) -> None:
        self.chats.open_those_due()
        place = self.queue.next()
        screen = self.queue.pop(place) if place else None
        assert screen == self.plain.next()
        if screen:
            self.under_way.append(screen)
            self.chats.occupy(screen.chat_id)
            self.plain_chats.busy.add(screen.chat_id)

    def end(self, delay: float | None) -> None:
        if not self.under_way:
            return
        screen = self.under_way.pop(0)
        if delay is not None:
            self.queue.put_back(screen, delay)
            self.plain.put_back(screen, delay)
        self.chats.free(screen.chat_id)
        self.plain_chats.busy.discard(screen.chat_id)

    def close(self, chat_id: int, seconds: float) -> None:
        if self.plain_chats.is_free(chat_id):
            self.chats.open_those_due()
            self.chats.close(chat_id, seconds)
            self.plain_chats.closed[chat_id] = self.clock.now + seconds

    def wait(self, seconds: float) -> None:
        self.clock.now += seconds


CHATS, MESSAGES = st.integers(1, 4), st.integers(1, 3)
SECONDS = st.sampled_from([0.0, 0.5, 1.0, 4.0, 20.0])
STEPS: st.SearchStrategy[Callable[[Both], None]] = st.one_of(
    st.builds(
        lambda chat, message, buttons: lambda both: both.put(chat, message, buttons),
        CHATS,
        MESSAGES,
        st.booleans(),
    ),
    st.just(Both.send),
    st.builds(lambda delay: lambda both: both.end(delay), st.none() | SECONDS),
    st.builds(lambda chat, seconds: lambda both: both.close(chat, seconds), CHATS, SECONDS),
    st.builds(lambda seconds: lambda both: both.wait(seconds), SECONDS),
)


@settings(max_examples=400)
@given(st.lists(STEPS, max_size=60))
def test_screens_leave_as_from_a_plain_list_the_newest_of_each_message(
    steps: list[Callable[[Both], None]],
) -> None:
    both = Both()
    for step in steps:
        step(both)
    for _ in range(20):
        both.send()


def test_of_two_waiting_lines_each_keeps_the_order_of_a_chat() -> None:
    chats = Chats()
    first, second = Turns[str](chats), Turns[str](chats)
    for turns in (first, second):
        turns.add(7, "a")
        turns.add(7, "b")
    place = first.next()
    assert place is not None
    assert first.pop(place) == "a"
    chats.occupy(7)
    assert (first.next(), second.next()) == (None, None)
    chats.free(7)
    assert [turns.item(found) for turns in (first, second) if (found := turns.next())] == ["b", "a"]


def test_five_thousand_that_wait_cost_no_more_a_step_than_fifty() -> None:
    """A loop over all that wait would be a hundred times as long."""
    few, many = seconds_a_step(50), seconds_a_step(5000)
    assert many < 20 * few


def seconds_a_step(waiting: int) -> float:
    """The best of several, since other work on the machine counts too."""
    chats = Chats()
    turns = Turns[int](chats)
    for chat_id in range(waiting):
        turns.add(chat_id, chat_id)
        chats.occupy(chat_id)
    best = 1.0
    for _ in range(7):
        began = time.perf_counter()
        for chat_id in range(30):
            chats.free(chat_id)
            place = turns.next()
            assert place is not None
            turns.pop(place)
            turns.add(chat_id, chat_id)
            chats.occupy(chat_id)
        best = min(best, (time.perf_counter() - began) / 30)
    return best
