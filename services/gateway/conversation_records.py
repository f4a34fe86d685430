"""A person's conversation as the cluster keeps it: where it is, and the last answers it gave.

A record moves by compare-and-set on its version, so of two gateways one wins and the other looks
again; an update that has moved it before gets the answer of that time.
"""

import json
from dataclasses import dataclass, replace
from typing import Self
from uuid import uuid4

from services.gateway.conversations import Conversation
from services.gateway.rendering import Rendered

REMEMBERED_MOVES = 4
"""Messages and taps of one person come in two queues: the last update may not be the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is kept. The version is unique text; empty when nothing is kept yet."""

    version: str = ""
    conversation: Conversation | None = None
    moves: tuple[tuple[int, str], ...] = ()
    """Update id and rendered answer, the newest last."""

    def answer_to(self, update_id: int) -> Rendered | None:
        """The answer this update got when it moved the conversation."""
        found = next((answer for moved, answer in self.moves if moved == update_id), None)
        return None if found is None else Rendered.from_json(found)

    def moved(self, to: Conversation | None, update_id: int, answer: Rendered) -> "Record":
        """The next record, under a version of its own."""
        moves = (*self.moves, (update_id, answer.to_json()))[-REMEMBERED_MOVES:]
        return replace(self, version=uuid4().hex, conversation=to, moves=moves)

    def to_json(self) -> str:
        """Everything but the version."""
        talk = self.conversation
        place = talk and [talk.name, talk.step, dict(talk.data)]
        return json.dumps([place, self.moves], separators=(",", ":"))

    @classmethod
    def from_json(cls, version: str, text: str) -> Self:
        """What `to_json` made; raises ValueError for anything else."""
        place, moves = json.loads(text)
        talk = place and Conversation(name=place[0], step=place[1], data=place[2])
        pairs = tuple((moved, answer) for moved, answer in moves)
        return cls(version=version, conversation=talk or None, moves=pairs)
