"""What became of every old row, table by table, and whether it adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

TABLES = (
    "users",
    "teams",
    "members",
    "sessions",
    "registrations",
    "payments",
    "coupons",
    "matches",
    "match_statistics",
)
ASIDE = ("session_tables", "careers")
"""Told on the terminal alone: they are no rows of their own here but openings of others."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """One table's rows: found by counting, the others one by one."""

    found: int = 0
    moved: int = 0
    already_there: int = 0
    left: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether every row found is told of once."""
        return self.found == self.moved + self.already_there + self.left

    def as_json(self) -> dict[str, int]:
        """As the report has it."""
        return {
            "found": self.found,
            "moved": self.moved,
            "already_there": self.already_there,
            "left": self.left,
        }


@dataclass(slots=True, kw_only=True)
class Sum:
    """Something that must not get lost: what the old rows say, what came in, what stayed."""

    old: int = 0
    new: int = 0
    left: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether nothing of it is lost or made."""
        return self.old == self.new + self.left

    def as_json(self) -> dict[str, int]:
        """As the report has it."""
        return {"old": self.old, "new": self.new, "left": self.left}


@dataclass(slots=True, kw_only=True)
class Report:
    """A whole move's."""

    tables: dict[str, Tally] = field(
        default_factory=lambda: {name: Tally() for name in (*TABLES, *ASIDE)}
    )
    money_confirmed: Sum = field(default_factory=Sum)
    coupons_available: Sum = field(default_factory=Sum)
    left: list[dict[str, str]] = field(default_factory=list)
    changed: Counter[str] = field(default_factory=Counter)
    """What rows lost or gained on the way in, by the words for it."""

    def leave(self, table: str, legacy_id: str, reason: str) -> None:
        """A row stays where it was."""
        self.tables[table].left += 1
        self.left.append({"table": table, "id": legacy_id, "reason": reason})

    @property
    def adds_up(self) -> bool:
        """Whether every row and every sum does."""
        tables = all(tally.adds_up for tally in self.tables.values())
        return tables and self.money_confirmed.adds_up and self.coupons_available.adds_up

    def as_json(self) -> dict[str, Any]:
        """The file that is asked for."""
        return {
            "tables": {name: self.tables[name].as_json() for name in TABLES},
            "sums": {
                "money_confirmed": self.money_confirmed.as_json(),
                "coupons_available": self.coupons_available.as_json(),
            },
            "left": self.left,
        }

    def lines(self) -> Iterator[str]:
        """For a terminal."""
        head = ("", "found", "moved", "already there", "left")
        yield "{:18}{:>12}{:>12}{:>16}{:>12}".format(*head)
        for name, tally in self.tables.items():
            counts = (tally.found, tally.moved, tally.already_there, tally.left)
            told = "{:18}{:>12,}{:>12,}{:>16,}{:>12,}".format(name, *counts)
            yield told if tally.adds_up else f"{told}  does not add up"
        for name, total in self._sums():
            told = f"{name:18}{total.old:>12,} = {total.new:,} here + {total.left:,} left"
            yield told if total.adds_up else f"{told}: it does not"
        yield from self._reasons()

    def _sums(self) -> Iterator[tuple[str, Sum]]:
        yield "money confirmed", self.money_confirmed
        yield "coupons available", self.coupons_available

    def _reasons(self) -> Iterator[str]:
        reasons = Counter((row["table"], row["reason"]) for row in self.left)
        for (table, reason), count in sorted(reasons.items()):
            yield f"left: {count:,} of {table}: {reason}"
        for words, count in sorted(self.changed.items()):
            yield f"changed: {count:,} {words}"
