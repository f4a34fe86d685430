"""Shows who waits for a decision, and takes it: in, turned down, taken off, money given back."""

from fotbot.sessions.v1 import entries_service_pb2
from fotbot.sessions.v1.entry_pb2 import Entry

from services.chassis.errors import RemoteRefusal
from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.approvals import entry_card, reading, screens
from services.gateway.features.approvals.callbacks import (
    ApproveEntry,
    AskReason,
    ListAwaiting,
    OpenEntries,
    OpenEntry,
    SettleRefund,
)
from services.gateway.features.feature import Said
from services.gateway.features.names import names
from services.gateway.texts.typed import line

NAME, STEP = "approvals", "reason"
CHANGED = frozenset({"ENTRY_ENDED", "ENTRY_WAITING", "REFUND_NOT_DUE"})
"""Refusals by which an entry is not what the card has shown."""

LONGEST_REASON = 300
"""Characters; sessions counts as people do and takes as many."""


async def awaiting(call: Call, _data: ListAwaiting) -> Answer:
    request = entries_service_pb2.ListAwaitingRequest(actor_id=call.person.user_id)
    reply = await call.services.entries.ListAwaiting(request)
    return Answer(screen=screens.awaiting(reply.sessions, call.texts))


async def entries(call: Call, data: OpenEntries) -> Answer:
    return Answer(screen=await _entries(call, data.session_id, data.index))


async def opened(call: Call, data: OpenEntry) -> Answer:
    return Answer(screen=await _card(call, data.entry_id))


async def approved(call: Call, data: ApproveEntry) -> Answer:
    request = entries_service_pb2.ApproveEntryRequest(write=call.write(0), entry_id=data.entry_id)
    try:
        entry = (await call.services.entries.ApproveEntry(request)).entry
    except RemoteRefusal as refusal:
        if refusal.reason not in CHANGED:
            raise
        return await _as_it_is(call, data.entry_id, refusal.reason)
    toast = call.texts.toast("approvals.approved", name=await _name(call, entry))
    return Answer(screen=await _entries(call, entry.session_id), toast=toast)


async def asked_reason(call: Call, data: AskReason) -> Answer:
    entry = (await reading.get(call, data.entry_id)).entry
    kept = {"entry": str(entry.id), "name": await _name(call, entry)}
    return _ask(call, Conversation(name=NAME, step=STEP, data=kept))


async def rejected(call: Call, said: Said) -> Answer:
    """The reason is typed, and told to the person."""
    conversation = call.conversation
    if conversation is None:
        return Answer(toast=call.texts.toast("stale"))
    reason = line(said.text or "")
    if not 0 < len(reason) <= LONGEST_REASON:
        return _ask(call, conversation, call.texts("typed.reason"))
    request = entries_service_pb2.RejectEntryRequest(
        write=call.write(0), entry_id=int(conversation.data["entry"]), reason=reason
    )
    entry = (await call.services.entries.RejectEntry(request)).entry
    note = call.texts("approvals.rejected", name=conversation.data["name"])
    return Answer(screen=await _entries(call, entry.session_id, note=note), conversation=ENDED)


async def settled(call: Call, data: SettleRefund) -> Answer:
    request = entries_service_pb2.SettleRefundRequest(
        write=call.write(0), entry_id=data.entry_id, not_received=data.not_received
    )
    try:
        entry = (await call.services.entries.SettleRefund(request)).entry
    except RemoteRefusal as refusal:
        if refusal.reason not in CHANGED:
            raise
        return await _as_it_is(call, data.entry_id, refusal.reason)
    key = "approvals.not_received" if data.not_received else "approvals.refunded"
    toast = call.texts.toast(key, name=await _name(call, entry))
    return Answer(screen=await _entries(call, entry.session_id), toast=toast)


async def _entries(call: Call, session_id: int, index: int = 0, note: str = "") -> Screen:
    page = await reading.page(call, session_id, index)
    known = await names(call, (entry.user_id for entry in page.entries))
    return screens.entries(page, known, call.texts, note)


async def _card(call: Call, entry_id: int) -> Screen:
    reply = await reading.get(call, entry_id)
    actors = (event.actor_id for event in reply.entry.history)
    known = await names(call, {reply.entry.user_id, *reply.entry.player_ids, *actors})
    return entry_card.card(reply.entry, reply.session, known, call.texts)


async def _as_it_is(call: Call, entry_id: int, reason: str) -> Answer:
    """Why not, and the entry as it has become, without the button that was pressed."""
    screen = await _card(call, entry_id)
    return Answer(screen=screen, toast=call.texts.refusal(reason), alert=True)


async def _name(call: Call, entry: Entry) -> str:
    return (await names(call, [entry.user_id]))[entry.user_id]


def _ask(call: Call, conversation: Conversation, problem: str = "") -> Answer:
    screen = screens.ask_reason(conversation.data["name"], call.texts, problem)
    return Answer(screen=screen, conversation=conversation)
