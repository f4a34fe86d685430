"""How the Bot API refuses: a status, Telegram's own words, and at times parameters."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class ApiError(Exception):
    """A refusal as the Bot API server words it; `code` is also the HTTP status."""

    code: int
    description: str
    parameters: dict[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        body = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(reason: str) -> ApiError:
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    return ApiError(403, f"Forbidden: {reason}")


def too_many_requests(retry_after: int) -> ApiError:
    """`retry_after` is in whole seconds."""
    words = f"Too Many Requests: retry after {retry_after}"
    return ApiError(429, words, {"retry_after": retry_after})
