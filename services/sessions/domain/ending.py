"""How entries end: places go on, coupons and money come back or stay, as the case may be."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from services.sessions.domain import money
from services.sessions.domain.entries import Entry, Step
from services.sessions.domain.money import Action
from services.sessions.domain.ports import Store
from services.sessions.domain.values import EntryStatus, Session, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Who ends entries and as what; `gives_back` coupons and money, else they stay."""

    actor_id: UserId
    status: EntryStatus = EntryStatus.CANCELLED
    gives_back: bool = True
    reason: str = ""


async def end(
    store: Store, session: Session, entries: Sequence[Entry], ending: Ending
) -> tuple[Session, list[Entry]]:
    """The session without these entries, and they as they ended.

    The caller holds the lock, fills what became free and saves the session.
    """
    ended: list[Entry] = []
    steps: list[Step] = []
    for entry in entries:
        session = session.without(entry.status, entry.places)
        last = replace(entry, status=ending.status, position=0, reason=ending.reason)
        for step in _steps(entry, ending):
            steps.append(step)
            last = replace(last, payment=step.payment)
        ended.append(last)
    await store.keep(ended, decided_by=_decider(ending))
    await store.pay(steps)
    if ending.gives_back:
        used = [one.id for one in entries if one.payment and one.payment.coupons]
        await store.free_coupons(used)
    return session, ended


def _steps(entry: Entry, ending: Ending) -> list[Step]:
    """What becomes of its payment, if it has one."""
    if entry.payment is None:
        return []
    steps: list[Step] = []
    if ending.status is EntryStatus.REJECTED:
        steps.append(_step(entry, ending, Action.REJECTED, entry.payment))
    settle = money.given_back if ending.gives_back else money.kept
    steps.append(_step(entry, ending, *settle(entry.payment)))
    return steps


def _step(entry: Entry, ending: Ending, action: Action, payment: money.Payment) -> Step:
    note = ending.reason if action is Action.REJECTED else ""
    return Step(
        entry_id=entry.id, actor_id=ending.actor_id, action=action, payment=payment, note=note
    )


def _decider(ending: Ending) -> UserId | None:
    return ending.actor_id if ending.status is EntryStatus.REJECTED else None
