"""Read your own writes: WAL positions that travel with calls.

A write answers the position it was committed at; whoever made it sends the position along with
later reads, and a replica or a cached value that is older is passed over. The interceptors carry
positions as gRPC metadata; `db` and `cache` ask and note them here.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

METADATA_KEY = "fotbot-position"

# A byte position in the primary's write-ahead log; 0 asks for nothing.
Position = int
ONLY_THE_PRIMARY: Position = 2**63 - 1
"""More than any replica or cached value shows: of a commit whose position nobody could be told."""


@dataclass(slots=True)
class Served:
    """One call being served: the position its caller asks for, and the one it wrote."""

    asked: Position = 0
    written: Position = 0


@dataclass(slots=True)
class Positions:
    """What one person has written, by service: grows as replies arrive."""

    by_service: dict[str, Position] = field(default_factory=dict)

    def of(self, service: str) -> Position:
        """The position to ask of a service; 0 when nothing was written there."""
        return self.by_service.get(service, 0)

    def note(self, service: str, position: Position) -> None:
        """Keep the newest position a service has answered."""
        self.by_service[service] = max(position, self.of(service))


_served: ContextVar[Served | None] = ContextVar("served", default=None)
_positions: ContextVar[Positions | None] = ContextVar("positions", default=None)


@contextmanager
def serving(asked: Position) -> Iterator[Served]:
    """Around one served call: the server interceptor opens it and reads `written` after."""
    served = Served(asked=asked)
    token = _served.set(served)
    try:
        yield served
    finally:
        _served.reset(token)


@contextmanager
def asking(position: Position) -> Iterator[None]:
    """Around reads for one item of a batch: they show `position`; what is written in there counts
    for the whole call."""
    outer = _served.get()
    token = _served.set(Served(asked=position))
    try:
        yield
    finally:
        inner = _served.get()
        _served.reset(token)
        if outer and inner:
            outer.written = max(outer.written, inner.written)


class _Positioned:
    """Around work. A class and not a generator: it surrounds every update and batch."""

    __slots__ = ("_current", "_token")

    def __init__(self, current: Positions) -> None:
        self._current = current

    def __enter__(self) -> Positions:
        self._token = _positions.set(self._current)
        return self._current

    def __exit__(self, *_: object) -> None:
        _positions.reset(self._token)


def positions(known: Mapping[str, Position] | None = None) -> AbstractContextManager[Positions]:
    """Around the handling of one person's update: the client interceptor uses it."""
    return _Positioned(Positions(dict(known or {})))


def current_positions() -> Positions | None:
    """The positions of the update under way, if any."""
    return _positions.get()


def asked() -> Position:
    """The position that the call being served must see; 0 outside a call."""
    served = _served.get()
    return served.asked if served else 0


def note_written(position: Position) -> None:
    """A transaction was committed at this position."""
    served = _served.get()
    if served:
        served.written = max(served.written, position)
