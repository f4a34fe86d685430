"""Errors for the error tracker that SENTRY_DSN names: what broke and where, nothing of anybody.

An event is built from a list of what may leave: the log line's own words, the exceptions' types,
the frames' files, lines and functions, the trace id. What an exception says, variables, requests
and breadcrumbs stay here, since any of them may hold a name or what a person wrote; the log line
under the same trace id has them. Imported only where a DSN is set: it costs some 20 MiB.
"""

import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any, cast

import grpc
from sentry_sdk.client import Client
from sentry_sdk.types import Event, Hint
from sentry_sdk.utils import event_from_exception

from services.chassis import logs
from services.chassis.metrics import ERROR_REPORTS

# Of one process: an outage must not become a flood, and each report costs a millisecond.
MOST_A_MINUTE = 60
MINUTE = 60.0
EVENT = (
    *("event_id", "timestamp", "platform", "level", "logger", "tags"),
    *("release", "environment", "server_name"),
)
FRAME = ("filename", "module", "function", "lineno", "in_app")
SENT, TOO_MANY = ERROR_REPORTS.labels("sent"), ERROR_REPORTS.labels("too_many")


class Reports:
    """The way to the error tracker; sends in a thread of its own, and drops what piles up."""

    def __init__(
        self,
        dsn: str,
        service: str,
        environment: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = Client(
            dsn=dsn,
            release=f"fotbot@{version('fotbot')}",
            environment=environment,
            # Neither hooks into libraries nor anything that looks at calls and requests.
            default_integrations=False,
            auto_enabling_integrations=False,
            auto_session_tracking=False,
            send_client_reports=False,
            include_local_variables=False,
            include_source_context=False,
            max_breadcrumbs=0,
            before_send=only_what_may_leave,
        )
        self._service = service
        self._clock = clock
        self._minute, self._told = clock(), 0

    def hear(self, line: Mapping[str, Any]) -> None:
        """A log line: one that is an error with an exception is reported."""
        error = _error_of(line)
        if error is None or not self._may_tell():
            return
        event, hint = event_from_exception(error, client_options=self._client.options)
        event["level"] = "error"
        event["logger"] = str(line.get("module", ""))
        event["message"] = str(line.get("event", ""))
        event["tags"] = {"service": self._service, "trace_id": str(line.get("trace_id", ""))}
        self._client.capture_event(event, hint)
        SENT.inc()

    def close(self, seconds: float) -> None:
        """Send what is still here, for so long at most. Blocks."""
        self._client.close(timeout=seconds)

    def _may_tell(self) -> bool:
        if self._clock() - self._minute >= MINUTE:
            self._minute, self._told = self._clock(), 0
        self._told += 1
        if self._told > MOST_A_MINUTE:
            TOO_MANY.inc()
        return self._told <= MOST_A_MINUTE


def only_what_may_leave(event: Event, _hint: Hint) -> Event:
    """The event anew, of that alone which can hold nothing personal."""
    told = {name: event.get(name) for name in EVENT}
    told["message"] = logs.scrubbed(str(event.get("message", "")))
    values = event.get("exception", {}).get("values", [])
    told["exception"] = {"values": [_exception(value) for value in values]}
    return cast(Event, told)


def _exception(value: Mapping[str, Any]) -> dict[str, Any]:
    frames = (value.get("stacktrace") or {}).get("frames", [])
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "mechanism": {
            name: known
            for name, known in (value.get("mechanism") or {}).items()
            if name in ("type", "handled", "exception_id", "parent_id")
        },
        "stacktrace": {
            "frames": [{name: frame[name] for name in FRAME if name in frame} for frame in frames]
        },
    }


def _error_of(line: Mapping[str, Any]) -> BaseException | None:
    """The exception of a line that is an error. A call's failure is told by who served it."""
    if line.get("level") not in ("error", "critical"):
        return None
    given = line.get("exc_info")
    if isinstance(given, tuple):
        given = given[1]
    if given is True:
        given = sys.exc_info()[1]
    is_ours = isinstance(given, BaseException) and not isinstance(given, grpc.RpcError)
    return given if is_ours else None
