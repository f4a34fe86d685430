"""One part of a decision: what to do, what is then true, and what must be remembered when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from k8s.bot_operator.actions import Action
from k8s.bot_operator.conditions import Condition, Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`conditions` and `after` hold once all `actions` have succeeded."""

    actions: tuple[Action, ...] = ()
    conditions: Mapping[Type, Condition] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the Memory to be written down before the actions begin."""
    after: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the Memory once they are done."""
    again_after: float | None = None
    """Seconds until it is worth another look, if sooner than usual."""
