"""What to do about the resource's own beginning and end. Without onDelete: Delete it has no
finalizer of ours, and its end is nobody's business; with it the end waits for Telegram, though not
for ever."""

from datetime import timedelta

from k8s.bot_operator.actions import Action, DeleteWebhook, Hold, SetFloor
from k8s.bot_operator.conditions import Type, is_false
from k8s.bot_operator.memory import Memory
from k8s.bot_operator.observed import Lifecycle, Observed, Problem
from k8s.bot_operator.parts import Part
from k8s.bot_operator.spec import BotSpec
from k8s.bot_operator.webhook import is_foreign

FINALIZER = "fotbot.io/webhook"
PATIENCE = timedelta(minutes=10)
LOOK_AGAIN_SECONDS = 10.0


def lifecycle_part(spec: BotSpec, life: Lifecycle) -> Part:
    """The finalizer stands exactly while somebody wants it, and before the webhook does."""
    if life.has_finalizer == spec.deletes_webhook:
        return Part()
    return Part(actions=(Hold(holds=spec.deletes_webhook),))


def ending(spec: BotSpec, memory: Memory, observed: Observed) -> Part:
    """All that is left to do for a resource that is being deleted, in order."""
    life = observed.life
    if not life.has_finalizer or life.deleted_at is None:
        return Part()
    farewell: list[Action] = []
    if memory.target is not None:
        farewell.append(SetFloor(target=memory.target, replicas=None))
    if spec.deletes_webhook and not life.url_is_shared:
        info = observed.webhook
        if isinstance(info, Problem):
            return _later(info, memory, observed)
        if info.url and not is_foreign(info.url, spec.webhook, memory):
            farewell.append(DeleteWebhook())
    return Part(actions=(*farewell, Hold(holds=False)), after={"target": None})


def is_overdue(observed: Observed) -> bool:
    """Whether the resource has waited for its end long enough."""
    deleted_at = observed.life.deleted_at
    return deleted_at is not None and observed.now - deleted_at > PATIENCE


def _later(problem: Problem, memory: Memory, observed: Observed) -> Part:
    if is_overdue(observed):
        words = f"Nobody could take the webhook away ({problem.reason}): it is still set."
        return Part(
            actions=(Hold(holds=False),),
            conditions={Type.WEBHOOK: is_false("LeftBehind", words)},
        )
    condition = is_false(problem.reason, problem.message)
    return Part(conditions={Type.WEBHOOK: condition}, again_after=LOOK_AGAIN_SECONDS)
