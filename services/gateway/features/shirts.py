"""Shirt numbers to choose from, as rows of buttons."""

from collections.abc import Callable, Iterable

from aiogram.filters.callback_data import CallbackData

from services.gateway.answers import Button, Style

NUMBERS = range(1, 26)
PER_ROW = 5


def grid(
    taken: Iterable[int], own: int, takes: Callable[[int], CallbackData]
) -> list[tuple[Button, ...]]:
    """The numbers that nobody else has; one's own is marked. 0 in `taken` is no number."""
    others = set(taken) - {own}
    free = [
        Button(
            text=f"✅ {number}" if number == own else str(number),
            data=takes(number),
            style=Style.SUCCESS if number == own else None,
        )
        for number in NUMBERS
        if number not in others
    ]
    return [tuple(free[start : start + PER_ROW]) for start in range(0, len(free), PER_ROW)]
