"""What a request may not be, whatever its method: bytes that are no message, text with NUL, which
no store takes. Who owns a text refuses NUL in it by a reason of its own; where nobody has looked,
the store's refusal is taken for the caller's fault and not for a bug."""

from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf.message import Message

from services.chassis.errors import Invalid


class Malformed(Invalid):
    """No message of the method's type, or text that is no UTF-8 or holds NUL."""

    reason = "MALFORMED"


def has_nul(value: Any) -> bool:
    """Whether a text anywhere in a message holds what no store takes."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, Message):
        return any(has_nul(held) for _, held in value.ListFields())
    if isinstance(value, Mapping):
        return any(has_nul(held) for pair in value.items() for held in pair)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return any(map(has_nul, value))
    return False
