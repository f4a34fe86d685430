"""How many gateways there must be at least, now: the window mathematics, and what to do about it.

A window is open from `lead` before an opening until `hold` after it. Openings within a minute of
each other share one rush, others in the same window follow on one another.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from k8s.bot_operator.actions import SetFloor
from k8s.bot_operator.conditions import (
    Condition,
    Type,
    failed,
    is_false,
    is_true,
    is_unknown,
)
from k8s.bot_operator.memory import Memory
from k8s.bot_operator.observed import Observed, Opening, Problem, Scaler
from k8s.bot_operator.parts import Part
from k8s.bot_operator.spec import BotSpec, Prescaling

RUSH = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """The floor that the moment asks for."""

    replicas: int
    uncapped: int
    """What the crowd would need, were there no limit."""
    until: datetime | None
    """When the last of the open windows closes."""
    changes_at: datetime | None
    """When a window opens or closes next."""


def want(spec: Prescaling, openings: Sequence[Opening], now: datetime, ceiling: int) -> Want:
    """The floor at `now`; `ceiling` is the autoscaler's own maximum."""
    windows = [(one.opens_at - spec.lead, one.opens_at + spec.hold, one) for one in openings]
    active = [(end, one) for start, end, one in windows if start <= now < end]
    edges = [edge for start, end, _ in windows for edge in (start, end) if edge > now]
    crowd = largest_rush([one for _, one in active])
    needed = max(spec.floor, math.ceil(crowd / spec.taps_per_replica))
    return Want(
        replicas=max(1, min(needed, spec.most, ceiling)),
        uncapped=needed,
        until=max((end for end, _ in active), default=None),
        changes_at=min(edges, default=None),
    )


def largest_rush(openings: Sequence[Opening]) -> int:
    """Taps of the openings within any one minute, at most."""
    ordered = sorted(openings, key=lambda one: one.opens_at)
    return max(
        (
            sum(one.expected_taps for one in ordered[n:] if one.opens_at - first.opens_at <= RUSH)
            for n, first in enumerate(ordered)
        ),
        default=0,
    )


def prescaling_part(spec: BotSpec, memory: Memory, observed: Observed) -> Part:
    """Give an old autoscaler's floor back, or move the present one's."""
    prescaling = spec.prescaling
    if memory.target is not None and (prescaling is None or prescaling.target != memory.target):
        release = SetFloor(target=memory.target, replicas=None)
        gone = {"target": None, "floor": None, "until": None}
        return Part(actions=(release,), after=gone, again_after=0.0 if prescaling else None)
    if prescaling is None:
        return Part()
    scaler = observed.scaler
    if isinstance(scaler, Problem) or scaler is None:
        problem = scaler or Problem(reason="TargetMissing", message="The target was not read.")
        return Part(conditions={Type.PRESCALED: failed(problem)})
    if scaler.other is not None:
        return Part(conditions={Type.PRESCALED: _contested(scaler.other)})
    return _moved(prescaling, memory, observed, scaler)


def _contested(other: str) -> Condition:
    words = f"{other} applies the floor too: take it out there, or disable prescaling here."
    return is_false("AnotherManager", words)


def _moved(spec: Prescaling, memory: Memory, observed: Observed, scaler: Scaler) -> Part:
    wanted = _wanted(spec, memory, observed, scaler)
    is_there = scaler.is_ours and scaler.floor == wanted.replicas
    action = SetFloor(target=spec.target, replicas=wanted.replicas)
    until = max(filter(None, (wanted.until, memory.until)), default=None)
    return Part(
        actions=() if is_there else (action,),
        conditions={Type.PRESCALED: _condition(spec, observed, wanted)},
        before={"target": spec.target, "until": until},
        after={"floor": wanted.replicas, "until": wanted.until},
        again_after=_until(wanted.changes_at, observed.now),
    )


def _wanted(spec: Prescaling, memory: Memory, observed: Observed, scaler: Scaler) -> Want:
    """While sessions does not answer a raised floor stays to its window's end, and no longer."""
    openings, now = observed.openings, observed.now
    if openings is not None and not isinstance(openings, Problem):
        return want(spec, openings, now, scaler.ceiling)
    if memory.until is None or memory.until <= now or memory.floor is None:
        return want(spec, (), now, scaler.ceiling)
    held = max(1, min(max(memory.floor, spec.floor), spec.most, scaler.ceiling))
    return Want(replicas=held, uncapped=held, until=memory.until, changes_at=memory.until)


def _condition(spec: Prescaling, observed: Observed, wanted: Want) -> Condition:
    if isinstance(observed.openings, Problem):
        return is_unknown(observed.openings.reason, observed.openings.message)
    if wanted.uncapped > wanted.replicas:
        words = f"The crowd would need {wanted.uncapped}, the limit is {wanted.replicas}."
        return is_true("Capped", words)
    if wanted.until is None:
        return is_true("AtFloor", f"No registration opens soon: at least {wanted.replicas}.")
    words = f"Registration opens: at least {wanted.replicas} until {wanted.until:%H:%M} UTC."
    return is_true("Raised", words)


def _until(when: datetime | None, now: datetime) -> float | None:
    return None if when is None else max(0.0, (when - now).total_seconds())
