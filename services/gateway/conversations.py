"""A conversation's place as a value. How it is kept is in
conversation_records.py, where in person_memory.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Where one person is in a dialogue of several messages in his private chat."""

    name: str
    step: str
    data: Mapping[str, str] = field(default_factory=dict)
    """What was answered so far; nothing in it is confirmed anywhere else."""

    def at(self, step: str, **answers: str) -> "Conversation":
        """The same conversation at another step, with these answers added."""
        return replace(self, step=step, data={**self.data, **answers})

    @property
    def place(self) -> str:
        """The key of this step in a feature's table: `name.step`."""
        return f"{self.name}.{self.step}"


@dataclass(frozen=True, slots=True)
class Ended:
    """Says that the conversation is over."""


ENDED = Ended()
