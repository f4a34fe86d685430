"""Calls that travel together: who boards, in which order, and that nobody pays for another."""

import asyncio
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.coalesce import CROWD, LONG_AWAY_SECONDS, Coalescer, Crowded, TooLate
from tests.eventually import until


class Refused(Exception):
    """One question's own refusal."""


class Ferry:
    """A carrier that waits at the far side until it is let go."""

    def __init__(self, *, waits: bool = False) -> None:
        self.batches: list[list[int]] = []
        self.leave = asyncio.Event()
        if not waits:
            self.leave.set()

    async def carry(self, questions: Sequence[int], _ends: float) -> list[int | Exception]:
        self.batches.append(list(questions))
        await self.leave.wait()
        return [Refused(str(number)) if number < 0 else number * 10 for number in questions]


def soon(seconds: float = 5.0) -> float:
    return time.monotonic() + seconds


async def test_a_lonely_call_leaves_alone_and_at_once() -> None:
    ferry = Ferry()
    assert await Coalescer(ferry.carry)(4, soon()) == 40
    assert ferry.batches == [[4]]


async def test_who_comes_while_a_batch_is_under_way_leaves_with_the_next_in_order() -> None:
    ferry = Ferry(waits=True)
    coalescer = Coalescer(ferry.carry, slots=1)
    first = asyncio.create_task(coalescer(1, soon()))
    await until(lambda: len(ferry.batches) == 1)
    others = [asyncio.create_task(coalescer(number, soon())) for number in range(2, 8)]
    await asyncio.sleep(0)
    assert ferry.batches == [[1]]
    ferry.leave.set()
    assert await asyncio.gather(first, *others) == [10, 20, 30, 40, 50, 60, 70]
    assert ferry.batches == [[1], [2, 3, 4, 5, 6, 7]]


async def test_after_a_crowd_who_comes_in_the_next_turns_of_the_loop_boards_too() -> None:
    ferry = Ferry()
    coalescer = Coalescer(ferry.carry)

    async def late(number: int, turns: int) -> int:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await coalescer(number, soon())

    await asyncio.gather(*(coalescer(number, soon()) for number in range(CROWD)))
    ferry.batches.clear()
    await asyncio.gather(*(late(number, 2 * number) for number in range(3)))
    assert ferry.batches == [[0, 1, 2]]
    ferry.batches.clear()
    await asyncio.gather(*(late(number, 2 * number) for number in range(3)))
    assert ferry.batches[0] == [0]


async def test_a_second_slot_takes_who_would_wait_and_no_batch_is_larger_than_the_cap() -> None:
    ferry = Ferry(waits=True)
    coalescer = Coalescer(ferry.carry, slots=2, most=3)
    calls = [asyncio.create_task(coalescer(number, soon())) for number in range(8)]
    await until(lambda: len(ferry.batches) == 2)
    ferry.leave.set()
    await asyncio.gather(*calls)
    assert ferry.batches == [[0, 1, 2], [3, 4, 5], [6, 7]]


async def test_few_wait_for_the_batch_that_is_away_unless_it_is_away_for_long() -> None:
    ferry = Ferry(waits=True)
    coalescer = Coalescer(ferry.carry, slots=2)
    calls = [asyncio.create_task(coalescer(1, soon()))]
    await until(lambda: len(ferry.batches) == 1)
    calls.append(asyncio.create_task(coalescer(2, soon())))
    await asyncio.sleep(LONG_AWAY_SECONDS * 1.5)
    assert ferry.batches == [[1]]
    calls.append(asyncio.create_task(coalescer(3, soon())))
    await until(lambda: len(ferry.batches) == 2)
    ferry.leave.set()
    await asyncio.gather(*calls)
    assert ferry.batches == [[1], [2, 3]]


async def test_a_caller_with_no_time_left_does_not_board_and_the_others_do() -> None:
    ferry = Ferry(waits=True)
    coalescer = Coalescer(ferry.carry, slots=1)
    first = asyncio.create_task(coalescer(1, soon()))
    await until(lambda: len(ferry.batches) == 1)
    late, early = asyncio.create_task(coalescer(2, soon(0.05))), coalescer(3, soon())
    other = asyncio.create_task(early)
    with pytest.raises(TooLate) as told:
        await late
    assert not told.value.boarded
    ferry.leave.set()
    assert [await first, await other] == [10, 30]
    assert ferry.batches == [[1], [3]]


async def test_each_caller_leaves_at_his_own_deadline_though_his_batch_is_still_away() -> None:
    ferry = Ferry(waits=True)
    coalescer = Coalescer(ferry.carry)
    patient = asyncio.create_task(coalescer(1, soon()))
    with pytest.raises(TooLate) as told:
        await coalescer(2, soon(0.2))
    assert told.value.boarded
    ferry.leave.set()
    assert await patient == 10


async def test_a_cancelled_caller_leaves_the_others_alone() -> None:
    ferry = Ferry(waits=True)
    coalescer = Coalescer(ferry.carry)
    calls = [asyncio.create_task(coalescer(number, soon())) for number in range(3)]
    await until(lambda: len(ferry.batches) == 1)
    calls[1].cancel()
    ferry.leave.set()
    assert await asyncio.gather(calls[0], calls[2]) == [0, 20]


async def test_more_than_may_wait_are_refused_at_once() -> None:
    ferry = Ferry(waits=True)
    coalescer = Coalescer(ferry.carry, slots=1, most_waiting=2)
    first = asyncio.create_task(coalescer(1, soon()))
    await until(lambda: len(ferry.batches) == 1)
    waiting = [asyncio.create_task(coalescer(number, soon())) for number in (2, 3)]
    await asyncio.sleep(0)
    with pytest.raises(Crowded):
        await coalescer(4, soon())
    ferry.leave.set()
    assert await asyncio.gather(first, *waiting) == [10, 20, 30]


async def test_what_a_batch_dies_of_every_one_in_it_hears_and_the_next_batch_goes() -> None:
    failing = True

    async def carry(questions: Sequence[int], _ends: float) -> Sequence[int]:
        if failing:
            raise ConnectionError("away")
        return questions

    coalescer: Coalescer[int, int] = Coalescer(carry)
    calls = [asyncio.create_task(coalescer(number, soon())) for number in range(3)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ConnectionError] * 3
    failing = False
    assert await coalescer(7, soon()) == 7


async def test_too_few_answers_are_nobodys_answers() -> None:
    async def carry(_questions: Sequence[int], _ends: float) -> list[int]:
        return []

    with pytest.raises(ValueError, match="1 questions, 0 answers"):
        await Coalescer(carry)(1, soon())


@given(numbers=st.lists(st.integers(-50, 50), max_size=60), most=st.integers(1, 7))
async def test_everybody_gets_the_answer_to_his_own_question_or_his_own_refusal(
    numbers: list[int], most: int
) -> None:
    ferry = Ferry()
    coalescer = Coalescer(ferry.carry, most=most)
    outcomes = await asyncio.gather(
        *(coalescer(number, soon()) for number in numbers), return_exceptions=True
    )
    for number, outcome in zip(numbers, outcomes, strict=True):
        if number < 0:
            assert isinstance(outcome, Refused)
            assert str(outcome) == str(number)
        else:
            assert outcome == number * 10
    assert [number for batch in ferry.batches for number in batch] == numbers
    assert all(0 < len(batch) <= most for batch in ferry.batches)
