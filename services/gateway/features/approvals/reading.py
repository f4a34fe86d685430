"""Any page of a session's entries, back and forth, over a wire that only pages forth."""

from collections.abc import Sequence
from dataclasses import dataclass

from fotbot.sessions.v1 import entries_service_pb2
from fotbot.sessions.v1.entry_pb2 import Entry

from services.gateway.calls import Call

PAGE = 8
"""Entries on one screen."""

MOST = 50
"""Entries in one answer, by the wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Entries of one screen, in the wire's order."""

    entries: Sequence[Entry]
    session_id: int
    index: int
    total: int

    @property
    def more(self) -> bool:
        """Whether another page follows."""
        return (self.index + 1) * PAGE < self.total


async def page(call: Call, session_id: int, index: int) -> Page:
    """The page; when there are fewer by now, the last that has any."""
    found, total = await first_entries(call, session_id, (index + 1) * PAGE)
    shown = min(index, max((len(found) - 1) // PAGE, 0))
    return Page(
        entries=found[shown * PAGE : (shown + 1) * PAGE],
        session_id=session_id,
        index=shown,
        total=total,
    )


async def first_entries(call: Call, session_id: int, wanted: int) -> tuple[list[Entry], int]:
    """At least so many if there are, and how many there are."""
    found: list[Entry] = []
    token, total = "", 0
    while len(found) < wanted:
        request = entries_service_pb2.ListEntriesRequest(
            actor_id=call.person.user_id,
            session_id=session_id,
            page_size=min(wanted - len(found), MOST),
            page_token=token,
        )
        reply = await call.services.entries.ListEntries(request)
        found.extend(reply.entries)
        token, total = reply.next_page_token, reply.total
        if not token:
            break
    return found, total


async def get(call: Call, entry_id: int) -> entries_service_pb2.GetEntryResponse:
    """One entry with its payment's history, and its session."""
    request = entries_service_pb2.GetEntryRequest(actor_id=call.person.user_id, entry_id=entry_id)
    return await call.services.entries.GetEntry(request)
