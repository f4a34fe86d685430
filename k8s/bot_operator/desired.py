"""The whole decision about one bot: spec, memory and what is → what to do, in order.

Pure: no clock, no network, no state. What it says is carried out by the reconciler.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from k8s.bot_operator.actions import Action
from k8s.bot_operator.conditions import Condition, Type, failed, is_true
from k8s.bot_operator.lifecycle import ending, lifecycle_part
from k8s.bot_operator.memory import Memory
from k8s.bot_operator.observed import Observed, Problem
from k8s.bot_operator.parts import Part
from k8s.bot_operator.prescaling import prescaling_part
from k8s.bot_operator.profile import profile_part
from k8s.bot_operator.spec import BotSpec
from k8s.bot_operator.webhook import webhook_part

Failures: TypeAlias = Mapping[int, Problem]
"""By the action's place in `Plan.actions`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`parts` in order; the actions of each in order."""

    parts: tuple[Part, ...]
    is_farewell: bool = False
    """Then a failure ends it: the last action must not run without those before."""

    @property
    def actions(self) -> tuple[Action, ...]:
        """All of them, in order."""
        return tuple(action for part in self.parts for action in part.actions)

    def before(self, memory: Memory) -> Memory:
        """What must be written down before the first action."""
        for part in self.parts:
            memory = replace(memory, **part.before)
        return memory

    def again_after(self) -> float | None:
        """Seconds until the next look, if a part asks for one."""
        return min(
            (part.again_after for part in self.parts if part.again_after is not None), default=None
        )

    def outcome(self, memory: Memory, failures: Failures) -> tuple[Memory, dict[Type, Condition]]:
        """What is remembered and true, given what has failed."""
        conditions: dict[Type, Condition] = {}
        place = 0
        for part in self.parts:
            problems = {
                action.condition: failures[place + n]
                for n, action in enumerate(part.actions)
                if place + n in failures
            }
            place += len(part.actions)
            conditions |= part.conditions
            conditions |= {kind: failed(problem) for kind, problem in problems.items()}
            if not problems:
                memory = replace(memory, **part.after)
        return memory, conditions


def plan(spec: BotSpec, memory: Memory, observed: Observed) -> Plan:
    """What to do about the bot."""
    if observed.life.deleted_at is not None:
        return Plan(parts=(ending(spec, memory, observed),), is_farewell=True)
    deciding: Sequence[Callable[[], Part]] = (
        lambda: lifecycle_part(spec, observed.life),
        lambda: _telegram(observed),
        lambda: webhook_part(spec.webhook, memory, observed),
        lambda: _profile(spec, memory, observed),
        lambda: prescaling_part(spec, memory, observed),
    )
    return Plan(parts=tuple(decide() for decide in deciding))


def _telegram(observed: Observed) -> Part:
    problem = observed.webhook if isinstance(observed.webhook, Problem) else None
    condition = failed(problem) if problem else is_true("Answers", "Telegram takes the token.")
    return Part(conditions={Type.TELEGRAM: condition})


def _profile(spec: BotSpec, memory: Memory, observed: Observed) -> Part:
    return Part() if observed.profile is None else profile_part(spec, memory, observed.profile)
