"""What kopf calls: the only module that knows it beside access.py. Watching, credentials, Events
and the liveness port are kopf's; when and what to do is decided elsewhere.

There are only event handlers, so kopf writes nothing into the resources: no finalizer, no
annotation, no progress.
"""

import asyncio
import logging
import os
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

import kopf

from k8s.bot_operator.access import connection
from k8s.bot_operator.acting import Hands
from k8s.bot_operator.api import Api
from k8s.bot_operator.cluster import GROUP, MANAGER, PLURAL, VERSION, Cluster
from k8s.bot_operator.gateways import Gateways
from k8s.bot_operator.keepers import Keepers
from k8s.bot_operator.looking import Eyes
from k8s.bot_operator.openings import NoSessions, Openings, SessionsOpenings
from k8s.bot_operator.reconciler import Reconciler
from k8s.bot_operator.settings import OperatorSettings
from k8s.bot_operator.telegram import Telegram
from k8s.bot_operator.telling import Bot, Teller
from k8s.bot_operator.watching import Watched, compare
from services.chassis import certificates, identity, logs, telemetry
from services.chassis.health import Health, watch_loop
from services.chassis.ops import ops_server
from services.chassis.process import hide_secrets, reports, said
from services.chassis.settings import SettingsError, load

# A round waits for its bot's calls and for room; later than this means that it hangs.
LATEST_ROUND = 600.0

log = logs.logger(__name__)


class Operator:
    """The running operator, as the handlers share it."""

    def __init__(self, settings: OperatorSettings) -> None:
        self.settings = settings
        self.watched = Watched()
        self.keepers: Keepers
        self._stack = AsyncExitStack()

    async def start(self, kopf_settings: kopf.OperatorSettings) -> None:
        """Open everything; the last to open is the port that says so."""
        settings, enter = self.settings, self._stack.enter_async_context
        hide_secrets(settings)
        for last_words in reports("operator", settings):
            self._stack.push_async_callback(said, last_words)
        identity.present(shown := identity.from_settings(settings))
        if shown is not None:
            self._beside(shown.follow())
        login = partial(connection, settings.service_account, kopf_settings)
        cluster = Cluster(await enter(Api.open(login)), settings.pod_namespace)
        telegram = await enter(Telegram.open(settings.telegram_api_url))
        eyes = Eyes(
            cluster=cluster,
            telegram=telegram,
            gateways=await enter(Gateways.open(settings.gateway_ops_port)),
            gateway_pods=settings.gateway_pods,
            openings=await self._openings(),
            clock=now,
        )
        reconciler = Reconciler(
            cluster=cluster,
            eyes=eyes,
            hands=Hands(cluster=cluster, telegram=telegram),
            teller=Teller(cluster=cluster, warn=warn, clock=now),
            clock=now,
            every=settings.reconcile_seconds,
            profile_every=settings.profile_seconds,
        )
        self.keepers = Keepers(reconciler.round, settings.at_once)
        self._stack.push_async_callback(self.keepers.close)
        health = Health()
        await enter(ops_server(health, settings.listen_host, settings.ops_port))
        self._beside(watch_loop())
        self._beside(
            compare(self.watched, cluster.bots, self.keepers.wake, settings.watch_check_seconds)
        )

    async def stop(self) -> None:
        """Close everything, the last opened first."""
        await self._stack.aclose()

    async def _openings(self) -> Openings:
        address = self.settings.sessions_addr
        if not address:
            return NoSessions()
        return await self._stack.enter_async_context(SessionsOpenings.open(address))

    def _beside(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._stack.callback(task.cancel)


def now() -> datetime:
    """UTC."""
    return datetime.now(UTC)


def warn(bot: Bot, reason: str, message: str) -> None:
    """An Event of the bot, posted by kopf, whose queue only what began with an event knows."""
    try:
        kopf.warn(cast(kopf.Body, bot), reason=reason, message=message)
    except LookupError:
        log.warning("there is no queue for an Event", bot=bot["metadata"]["name"], reason=reason)


@kopf.on.startup()
async def start(settings: kopf.OperatorSettings, memo: kopf.Memo, **_: Any) -> None:
    """Settings of kopf and ours; everything that is kept open."""
    tune(settings)
    logs.set_up("operator")
    telemetry.roots.keep(0.0)
    certificates.tell_expiry(os.environ.get("TLS_CERT_FILE"))
    try:
        memo.operator = Operator(load(OperatorSettings, os.environ))
        await memo.operator.start(settings)
    except SettingsError as fault:
        raise kopf.PermanentError(str(fault)) from None


@kopf.on.cleanup()
async def stop(memo: kopf.Memo, **_: Any) -> None:
    """The end of the process."""
    await memo.operator.stop()


@kopf.on.login(retries=5, backoff=2.0)
def login(memo: kopf.Memo, settings: kopf.OperatorSettings, **_: Any) -> kopf.ConnectionInfo:
    """Who we are to the API server."""
    return connection(memo.operator.settings.service_account, settings)


@kopf.on.event(GROUP, VERSION, PLURAL)
async def heard(event: kopf.RawEvent, body: kopf.Body, memo: kopf.Memo, **_: Any) -> None:
    """A bot came, changed or went. Changes of its status alone wake nobody."""
    operator: Operator = memo.operator
    if operator.watched.told(body, is_gone=event["type"] == "DELETED"):
        operator.keepers.wake(str(body.metadata.name))


@kopf.on.probe(id="watch")
def is_alive(memo: kopf.Memo, **_: Any) -> dict[str, float]:
    """Liveness: nothing the API server lists was kept from us for long, and no round is late."""
    operator: Operator = memo.operator
    behind, late = operator.watched.behind(), operator.keepers.overdue()
    return judged(behind, late, operator.settings.watch_grace_seconds)


def judged(behind: float, late: float, grace: float) -> dict[str, float]:
    """Seconds that the watch and the rounds are behind. Raises PermanentError when that is beyond
    help: kopf would try again before it answers the probe otherwise."""
    if behind > grace:
        raise kopf.PermanentError(f"the watch has been behind for {behind:.0f} s")
    if late > LATEST_ROUND:
        raise kopf.PermanentError(f"a round is late by {late:.0f} s")
    return {"behind_seconds": behind, "late_seconds": late}


def tune(settings: kopf.OperatorSettings) -> None:
    """Everything has an end: calls, watches, retries, queues."""
    settings.scanning.disabled = True
    settings.watching.server_timeout = 600
    settings.watching.client_timeout = 630
    settings.watching.connect_timeout = 10
    settings.networking.request_timeout = 30
    settings.networking.connect_timeout = 10
    settings.networking.error_backoffs = (1, 2, 3, 5, 8)
    settings.networking.enforce_retry_after = True
    settings.queueing.worker_limit = 20
    settings.posting.level = logging.WARNING
    settings.posting.worker_limit = 5
    settings.posting.default_backoffs = (1, 2, 5)
    settings.posting.reporting_component = MANAGER
    settings.posting.reporting_instance = os.environ.get("HOSTNAME", MANAGER)
    settings.posting.event_name_prefix = f"{MANAGER}-"
    settings.process.ultimate_exiting_timeout = 40
