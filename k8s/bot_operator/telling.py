"""Telling people what was found: the resource's status, Events for what got worse, metrics."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from k8s.bot_operator import conditions as shown
from k8s.bot_operator import metrics
from k8s.bot_operator.cluster import Cluster
from k8s.bot_operator.conditions import Condition, Type, summed_up
from k8s.bot_operator.memory import Memory, told
from k8s.bot_operator.observed import Observed, Problem
from k8s.bot_operator.spec import BotSpec
from k8s.bot_operator.webhook import is_foreign

Bot: TypeAlias = Mapping[str, Any]
Warn: TypeAlias = Callable[[Bot, str, str], None]
"""An Event of a bot: its body, a reason, a message."""

OF_MEMORY = ("username", "webhook", "languages", "prescaling")


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """For all bots. Whatever it says names no secret."""

    cluster: Cluster
    warn: Warn
    clock: Callable[[], datetime]

    async def note(self, bot: Bot, memory: Memory) -> Bot:
        """Write down what is about to be done; what was true stays as it was told. The resource as
        it is then."""
        status = {name: part for name, part in status_of(bot).items() if name not in OF_MEMORY}
        return await self.cluster.tell(bot["metadata"]["name"], status | told(memory))

    async def tell(self, bot: Bot, memory: Memory, found: Mapping[Type, Condition]) -> None:
        """The status as it is now, and Events for conditions that have turned false."""
        before, generation = status_of(bot).get("conditions") or [], bot["metadata"]["generation"]
        conditions = dict(found)
        conditions.setdefault(Type.READY, summed_up(found))
        status = told(memory) | {
            "observedGeneration": generation,
            "conditions": shown.told(conditions, before, generation, self.clock()),
        }
        if status != status_of(bot):
            await self.cluster.tell(bot["metadata"]["name"], status)
        for kind, condition in shown.worsened(conditions, shown.kept(before)):
            self.warn(bot, condition.reason, f"{kind}: {condition.message}")
        for kind, condition in conditions.items():
            gauge = metrics.CONDITION.labels(bot["metadata"]["name"], str(kind))
            gauge.set(condition.status is True)

    def forget(self, name: str) -> None:
        """The bot is gone, and with it what was told of it."""
        metrics.forget(name, [str(kind) for kind in Type])


def status_of(bot: Bot) -> Mapping[str, Any]:
    """Empty before the first round."""
    return bot.get("status") or {}


def measure(name: str, spec: BotSpec, memory: Memory, observed: Observed) -> None:
    """The webhook in figures, before anything was mended."""
    info = observed.webhook
    metrics.UP.labels(name).set(not isinstance(info, Problem))
    metrics.FLOOR.labels(name).set(memory.floor or 0)
    if isinstance(info, Problem):
        metrics.TOKEN_REFUSED.labels(name).set(info.reason == "TokenRefused")
        return
    metrics.TOKEN_REFUSED.labels(name).set(0)
    metrics.PENDING.labels(name).set(info.pending)
    metrics.LAST_ERROR.labels(name).set(info.error_at.timestamp() if info.error_at else 0)
    metrics.IS_OURS.labels(name).set(info.url == spec.webhook.url)
    metrics.IS_FOREIGN.labels(name).set(is_foreign(info.url, spec.webhook, memory))
