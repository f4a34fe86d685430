"""Errors as part of the contract: a kind decides the status, a reason names the text.

A service raises a subclass of one of the kinds below; the server interceptor carries it as
google.rpc.ErrorInfo; the client raises `RemoteRefusal` with the same kind, reason and details.
Messages are for developers and may change; reasons may not.
"""

from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """What sort of refusal it is. The value is the name of the gRPC status."""

    INVALID = "INVALID_ARGUMENT"
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "PERMISSION_DENIED"
    CONFLICT = "FAILED_PRECONDITION"
    EXHAUSTED = "RESOURCE_EXHAUSTED"
    UNAVAILABLE = "UNAVAILABLE"


class Refused(Exception):
    """A service says no, for a reason that its caller can act on."""

    kind: ClassVar[Kind]
    reason: ClassVar[str]

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.details = {name: str(value) for name, value in details.items()}


class Invalid(Refused):
    """The request itself is wrong; the same request will never do."""

    kind = Kind.INVALID


class NotFound(Refused):
    """What the request names is not there."""

    kind = Kind.NOT_FOUND


class Forbidden(Refused):
    """The one who asks may not do this."""

    kind = Kind.FORBIDDEN


class Conflict(Refused):
    """The state of things does not allow it now."""

    kind = Kind.CONFLICT


class Exhausted(Refused):
    """Too much at once; the same request may do later."""

    kind = Kind.EXHAUSTED


class Unavailable(Refused):
    """Something the service needs is away. Nothing is known to have been done: ask again."""

    kind = Kind.UNAVAILABLE


class RemoteRefusal(Exception):
    """The other side refused: what its `Refused` said, as it came over the wire."""

    def __init__(self, kind: Kind, reason: str, details: dict[str, str], message: str = "") -> None:
        super().__init__(f"{reason}: {message}")
        self.kind = kind
        self.reason = reason
        self.details = details


class Unanswered(Exception):
    """A call had no answer within its deadline. The outcome of a write is unknown."""
