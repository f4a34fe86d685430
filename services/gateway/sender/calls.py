"""A call to Telegram, counted, timed and told to the trace; a 429 silences the whole bot."""

import time
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol, get_args

from opentelemetry.trace import get_current_span

from services.chassis import logs
from services.chassis.metrics import exemplar
from services.chassis.tallies import Count, Timing
from services.gateway.sender import metrics
from services.gateway.sender.documents import Document
from services.gateway.sender.limits import Limits
from services.gateway.sender.verdicts import Throttled, Verdict

_NAMES: Mapping[type[Any], str] = {kind: kind.__name__.lower() for kind in get_args(Verdict)}

log = logs.logger(__name__)


class Telegram(Protocol):
    """The Bot API as the sender needs it."""

    async def call(self, method: str, parameters: Mapping[str, Any]) -> Verdict:
        """Make one call; never raises."""

    async def upload(
        self, method: str, parameters: Mapping[str, Any], document: Document
    ) -> Verdict:
        """Make one call that brings a file; never raises."""


class Calls:
    """Telegram, with everything that surrounds a call."""

    def __init__(self, telegram: Telegram, limits: Limits) -> None:
        self._telegram = telegram
        self._limits = limits

    async def make(
        self, method: str, parameters: Mapping[str, Any], document: Document | None = None
    ) -> Verdict:
        """Make one call, that brings a file perhaps; never raises."""
        began = time.monotonic()
        if document is None:
            verdict = await self._telegram.call(method, parameters)
        else:
            verdict = await self._telegram.upload(method, parameters, document)
        seconds, name = time.monotonic() - began, _NAMES[type(verdict)]
        _sends(method, name).inc()
        span = get_current_span()
        if span.is_recording():
            span.set_attributes({"fotbot.telegram.method": method, "fotbot.telegram.verdict": name})
            _timing(method).observe(seconds, exemplar())
        else:
            _timing(method).observe(seconds)
        if isinstance(verdict, Throttled):
            log.warning("telegram asks for silence", seconds=verdict.retry_after)
            metrics.THROTTLED.inc()
            await self._limits.pause(verdict.retry_after)
        return verdict


@cache
def _timing(method: str) -> Timing:
    return metrics.SEND_SECONDS.labels(method)


@cache
def _sends(method: str, verdict: str) -> Count:
    return metrics.SENDS.labels(method, verdict)
