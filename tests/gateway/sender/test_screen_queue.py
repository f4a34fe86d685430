"""The waiting screens: the newest per message, none that is too old."""

from collections.abc import Iterator

import pytest

from services.gateway.sender.screens import MOST_WAITING, Screen, ScreenQueue
from services.gateway.sender.turns import Chats


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0
        self.quiet_until = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chats(clock: Clock) -> Chats:
    return Chats(clock)


@pytest.fixture
def queue(clock: Clock, chats: Chats) -> ScreenQueue:
    return ScreenQueue(chats, lambda: clock.quiet_until, clock)


def screen(
    words: str,
    message_id: int = 5,
    method: str = "editMessageText",
    chat_id: int = 1,
    at: float = 1000.0,
) -> Screen:
    return Screen(
        chat_id=chat_id,
        message_id=message_id,
        method=method,
        parameters={"text": words},
        queued_at=at,
    )


def left(queue: ScreenQueue) -> Iterator[str]:
    while shown := next_of(queue):
        yield str(shown.parameters["text"])


def next_of(queue: ScreenQueue) -> Screen | None:
    place = queue.next()
    return queue.pop(place) if place else None


def test_the_newest_of_a_message_wins_and_keeps_its_turn(queue: ScreenQueue) -> None:
    for words, message_id in (("a1", 1), ("b1", 2), ("a2", 1), ("a3", 1)):
        queue.put(screen(words, message_id))
    assert list(left(queue)) == ["a3", "b1"]


def test_new_messages_do_not_replace_each_other(queue: ScreenQueue) -> None:
    for words in ("one", "two"):
        queue.put(screen(words, 0, "sendMessage"))
    assert list(left(queue)) == ["one", "two"]


def test_new_buttons_do_not_lose_the_text_that_waits(queue: ScreenQueue) -> None:
    queue.put(screen("text"))
    buttons = Screen(
        chat_id=1,
        message_id=5,
        method="editMessageReplyMarkup",
        parameters={"reply_markup": "new"},
        queued_at=1000.0,
    )
    queue.put(buttons)
    kept = next_of(queue)
    assert kept is not None
    assert kept.method == "editMessageText"
    assert kept.addressed() == {
        "text": "text",
        "reply_markup": "new",
        "chat_id": 1,
        "message_id": 5,
    }


def test_a_screen_older_than_thirty_seconds_is_dropped(queue: ScreenQueue, clock: Clock) -> None:
    queue.put(screen("old"))
    clock.now += 20
    queue.put(screen("young", 6, at=clock.now))
    clock.now += 11
    assert list(left(queue)) == ["young"]


def test_a_pause_of_telegrams_does_not_make_screens_old(queue: ScreenQueue, clock: Clock) -> None:
    queue.put(screen("waits"))
    clock.quiet_until = clock.now + 45
    clock.now += 60
    assert list(left(queue)) == ["waits"]


def test_a_screen_tried_again_gives_way_to_a_newer_one(queue: ScreenQueue) -> None:
    failed = screen("failed")
    queue.put(screen("newer"))
    queue.put_back(failed, delay=5.0)
    assert list(left(queue)) == ["newer"]


def test_a_screen_is_tried_again_after_its_delay(queue: ScreenQueue, clock: Clock) -> None:
    queue.put_back(screen("again"), delay=5.0)
    assert list(left(queue)) == []
    clock.now += 5
    assert list(left(queue)) == ["again"]


def test_a_full_queue_takes_no_more_but_newer_ones_of_its_messages(queue: ScreenQueue) -> None:
    for number in range(MOST_WAITING):
        assert queue.put(screen("x", number + 1))
    assert not queue.put(screen("one too many", MOST_WAITING + 1))
    assert queue.put(screen("newer", 1))


def test_a_busy_chat_lets_others_go_first(queue: ScreenQueue, chats: Chats) -> None:
    chats.occupy(1)
    queue.put(screen("busy", chat_id=1))
    queue.put(screen("free", chat_id=2))
    assert list(left(queue)) == ["free"]
    chats.free(1)
    assert list(left(queue)) == ["busy"]


def test_what_grows_old_in_a_busy_chat_leaves_room(
    queue: ScreenQueue, chats: Chats, clock: Clock
) -> None:
    chats.occupy(1)
    for number in range(MOST_WAITING):
        queue.put(screen("x", number + 1))
    clock.now += 31
    assert next_of(queue) is None
    assert len(queue) == 0
    assert queue.put(screen("new", at=clock.now))


def test_a_newer_one_does_not_wait_for_the_delay_of_the_one_it_replaces(
    queue: ScreenQueue,
) -> None:
    queue.put_back(screen("failed"), delay=5.0)
    queue.put(screen("newer"))
    assert list(left(queue)) == ["newer"]
