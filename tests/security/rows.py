"""What a row of the authorisation table says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.security.cast import Cast, Who

EVERYBODY = frozenset(Who)
PEOPLE = EVERYBODY - {Who.NOBODY}
"""Who have registered."""
ADMIN = frozenset({Who.ADMIN})
ORGANISERS = ADMIN | {Who.ORGANISER, Who.OTHER_ORGANISER}
ITS_ORGANISER = ADMIN | {Who.ORGANISER}
"""The organiser of the session, and admins."""
CAPTAIN = frozenset({Who.CAPTAIN})
SQUAD = CAPTAIN | {Who.MEMBER}

NOT_ALLOWED = "NOT_ALLOWED"
GATEWAY = frozenset({"gateway"})

Given = Callable[[Cast], Awaitable[Any]]
Ask = Callable[[Cast, Any, Who], Any]


async def nothing(_: Cast) -> None:
    """For what is about nothing but the actor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A method that a person's word is brought to: who may, and why the others are refused."""

    method: str
    may: frozenset[Who]
    ask: Ask
    """The request of somebody, about what was given."""
    given: Given = nothing
    about: str = ""
    """Whose thing it is about, where a method has several rows."""
    others: str = NOT_ALLOWED
    """The reason for everybody who may not."""
    besides: Mapping[Who, str] = field(default_factory=dict)
    """Who is refused for another reason."""
    callers: frozenset[str] = GATEWAY
    """The processes that may bring it."""
    anew: bool = False
    """What was given can be used once: each of those who may has his own."""

    def expected(self) -> dict[Who, str]:
        """By person: empty for yes, or the reason of the refusal."""
        return {who: "" if who in self.may else self.besides.get(who, self.others) for who in Who}

    def __str__(self) -> str:
        return f"{self.method.partition('.v1.')[2]} {self.about}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A method that no person stands behind: which processes may call it."""

    method: str
    callers: frozenset[str]

    def __str__(self) -> str:
        return self.method.partition(".v1.")[2]


def machines(service: str, methods: Mapping[str, Iterable[str]]) -> list[Machine]:
    """By method, its callers."""
    return [
        Machine(method=f"{service}/{name}", callers=frozenset(callers))
        for name, callers in methods.items()
    ]
