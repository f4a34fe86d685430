"""A service's stub that answers what the test laid out for it and writes down what it was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from google.protobuf.message import Message


@dataclass(slots=True)
class ScriptedStub:
    """`answers` by method: a message, or an exception to raise. An unexpected call raises
    KeyError."""

    answers: dict[str, Message | Exception] = field(default_factory=dict)
    requests: list[Message] = field(default_factory=list)

    def __getattr__(self, method: str) -> Callable[[Message], Awaitable[Message]]:
        async def call(request: Message) -> Message:
            self.requests.append(request)
            answer = self.answers[method]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call
