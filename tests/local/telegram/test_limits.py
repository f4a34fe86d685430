"""Telegram's sending limits."""

import pytest

from services.local.telegram.errors import ApiError
from services.local.telegram.limits import Limits
from tests.local.telegram.running import Clock


def spent(limits: Limits, chats: list[int]) -> int:
    """How many of these messages left before the first refusal."""
    for count, chat in enumerate(chats):
        try:
            limits.spend(chat)
        except ApiError:
            return count
    return len(chats)


def test_a_private_chat_bears_a_burst_and_then_one_message_a_second() -> None:
    clock = Clock()
    limits = Limits(clock=clock)
    assert spent(limits, [7] * 100) == 20
    clock.now += 1
    assert spent(limits, [7] * 5) == 1
    clock.now += 10
    assert spent(limits, [7] * 30) == 10


def test_a_group_bears_twenty_messages_a_minute() -> None:
    clock = Clock()
    limits = Limits(clock=clock)
    assert spent(limits, [-100] * 30) == 20
    clock.now += 60
    assert spent(limits, [-100] * 30) == 20


def test_the_bot_sends_thirty_messages_a_second_in_all() -> None:
    clock = Clock()
    limits = Limits(clock=clock)
    assert spent(limits, list(range(1, 100))) == 30
    clock.now += 1
    assert spent(limits, list(range(1, 100))) == 30


def test_a_refusal_says_when_to_come_again_and_then_it_works() -> None:
    clock = Clock()
    limits = Limits(clock=clock)
    spent(limits, [-100] * 20)
    with pytest.raises(ApiError) as refusal:
        limits.spend(-100)
    assert (refusal.value.code, refusal.value.parameters) == (429, {"retry_after": 3})
    assert refusal.value.description == "Too Many Requests: retry after 3"
    clock.now += 3
    limits.spend(-100)


def test_switched_off_nothing_is_refused() -> None:
    assert spent(Limits(clock=Clock(), enabled=False), [7] * 500) == 500
