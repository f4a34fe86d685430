"""What to do about the webhook: a pure function of the spec, what we remember and what is.

A URL that is neither the spec's nor one of ours is an alarm and is left alone. A secret is told to
Telegram only once every ready gateway accepts it.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from k8s.bot_operator.actions import SetWebhook
from k8s.bot_operator.conditions import (
    Condition,
    Type,
    failed,
    is_false,
    is_true,
    is_unknown,
)
from k8s.bot_operator.memory import Memory
from k8s.bot_operator.observed import Gateway, Observed, Problem, Secrets, WebhookInfo
from k8s.bot_operator.parts import Part
from k8s.bot_operator.spec import WebhookSpec

FINGERPRINT_LENGTH = 16
# A gateway reads a changed Secret within seconds once the kubelet has it.
LOOK_AGAIN_SECONDS = 5.0
# A webhook that answers 401 is told its secret again, but not in a hurry.
REFUSED_PAUSE = timedelta(seconds=60)
REFUSALS = re.compile(r"\b40[13]\b")

NAMED = 3


def fingerprint(secret: str) -> str:
    """What a gateway shows of a secret that it accepts."""
    return hashlib.sha256(secret.encode()).hexdigest()[:FINGERPRINT_LENGTH]


def is_foreign(url: str, spec: WebhookSpec, memory: Memory) -> bool:
    """Whether Telegram calls a place that we never sent it to."""
    return bool(url) and url != spec.url and url not in memory.own_urls


def webhook_part(spec: WebhookSpec, memory: Memory, observed: Observed) -> Part:
    """Mend what differs, if the way is clear."""
    info = observed.webhook
    if isinstance(info, Problem):
        return _blocked(is_unknown(info.reason, info.message))
    if is_foreign(info.url, spec, memory):
        return _blocked(_alarm(info.url))
    if isinstance(observed.secrets, Problem):
        return _blocked(failed(observed.secrets))
    return _towards(observed.secrets, spec, memory, observed, info)


def _blocked(condition: Condition) -> Part:
    """Both conditions hang on it."""
    return Part(conditions={Type.WEBHOOK: condition, Type.SECRET: condition})


def _alarm(url: str) -> Condition:
    """The host alone is told: another's path may be his secret."""
    message = (
        f"Telegram brings this bot's updates to {urlsplit(url).hostname}, where nobody here sent "
        "it. It is left alone: if it is yours, delete it (deleteWebhook); if not, the token is out."
    )
    return is_false("ForeignWebhook", message)


def _towards(
    secrets: Secrets, spec: WebhookSpec, memory: Memory, observed: Observed, info: WebhookInfo
) -> Part:
    marks = observed.secret_marks
    has_current = memory.secret_mark == marks[fingerprint(secrets.current)]
    chosen = _acceptable(secrets, observed.gateways)
    steps = {Type.SECRET: _step(secrets, observed.gateways, has_current)}
    differs = _differs(spec, info)
    is_new = chosen is not None and memory.secret_mark != marks[fingerprint(chosen)]
    if not differs and not (is_new or _is_refused(info, memory, observed)):
        pause = None if steps[Type.SECRET].status else LOOK_AGAIN_SECONDS
        conditions = {Type.WEBHOOK: is_true("InStep", "Telegram has the spec's webhook."), **steps}
        return Part(conditions=conditions, again_after=pause)
    if chosen is None:
        return _waiting(differs, steps)
    set_now = chosen == secrets.current
    return Part(
        actions=(_setting(spec, chosen),),
        conditions={
            Type.WEBHOOK: is_true("InStep", "Telegram has the spec's webhook."),
            Type.SECRET: _step(secrets, observed.gateways, set_now),
        },
        before={"own_urls": _with(memory.own_urls, spec.url)},
        after={
            "own_urls": (spec.url,),
            "secret_mark": marks[fingerprint(chosen)],
            "set_at": observed.now,
        },
        again_after=None if set_now else LOOK_AGAIN_SECONDS,
    )


def _setting(spec: WebhookSpec, secret: str) -> SetWebhook:
    return SetWebhook(
        url=spec.url,
        secret=secret,
        max_connections=spec.max_connections,
        allowed_updates=spec.allowed_updates,
    )


def _waiting(differs: Sequence[str], steps: Mapping[Type, Condition]) -> Part:
    """Telegram must be told, and there is no secret yet that every gateway accepts."""
    words = f"To be set ({', '.join(differs) or 'secret'}) once every gateway accepts the secret."
    conditions = {Type.WEBHOOK: is_false("WaitingForGateways", words), **steps}
    return Part(conditions=conditions, again_after=LOOK_AGAIN_SECONDS)


def _with(urls: tuple[str, ...], url: str) -> tuple[str, ...]:
    return urls if url in urls else (*urls, url)


def _differs(spec: WebhookSpec, info: WebhookInfo) -> list[str]:
    wanted = {
        "url": info.url == spec.url,
        "maxConnections": info.max_connections == spec.max_connections,
        "allowedUpdates": info.allowed_updates == frozenset(spec.allowed_updates),
    }
    return [name for name, is_same in wanted.items() if not is_same]


def _is_refused(info: WebhookInfo, memory: Memory, observed: Observed) -> bool:
    """Somebody told Telegram another secret: the gateways have refused it since we set ours."""
    if info.error_at is None or memory.set_at is None or not REFUSALS.search(info.error):
        return False
    return info.error_at > memory.set_at and observed.now - memory.set_at > REFUSED_PAUSE


def _acceptable(secrets: Secrets, gateways: Sequence[Gateway] | Problem) -> str | None:
    """The newest secret that each of at least one ready gateway accepts."""
    if isinstance(gateways, Problem) or not gateways:
        return None
    for secret in (secrets.current, secrets.previous):
        if secret and all(_accepts(gateway, secret) for gateway in gateways):
            return secret
    return None


def _accepts(gateway: Gateway, secret: str) -> bool:
    return gateway.accepted is not None and fingerprint(secret) in gateway.accepted


def _step(secrets: Secrets, gateways: Sequence[Gateway] | Problem, has_current: bool) -> Condition:
    if isinstance(gateways, Problem):
        return is_unknown(gateways.reason, gateways.message)
    lagging = [one for one in gateways if not _accepts(one, secrets.current)]
    if has_current:
        # One that does not answer says nothing against the secret; one that lists others does.
        lagging = [one for one in lagging if one.accepted is not None]
    names = ", ".join(one.name for one in lagging[:NAMED])
    if has_current and lagging:
        words = f"{len(lagging)} of {len(gateways)} gateways refuse Telegram's secret: {names}"
        return is_false("GatewayOutOfStep", words)
    if has_current:
        return is_true("InStep", "Telegram shows the Secret's current value.")
    if not gateways:
        return is_false("NoGatewayReady", "No gateway is ready to accept the secret.")
    words = f"{len(lagging)} of {len(gateways)} gateways do not accept the new secret yet: {names}"
    return is_false("WaitingForGateways", words)
