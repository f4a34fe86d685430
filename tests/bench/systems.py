"""What is compared: a system as the bench sees it, whoever has written it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tests.load.driver import Door
from tests.load.judge import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Who is there before it begins; the same in every system."""

    people: int = 10_000
    sessions: int = 5_000
    capacity: int = 28


class System(Protocol):
    """A bot that runs, with its stores."""

    name: str
    """As in the results: fotbot, telegraf-sql, ..."""
    words: str
    """What its buttons carry: a key of tests.load.driving.WORDS."""
    scale: Scale

    @property
    def door(self) -> Door:
        """Its webhook."""

    @property
    def telegram(self) -> Telegram:
        """The sink it talks to."""

    def pids(self) -> Mapping[str, int]:
        """Every process whose CPU counts, stores included, by name."""

    async def places(self) -> Sequence[Place]:
        """Who stands where, session by session in the order of arrival."""

    async def capacities(self) -> Mapping[int, int]:
        """By session."""

    async def versions(self) -> Mapping[str, str]:
        """Of what it is made of."""


class Telegram(Protocol):
    """What is asked of the sink."""

    async def counts(self) -> Mapping[str, int]:
        """Calls by method since the last reset."""

    async def answered(self) -> Mapping[int, int]:
        """How often each callback query was answered."""

    async def reset(self) -> None:
        """From nothing."""

    async def quiet(self) -> None:
        """Returns when nobody calls any more."""
