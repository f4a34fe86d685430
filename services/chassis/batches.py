"""The server's side of a Batch… method: items in, each item's own outcome out.

A refusal or a bug of one item is that item's; only what concerns all of them (too many, the store
is away) is raised.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TypeAlias

from google.protobuf.message import Message

from services.chassis import consistency, logs, telemetry
from services.chassis.errors import Invalid, Kind, Refused, RemoteRefusal, Unanswered
from services.chassis.malformed import Malformed, has_nul
from services.chassis.wire_errors import details_of, message

MOST_ITEMS = 256
UPSTREAM = "UPSTREAM_UNANSWERED"

log = logs.logger(__name__)
Outcome: TypeAlias = Message | Exception


class BatchTooLarge(Invalid):
    """More items than one call may have."""

    reason = "BATCH_TOO_LARGE"


async def answered(
    request: Any,
    response: Any,
    serve: Callable[[Sequence[Any]], Awaitable[Sequence[Outcome]]],
) -> Any:
    """`response` with what `serve` made of the request's items, in their order; where the caller
    reads what items share, an outcome that several items have travels once.

    Raises BatchTooLarge, and whatever `serve` raises for all.
    """
    if len(request.items) > MOST_ITEMS:
        raise BatchTooLarge(f"at most {MOST_ITEMS} items", items=len(request.items))
    outcomes = await serve(request.items)
    shared: dict[int, int] | None = {} if getattr(request, "share", False) else None
    for asked, outcome in zip(request.items, outcomes, strict=True):
        item = response.items.add()
        if isinstance(outcome, Exception):
            _fail(item.error, outcome, asked)
        elif shared is None:
            item.response.CopyFrom(outcome)
        else:
            item.shared = shared.setdefault(id(outcome), len(shared))
            if item.shared == len(response.shared):
                response.shared.append(outcome.SerializeToString())
    return response


@contextmanager
def on_behalf(context: Any) -> Iterator[None]:
    """Around the work for one item (its ItemContext): reads show what its caller has written, and
    what it enqueues belongs to its caller's trace."""
    with ExitStack() as stack:
        if context.position > consistency.asked():
            stack.enter_context(consistency.asking(context.position))
        if context.traceparent:
            stack.enter_context(telemetry.inside(context.traceparent))
        yield


async def attempted(work: Awaitable[Message]) -> Outcome:
    """One item's outcome, whatever it is; the bug of one item is logged and stays with it."""
    try:
        return await work
    except Exception as error:
        return error


def _fail(wire: Any, error: Exception, asked: Any) -> None:
    if not isinstance(error, Refused | RemoteRefusal | Unanswered) and has_nul(asked):
        error = Malformed("a text holds NUL")
    if isinstance(error, Refused | RemoteRefusal):
        wire.status, wire.reason, wire.message = error.kind.value, error.reason, message(error)
        wire.details.update(details_of(error))
        return
    if isinstance(error, Unanswered):
        wire.status, wire.reason, wire.message = Kind.UNAVAILABLE, UPSTREAM, str(error)
        return
    log.error("an item of a batch failed", exc_info=error)
    wire.status, wire.message = "INTERNAL", type(error).__name__
