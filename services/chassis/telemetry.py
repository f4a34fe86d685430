"""Traces: ids for the logs, and spans where a trace is kept. Who sends them is `exporting`.

Whether a trace is kept is decided once, where it begins (OTEL_TRACES_SAMPLER), and a caller's
decision holds. The others cost next to nothing: no span is made, OpenTelemetry's context does not
know of them, and only their ids travel on, which are made when somebody asks.
Spans of SQL and of cache commands are made in `db` and `cache`, by hand for the same reason.
"""

import random
import re
from collections.abc import Mapping, Sequence
from contextvars import ContextVar, Token
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import (
    INVALID_SPAN,
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    TraceFlags,
    Tracer,
    TraceState,
    set_span_in_context,
)

TRACEPARENT = "traceparent"
# https://www.w3.org/TR/trace-context/#traceparent-header; a later version may have more parts.
_WRITTEN = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_UNKEPT, _KEPT, _NO_STATE = TraceFlags(0), TraceFlags(TraceFlags.SAMPLED), TraceState()
_LOWER_HALF = (1 << 64) - 1

Attributes = Mapping[str, str | int | float | bool]
# It stands in for the tracer of whichever provider `exporting` makes.
_tracer = trace.get_tracer("fotbot")


@dataclass(slots=True)
class Roots:
    """Which of the traces that begin here are kept: those whose id's lower half is below `bound`;
    None while nobody has said, and then none begins.

    `chosen` is the id of one that is to be kept, for the span that begins it."""

    bound: int | None = None
    chosen: int = 0

    def keep(self, share: float) -> None:
        """Of all traces, this share."""
        self.bound = round(share * (_LOWER_HALF + 1))

    def take(self) -> int:
        """The chosen id, once."""
        chosen, self.chosen = self.chosen, 0
        return chosen


roots = Roots()


class _Unkept(NonRecordingSpan):
    """A trace that is not kept, and what stands around the block that it is of."""

    def __init__(self, context: SpanContext | None = None) -> None:
        self._told = context

    def get_span_context(self) -> SpanContext:
        """The caller's, or one of its own from when it is first asked for."""
        if self._told is None:
            trace_id, span_id = random.getrandbits(128) or 1, random.getrandbits(64) or 1
            self._told = SpanContext(trace_id, span_id, False, _UNKEPT, _NO_STATE)
        return self._told

    def __enter__(self) -> Self:
        self._token = _unkept.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        _unkept.reset(self._token)


# The trace under way if it is not kept; else OpenTelemetry's context knows it.
_unkept: ContextVar[_Unkept | None] = ContextVar("unkept", default=None)


class _Inside:
    """Around a block that goes on in a trace which OpenTelemetry's context tells."""

    __slots__ = ("_context", "_outer", "_token")

    def __init__(self, context: Context) -> None:
        self._context = context

    def __enter__(self) -> None:
        self._outer = _unkept.set(None)
        self._token: Token[Context] = attach(self._context)

    def __exit__(self, *_: object) -> None:
        detach(self._token)
        _unkept.reset(self._outer)


class _Spanning:
    """A span around a block. A class, since a generator would cost more than the span."""

    __slots__ = ("_inside", "_span")

    def __init__(self, span: Span) -> None:
        self._span = span

    def __enter__(self) -> Span:
        self._inside = _Inside(set_span_in_context(self._span))
        self._inside.__enter__()
        return self._span

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._inside.__exit__()
        if isinstance(error, Exception) and self._span.is_recording():
            self._span.record_exception(error)
            self._span.set_status(trace.StatusCode.ERROR, f"{type(error).__name__}: {error}")
        self._span.end()


class _Nothing:
    """Around a block whose trace is not kept."""

    def __enter__(self) -> Span:
        return INVALID_SPAN

    def __exit__(self, *_: object) -> None:
        return


_nothing = _Nothing()
Around = _Spanning | _Unkept | _Nothing


def tracer() -> Tracer:
    """The tracer for spans made by hand where cost is no matter; else `span`, `span_if_kept`."""
    return _tracer


def is_kept() -> bool:
    """Whether there is a trace under way that is kept."""
    return _unkept.get() is None and trace.get_current_span().get_span_context().trace_flags.sampled


def current() -> SpanContext:
    """The ids of the trace under way, kept or not; invalid outside any."""
    return (_unkept.get() or trace.get_current_span()).get_span_context()


def span(
    name: str,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Attributes | None = None,
    caller: str | bytes | None = None,
    links: Sequence[Link] = (),
) -> Around:
    """Around a block: its span if the trace is kept, else none (what it yields takes attributes
    either way). It may begin a trace; `caller` is a traceparent to go on from."""
    return around(started(name, kind, attributes, caller, links))


def root(name: str, kind: SpanKind) -> Around:
    """Around the block with which a trace begins: what `span` would make where nothing is around,
    for the busiest of doors."""
    bound = roots.bound
    if bound is not None and (chosen := random.getrandbits(64)) < bound:
        roots.chosen = (random.getrandbits(64) << 64 | chosen) or 1
        return _Spanning(_tracer.start_span(name, Context(), kind))
    return _Unkept() if bound is not None else _nothing


def around(span: Span | None) -> Around:
    """Around a block: what `started` has made, which ends with it."""
    if span is None:
        return _nothing
    return span if isinstance(span, _Unkept) else _Spanning(span)


def span_if_kept(
    name: str, *, kind: SpanKind = SpanKind.INTERNAL, attributes: Attributes | None = None
) -> Around:
    """The same for what begins no trace: a span only inside a trace that is kept."""
    if not is_kept():
        return _nothing
    return _Spanning(_tracer.start_span(name, kind=kind, attributes=attributes))


def unkept() -> Around:
    """Around work that is part of no trace that is kept, and shall not begin one."""
    return _Unkept()


def inside(text: str) -> _Inside:
    """Around work in the trace that this text names; in none, if it names none."""
    return _Inside(parent(text) or Context())


def started(
    name: str,
    kind: SpanKind,
    attributes: Attributes | None = None,
    caller: str | bytes | None = None,
    links: Sequence[Link] = (),
) -> Span | None:
    """A span, for `around`; None in a trace that is not kept, which needs none."""
    around = _read(caller) if caller else None
    if around is not None:
        if not around.trace_flags.sampled:
            return _Unkept(around)
        above = set_span_in_context(NonRecordingSpan(around), Context())
        return _tracer.start_span(name, above, kind, attributes, links)
    if _unkept.get() is not None:
        return None
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        if roots.bound is None:
            return None
        trace_id = random.getrandbits(128) or 1
        if trace_id & _LOWER_HALF >= roots.bound:
            return _Unkept()
        roots.chosen = trace_id
    elif not context.trace_flags.sampled:
        return None
    return _tracer.start_span(name, None, kind, attributes, links)


def traceparent() -> str:
    """The trace under way as W3C text, kept or not; empty outside any trace."""
    return _text(current())


def kept_traceparent() -> str:
    """The same for who only links to it (a job, a notice): empty unless the trace is kept."""
    return traceparent() if is_kept() else ""


def parent(text: str | bytes | None) -> Context | None:
    """The context to start a child span in; None, for no text, goes on in the current one."""
    if not isinstance(text, str):
        return None
    context = _read(text)
    return set_span_in_context(NonRecordingSpan(context), Context()) if context else Context()


def link(text: str | None) -> Sequence[Link]:
    """For `span(links=...)`: the trace that caused this one, or nothing if unreadable."""
    cause = _read(text)
    return [Link(cause)] if cause else []


def _read(text: str | bytes | None) -> SpanContext | None:
    """The caller's span; None for no text, and for what is no traceparent."""
    written = _WRITTEN.fullmatch(text) if isinstance(text, str) else None
    if written is None:
        return None
    trace_id, span_id, flags = (int(part, 16) for part in written.groups())
    context = SpanContext(trace_id, span_id, True, _KEPT if flags & 1 else _UNKEPT, _NO_STATE)
    return context if context.is_valid else None


def _text(context: SpanContext) -> str:
    if not context.is_valid:
        return ""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"
