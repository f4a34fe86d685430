"""The operator: `kopf run -m k8s.bot_operator` looks after the TelegramBots of a namespace.

handlers: kopf's side. keepers: a loop for each bot. reconciler: one round of it. desired: what the
round decides, pure, from webhook, profile, prescaling and lifecycle. looking, acting, telling: the
world.
"""

from k8s.bot_operator import handlers

__all__ = ["handlers"]
