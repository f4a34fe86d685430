"""What was done and what was told: the record that a fault run leaves behind for the judge.

Jepsen's way: an action is ok, has failed for certain, or its outcome is not known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class Deed(StrEnum):
    """What a person does."""

    JOIN = "join"
    LEAVE = "leave"
    LOOK = "look"
    """Reads a session's card."""
    BROWSE = "browse"
    """Reads a list that says nothing of what he has done."""
    ENLARGE = "enlarge"
    """The organiser gives a session more places."""
    DRAW = "draw"
    """The organiser has the sides drawn."""


class Outcome(StrEnum):
    """What the person knows afterwards."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """Where he was told that he stands."""

    IN = "in"
    WAITING = "waiting"
    OUT = "out"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One delivery of an update until its final answer. Times are seconds of the run."""

    update_id: int
    person: int
    deed: Deed
    session: int = 0
    invoked: float
    ended: float
    """For an unknown outcome: when it was given up."""
    outcome: Outcome
    standing: Standing = Standing.UNTOLD
    took_effect: bool = False
    """It was told as done now, not as having been so already."""
    apologised: bool = False
    """A bug was met: 'something broke'."""
    answered: bool = True
    """There was a 200 in the end."""
    said: str = ""
    tries: int = 1


@dataclass(slots=True)
class History:
    """Of one run."""

    actions: list[Action] = field(default_factory=list)

    def note(self, action: Action) -> Action:
        """Remember it."""
        self.actions.append(action)
        return action

    @property
    def unknown(self) -> int:
        """How many actions nobody could be told the outcome of."""
        return sum(action.outcome is Outcome.UNKNOWN for action in self.actions)

    def by_pair(self) -> Mapping[tuple[int, int], list[Action]]:
        """Joins and leaves by (person, session), each update once, in the order of their begin."""
        return grouped(self.changes())

    def changes(self) -> Sequence[Action]:
        """Joins and leaves, each update once: its first delivery, in the order of their begin."""
        deeds = {Deed.JOIN, Deed.LEAVE}
        first: dict[int, Action] = {}
        for action in sorted(self.actions, key=lambda action: action.invoked):
            if action.deed in deeds:
                first.setdefault(action.update_id, action)
        return list(first.values())

    def save(self, path: Path) -> None:
        """For somebody to look at."""
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps(asdict(action), ensure_ascii=False) for action in self.actions)
        path.write_text("\n".join(lines) + "\n")

    @classmethod
    def load(cls, path: Path) -> History:
        """What `save` wrote."""
        return cls([_action(json.loads(line)) for line in path.read_text().splitlines() if line])


def grouped(actions: Iterable[Action]) -> dict[tuple[int, int], list[Action]]:
    """By (person, session)."""
    found: dict[tuple[int, int], list[Action]] = {}
    for action in actions:
        found.setdefault((action.person, action.session), []).append(action)
    return found


def _action(told: dict[str, Any]) -> Action:
    kinds = {
        "deed": Deed(told["deed"]),
        "outcome": Outcome(told["outcome"]),
        "standing": Standing(told["standing"]),
    }
    return Action(**{**told, **kinds})
