"""Rounds by event and by time, never two of one bot at once."""

import asyncio

from k8s.bot_operator.keepers import Keepers
from tests.eventually import until


class Rounds:
    """Counts them; each ends when the test lets it."""

    def __init__(self, pause: float | None = 3600.0) -> None:
        self.pause = pause
        self.begun: list[str] = []
        self.under_way = 0
        self.most = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, name: str) -> float | None:
        self.begun.append(name)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.gate.wait()
        self.under_way -= 1
        return self.pause


async def test_an_event_begins_a_round_and_one_during_it_another() -> None:
    rounds = Rounds()
    rounds.gate.clear()
    keepers = Keepers(rounds, at_once=8)
    keepers.wake("a")
    await until(lambda: len(rounds.begun) == 1)
    keepers.wake("a")
    keepers.wake("a")
    rounds.gate.set()
    await until(lambda: len(rounds.begun) == 2 and rounds.under_way == 0)
    assert rounds.most == 1
    await keepers.close()


async def test_time_begins_rounds_without_events() -> None:
    rounds = Rounds(pause=0.01)
    keepers = Keepers(rounds, at_once=8)
    keepers.wake("a")
    await until(lambda: len(rounds.begun) >= 3)
    await keepers.close()


async def test_only_so_many_bots_are_looked_at_at_once() -> None:
    rounds = Rounds()
    rounds.gate.clear()
    keepers = Keepers(rounds, at_once=2)
    for number in range(20):
        keepers.wake(f"bot-{number}")
    await until(lambda: rounds.under_way == 2)
    rounds.gate.set()
    await until(lambda: len(rounds.begun) == 20)
    assert rounds.most == 2
    await keepers.close()


async def test_a_bot_that_is_gone_is_kept_no_more_and_comes_back_by_an_event() -> None:
    rounds = Rounds(pause=None)
    keepers = Keepers(rounds, at_once=2)
    keepers.wake("a")
    await until(lambda: rounds.begun == ["a"])
    await until(lambda: keepers.overdue() == 0.0)
    keepers.wake("a")
    await until(lambda: rounds.begun == ["a", "a"])
    await keepers.close()


async def test_a_round_that_breaks_ends_nothing() -> None:
    begun: list[str] = []

    async def breaking(name: str) -> float | None:
        begun.append(name)
        raise RuntimeError("a bug")

    keepers = Keepers(breaking, at_once=2)
    keepers.wake("a")
    await until(lambda: len(begun) == 1)
    keepers.wake("a")
    await until(lambda: len(begun) == 2)
    await keepers.close()
