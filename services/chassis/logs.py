"""One JSON object a line on standard output, with the trace it belongs to.

Whatever anybody logs, no secret, bot token or phone number comes out, and no control character
that could forge a line or paint a terminal. Libraries' own logging goes the same way.
"""

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from services.chassis import telemetry

# A password in an address, a bot token, and a phone number: 11 digits up, so that it is no
# Telegram id, or fewer behind a plus.
PATTERNS = (
    re.compile(r"(?<=://)[^/\s@]*:[^/\s@]*(?=@)"),
    re.compile(r"\d{8,10}:[\w-]{35}"),
    re.compile(r"(?<![\w.-])(?:\+\d(?:[ ()-]{0,2}\d){8,14}|\d(?:[ ()-]{0,2}\d){10,14})(?![\w])"),
)
HIDDEN = "[hidden]"
ERRORS = frozenset({"error", "exception", "critical"})
# C0 and C1 controls, line and paragraph separators, marks that turn the writing direction.
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Shorter ones would blot out ordinary words.
SHORTEST_SECRET = 6

_secrets: set[str] = set()
# Who hears of every error, before it is cleaned and its exception becomes text.
_listeners: list[Callable[[Mapping[str, Any]], None]] = []


def listen(listener: Callable[[Mapping[str, Any]], None]) -> None:
    """Call `listener` with each line that is an error, from now on."""
    _listeners.append(listener)


def stop_listening(listener: Callable[[Mapping[str, Any]], None]) -> None:
    """The end of `listen`."""
    _listeners.remove(listener)


def hide(secret: str) -> None:
    """Never let this value out in a log line from now on."""
    if len(secret) >= SHORTEST_SECRET:
        _secrets.add(secret)


def logger(name: str) -> FilteringBoundLogger:
    """The logger of a module; it follows `set_up` even when made before it."""
    made: FilteringBoundLogger = structlog.get_logger(module=name)
    return made


def scrubbed(text: str) -> str:
    """The text without secrets, tokens, passwords and phone numbers."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    for pattern in PATTERNS:
        text = pattern.sub(HIDDEN, text)
    return text


def set_up(service: str, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send all logging of this process to `stream`, standard output by default."""
    first = (_named(service), *_shared())
    last: tuple[Processor, ...] = (
        structlog.processors.format_exc_info,
        _clean,
        structlog.processors.JSONRenderer(),
    )
    out = stream or sys.stdout
    structlog.configure(
        processors=[*first, _heard, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(out),
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=first,
            processors=[
                _library_heard,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *last,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)
    logging.captureWarnings(True)


def _shared() -> Iterable[Processor]:
    return (
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _traced,
    )


def _named(service: str) -> Processor:
    def name(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    return name


def _traced(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    context = telemetry.current()
    if context.is_valid:
        event["trace_id"] = f"{context.trace_id:032x}"
        event["span_id"] = f"{context.span_id:016x}"
    return event


def _heard(_logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    if _listeners and method in ERRORS:
        for listener in _listeners:
            listener(event)
    return event


def _library_heard(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """A library's words may hold anything, so that only whose they are is told."""
    name = event["_record"].name
    _heard(logger, method, {**event, "module": name, "event": f"{name} logged an error"})
    return event


# Ours, and never a person's words.
EXEMPT = frozenset({"service", "level", "timestamp", "trace_id", "span_id"})


def _clean(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {name: value if name in EXEMPT else _cleaned(value) for name, value in event.items()}


def _cleaned(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {str(_cleaned(str(name))): _cleaned(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_cleaned(inner) for inner in value]
    return CONTROLS.sub(_escaped, scrubbed(value if isinstance(value, str) else repr(value)))


def _escaped(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode()
