"""Looking at everything that a decision about a bot needs. Reads only; each part's trouble is a
Problem of that part alone."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from k8s.bot_operator.api import ApiFault
from k8s.bot_operator.cluster import Cluster
from k8s.bot_operator.gateways import Gateways
from k8s.bot_operator.lifecycle import FINALIZER
from k8s.bot_operator.memory import Memory, mark, moment
from k8s.bot_operator.observed import (
    Gateway,
    Lifecycle,
    Observed,
    Opening,
    Problem,
    Profile,
    Scaler,
    Secrets,
    WebhookInfo,
)
from k8s.bot_operator.openings import Openings
from k8s.bot_operator.profile import languages
from k8s.bot_operator.spec import BotSpec, Prescaling, SecretKey
from k8s.bot_operator.telegram import Telegram, TelegramFault, odd, webhook_info
from k8s.bot_operator.webhook import fingerprint
from services.chassis import logs

TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{3,100}")
# What the gateways take; Telegram would be content with one character.
SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}")
# How far beyond the present windows to look, so that the next one's beginning is known.
AHEAD = timedelta(hours=1)

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was observed, and the token to act with; None when there is none."""

    observed: Observed
    token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """All that is looked with."""

    cluster: Cluster
    telegram: Telegram
    gateways: Gateways
    gateway_pods: str
    openings: Openings
    clock: Callable[[], datetime]

    async def look(
        self, bot: Mapping[str, Any], spec: BotSpec, memory: Memory, *, with_profile: bool
    ) -> Seen:
        """At one bot. Never raises for what others do."""
        now = self.clock()
        token, secrets = await asyncio.gather(self._token(spec), self._secrets(spec))
        webhook, gateways, profile, scaler, openings, life = await asyncio.gather(
            self._webhook(token),
            self._gateways(),
            self._profile(token, languages(spec, memory) if with_profile else None),
            self._scaler(spec),
            self._openings(spec.prescaling, now),
            self._life(bot, spec),
        )
        observed = Observed(
            now=now,
            life=life,
            secrets=secrets,
            webhook=webhook,
            gateways=gateways,
            secret_marks=_marks(secrets, token),
            profile=profile,
            scaler=scaler,
            openings=openings,
        )
        return Seen(observed=observed, token=None if isinstance(token, Problem) else token)

    async def _token(self, spec: BotSpec) -> str | Problem:
        values = await self._values(spec.token.name)
        if isinstance(values, Problem):
            return values
        token = values.get(spec.token.key)
        if token is None:
            return missing(spec.token)
        logs.hide(token)
        if not TOKEN.fullmatch(token):
            words = f"{spec.token.key} in the Secret {spec.token.name} is not of the form 123:ABC."
            return Problem(reason="TokenMalformed", message=words)
        return token

    async def _secrets(self, spec: BotSpec) -> Secrets | Problem:
        wanted = spec.webhook.secret
        values = await self._values(wanted.name)
        if isinstance(values, Problem):
            return values
        current, previous = values.get(wanted.key), values.get(spec.webhook.previous_key)
        if current is None:
            return missing(wanted)
        for secret in filter(None, (current, previous)):
            logs.hide(secret)
        if not SECRET.fullmatch(current):
            words = f"{wanted.key} in {wanted.name} is not 32 to 256 of A-Z, a-z, 0-9, '_', '-'."
            return Problem(reason="SecretMalformed", message=words)
        return Secrets(current=current, previous=previous)

    async def _values(self, name: str) -> Mapping[str, str] | Problem:
        return await tried(self.cluster.secret(name), f"The Secret {name}")

    async def _webhook(self, token: str | Problem) -> WebhookInfo | Problem:
        if isinstance(token, Problem):
            return token
        try:
            return webhook_info(await self.telegram.call(token, "getWebhookInfo"), token)
        except TelegramFault as fault:
            return fault.problem

    async def _gateways(self) -> Sequence[Gateway] | Problem:
        pods = await tried(self.cluster.ready_pods(self.gateway_pods), "The list of gateways")
        return pods if isinstance(pods, Problem) else await self.gateways.accepting(pods)

    async def _profile(
        self, token: str | Problem, asked: Sequence[str] | None
    ) -> Profile | Problem | None:
        if asked is None:
            return None
        if isinstance(token, Problem):
            return token
        try:
            return await profile_of(self.telegram, token, asked)
        except TelegramFault as fault:
            return fault.problem

    async def _scaler(self, spec: BotSpec) -> Scaler | Problem | None:
        if spec.prescaling is None:
            return None
        target = spec.prescaling.target
        return await tried(self.cluster.scaler(target), f"The {target.kind} {target.name}")

    async def _openings(
        self, spec: Prescaling | None, now: datetime
    ) -> Sequence[Opening] | Problem | None:
        if spec is None:
            return None
        return await self.openings.between(now - spec.hold, now + spec.lead + AHEAD)

    async def _life(self, bot: Mapping[str, Any], spec: BotSpec) -> Lifecycle:
        metadata = bot["metadata"]
        deleted_at = moment(metadata.get("deletionTimestamp"))
        return Lifecycle(
            has_finalizer=FINALIZER in metadata.get("finalizers", ()),
            deleted_at=deleted_at,
            url_is_shared=deleted_at is not None and await self._is_shared(metadata, spec),
        )

    async def _is_shared(self, metadata: Mapping[str, Any], spec: BotSpec) -> bool:
        """Whether a renamed copy of the resource lives on. Unknown counts as no."""
        others = await tried(self.cluster.bots(), "The list of TelegramBots")
        return not isinstance(others, Problem) and any(
            other["metadata"]["uid"] != metadata["uid"]
            and "deletionTimestamp" not in other["metadata"]
            and other["spec"]["webhook"]["url"] == spec.webhook.url
            for other in others
        )


async def tried(asking: Awaitable[Found], what: str) -> Found | Problem:
    """The answer, or the API server's trouble as a problem of `what`."""
    try:
        return await asking
    except ApiFault as fault:
        return fault.problem(what)


async def profile_of(telegram: Telegram, token: str, asked: Sequence[str]) -> Profile:
    """Who the bot is and what people see of it. Raises TelegramFault."""
    me = await telegram.call(token, "getMe")
    menus: dict[str, tuple[tuple[str, str], ...]] = {}
    texts: dict[str, dict[str, str]] = {"description": {}, "short_description": {}}
    try:
        for code in dict.fromkeys(("", *asked)) if asked else ():
            commands = await telegram.call(token, "getMyCommands", language_code=code)
            menus[code] = tuple((one["command"], one["description"]) for one in commands)
            full = await telegram.call(token, "getMyDescription", language_code=code)
            short = await telegram.call(token, "getMyShortDescription", language_code=code)
            texts["description"][code] = str(full["description"])
            texts["short_description"][code] = str(short["short_description"])
        return Profile(
            username=str(me["username"]),
            menus=menus,
            descriptions=texts["description"],
            short_descriptions=texts["short_description"],
        )
    except (KeyError, TypeError):
        raise odd("A question about the bot's profile") from None


def missing(wanted: SecretKey) -> Problem:
    """A Secret without the key that it was named for."""
    words = f"The Secret {wanted.name} has no key {wanted.key}, or it is empty."
    return Problem(reason="SecretMissing", message=words)


def _marks(secrets: Secrets | Problem, token: str | Problem) -> Mapping[str, str]:
    if isinstance(secrets, Problem) or isinstance(token, Problem):
        return {}
    known = filter(None, (secrets.current, secrets.previous))
    return {fingerprint(secret): mark(secret, token) for secret in known}
