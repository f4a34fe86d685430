"""What is asked of the system, and what the scalability guide said of the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

SECONDS_A_DAY = 86_400
MOST_USERS = 1_000_000_000
MOST_MESSAGES = 100_000_000_000
MOST_PEAK = 100_000.0

USUAL_PEAK = 20.0
"""An evening opens and everybody taps: the busiest minute against the average one."""

MESSAGES_A_USER = 10
"""A day, as in each row of the guide."""

MIX: Mapping[str, float] = {"start": 0.1, "list": 0.6, "register": 0.3}
"""Of 100 updates; reads of other screens cost what a list costs, other writes a registration."""


class OutOfRange(ValueError):
    """A demand that nothing can be sized for; the message names the option."""


def _within(option: str, value: float, least: float, most: float) -> None:
    if not (math.isfinite(value) and least <= value <= most):
        raise OutOfRange(f"{option} must be from {least:,} to {most:,}, not {value:,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """So many people, so many messages and taps a day, so much more in the busiest minute.

    Raises OutOfRange.
    """

    users: int
    messages_per_day: int
    peak: float = USUAL_PEAK
    """Times the day's average."""

    def __post_init__(self) -> None:
        _within("--users", self.users, 1, MOST_USERS)
        _within("--messages-per-day", self.messages_per_day, 1, MOST_MESSAGES)
        _within("--peak", self.peak, 1, MOST_PEAK)

    @property
    def average(self) -> float:
        """Updates a second over the day."""
        return self.messages_per_day / SECONDS_A_DAY

    @property
    def rate(self) -> float:
        """Updates a second in the busiest minute."""
        return self.average * self.peak


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideRow:
    """A row of the guide's table, with what its cost section says of that size."""

    demand: Demand
    ram_gib: float
    cpu: str
    dollars: int | None
    """A month; None where it gives none."""


def _row(users: int, messages: int, ram: float, cpu: str, dollars: int | None) -> GuideRow:
    demand = Demand(users=users, messages_per_day=messages)
    return GuideRow(demand=demand, ram_gib=ram, cpu=cpu, dollars=dollars)


GUIDE = (
    _row(1_000, 10_000, 0.5, "20%", 39),
    _row(5_000, 50_000, 2, "60%", 135),
    _row(10_000, 100_000, 4, "80%", 495),
    _row(50_000, 500_000, 16, "Multiple", None),
)
CITY = Demand(users=1_000_000, messages_per_day=1_000_000 * MESSAGES_A_USER)
