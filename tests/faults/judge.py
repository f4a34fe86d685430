"""Were the promises kept? The invariants of a run, over what was told and what the stores hold.

Pure: nothing here knows how the run was made. A change whose outcome nobody knows may have had its
effect or not; everything else is held to the letter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.faults.end_state import ACTIVE, EndState, Entry
from tests.faults.history import Action, Deed, History, Outcome, Standing

OUTBOX_SECONDS = 60.0
PROMOTED = "promoted"


class Finding(NamedTuple):
    """A promise that was not kept."""

    invariant: str
    """I1 to I10."""
    words: str
    times: int = 1


def judge(history: History, end: EndState) -> list[Finding]:
    """Every broken promise; none is a clean run."""
    rules = (
        overbooked,
        lost,
        kept_though_failed,
        out_of_order,
        promoted_wrongly,
        on_two_sides,
        effects,
        unseen_writes,
        left_in_the_outbox,
        leaked,
        unreconciled,
    )
    return [finding for rule in rules for finding in rule(history, end)]


def overbooked(_history: History, end: EndState) -> Iterator[Finding]:
    """I1: no more are in than there are places."""
    inside = Counter(entry.session for entry in end.entries if entry.status == "confirmed")
    for session in end.sessions:
        if (over := inside[session.id] - session.capacity) > 0:
            yield Finding("I1", f"session {session.id} is overbooked by {over}", over)


def lost(history: History, end: EndState) -> Iterator[Finding]:
    """I2: who was told that he is in, or waits, is there exactly once; who left is not."""
    standing = _standing(end.entries)
    for pair, actions in history.by_pair().items():
        wanted = _wanted(actions)
        if wanted is not None and standing[pair] != wanted:
            words = f"{pair} stands {standing[pair]} times, was told {wanted}"
            yield Finding("I2", words, abs(wanted - standing[pair]))
    for pair, count in standing.items():
        if count > 1:
            yield Finding("I2", f"{pair} stands {count} times", count - 1)


def kept_though_failed(history: History, end: EndState) -> Iterator[Finding]:
    """I3: nobody stands where all he heard was no."""
    standing = _standing(end.entries)
    pairs = history.by_pair()
    for pair, count in standing.items():
        joins = [action for action in pairs.get(pair, ()) if action.deed is Deed.JOIN]
        if count and all(action.outcome is Outcome.FAILED for action in joins):
            yield Finding("I3", f"{pair} stands there, and every join of his has failed")


def out_of_order(history: History, end: EndState) -> Iterator[Finding]:
    """I4: whoever came first is in first, and a place is not empty while somebody waits. Ids are
    drawn under the session's lock; a turn is given anew to who comes in from the queue."""
    for session in end.sessions:
        row = [entry for entry in end.entries if entry.session == session.id]
        inside = [entry.id for entry in row if entry.status == "confirmed"]
        queue = sorted((entry.turn, entry.id) for entry in row if entry.status == "waitlisted")
        waiting = [id_ for _, id_ in queue]
        if waiting and inside and min(waiting) < max(inside):
            yield Finding("I4", f"session {session.id}: somebody was let past the queue")
        if waiting != sorted(waiting):
            yield Finding("I4", f"session {session.id}: the queue is not in the order of arrival")
        if waiting and len(inside) < session.capacity:
            yield Finding("I4", f"session {session.id}: a place is empty and somebody waits")
    for earlier, later in _overtaken(history, end):
        yield Finding("I4", f"{later} came after {earlier} was told his place, and stands before")


def promoted_wrongly(history: History, end: EndState) -> Iterator[Finding]:
    """I4: who came in from the queue has one notice of it, for each time."""
    told = Counter(
        (note.person, _session_of(note.id)) for note in end.notices if note.kind == PROMOTED
    )
    waits = Counter((entry.person, entry.session) for entry in end.entries)
    for pair, count in told.items():
        if count > waits[pair]:
            yield Finding("I4", f"{pair} was promoted {count} times, joined {waits[pair]} times")
    confirmed = {(e.person, e.session) for e in end.entries if e.status == "confirmed"}
    for pair, actions in history.by_pair().items():
        last = actions[-1]
        was_waiting = last.standing is Standing.WAITING and last.took_effect
        if was_waiting and pair in confirmed and not told[pair]:
            yield Finding("I4", f"{pair} waited, is in, and no notice says so")


def on_two_sides(_history: History, end: EndState) -> Iterator[Finding]:
    """I5: each plays in one side of an evening; sides drawn from individuals differ by one at
    most, and both services know the same sides."""
    seats = Counter((seat.by, seat.session, seat.person) for seat in end.seats)
    for (by, session, person), count in seats.items():
        if count > 1:
            yield Finding("I5", f"{person} is on {count} sides of session {session} ({by})")
    sides = {by: {s[:3] for s in end.seats if s.by == by} for by in ("sessions", "teams")}
    if sides["sessions"] != sides["teams"]:
        yield Finding("I5", "sessions and teams do not know the same sides")
    sizes: dict[tuple[str, int], Counter[int]] = {}
    for seat in end.seats:
        if not seat.teams:
            sizes.setdefault((seat.by, seat.session), Counter())[seat.side] += 1
    for (by, session), counted in sizes.items():
        if max(counted.values()) - min(counted.values()) > 1:
            yield Finding("I5", f"the sides of session {session} are uneven ({by})")


def effects(history: History, end: EndState) -> Iterator[Finding]:
    """I6: an update has its effect once, its repeats the same answer, and every one an answer."""
    rows = Counter((entry.person, entry.session) for entry in end.entries)
    for pair, actions in history.by_pair().items():
        joins = [action for action in actions if action.deed is Deed.JOIN]
        sure = sum(action.took_effect for action in joins)
        most = sure + sum(action.outcome is Outcome.UNKNOWN for action in joins)
        if rows[pair] > most:
            yield Finding("I6", f"{pair} has {rows[pair]} entries of {most}", rows[pair] - most)
    for update, answers in _answers(history).items():
        if len(answers) > 1:
            yield Finding("I6", f"update {update} was answered in {len(answers)} ways")
        if end.requests.get(update, 0) > 1:
            yield Finding("I6", f"update {update} has {end.requests[update]} outcomes")
    for action in history.actions:
        if not action.answered:
            yield Finding("I6", f"update {action.update_id} never got an answer")
        if action.apologised:
            yield Finding("I6", f"update {action.update_id} met a bug")


def unseen_writes(history: History, _end: EndState) -> Iterator[Finding]:
    """I7: who was told that he is in, or out, reads the same right after."""
    for person, actions in _by_person(history.actions).items():
        known: dict[int, bool | None] = {}
        for action in sorted(actions, key=lambda action: action.ended):
            if action.deed in {Deed.JOIN, Deed.LEAVE}:
                known[action.session] = _known(action, known.get(action.session))
            elif action.deed is Deed.LOOK and action.outcome is Outcome.OK:
                expected = known.get(action.session)
                stands = action.standing is not Standing.OUT
                if expected is not None and stands is not expected:
                    words = f"{person} does not see what he did in session {action.session}"
                    yield Finding("I7", words)


def left_in_the_outbox(_history: History, end: EndState) -> Iterator[Finding]:
    """I8: what was to be told is told, and nothing is parked."""
    if end.outbox and end.oldest_outbox > OUTBOX_SECONDS:
        yield Finding("I8", f"{end.outbox} notices wait, the oldest for {end.oldest_outbox:.0f} s")
    if end.parked:
        yield Finding("I8", f"{end.parked} jobs are parked", end.parked)
    sent = Counter({chat: 0 for chat, _ in end.sent})
    for (chat, _), count in end.sent.items():
        sent[chat] += count
    said = Counter(note.person for note in end.notices if note.state == "sent")
    for person, count in said.items():
        if sent[person] < count:
            words = f"{person} was sent {sent[person]} notices of {count} that are said to be sent"
            yield Finding("I8", words, count - sent[person])


def leaked(_history: History, end: EndState) -> Iterator[Finding]:
    """I9: no token, number or secret in anything that was written."""
    for words in end.leaks:
        yield Finding("I9", words)


def unreconciled(_history: History, end: EndState) -> Iterator[Finding]:
    """I10: what is counted is what is there, and money is as its last event says."""
    status = Counter((entry.session, entry.status) for entry in end.entries)
    for row in end.sessions:
        inside, waiting = status[row.id, "confirmed"], status[row.id, "waitlisted"]
        if (row.taken, row.waitlisted) != (inside, waiting):
            words = f"counts {row.taken}+{row.waitlisted}, has {inside}+{waiting}"
            yield Finding("I10", f"session {row.id} {words}")
    for entry in end.entries:
        if entry.active_players != (entry.status in ACTIVE):
            yield Finding("I10", f"entry {entry.id} is {entry.status} and its player is not")
    for paid in end.payments:
        if paid.amount != paid.last_amount:
            words = f"payment {paid.entry} is {paid.amount}, its last event {paid.last_amount}"
            yield Finding("I10", words)
    yield from _unpaid(end)


def _unpaid(end: EndState) -> Iterator[Finding]:
    priced = {row.id for row in end.sessions if row.price}
    due = {paid.entry for paid in end.payments if paid.status == "due"}
    for entry in end.entries:
        if entry.session in priced and (entry.status == "confirmed") != (entry.id in due):
            yield Finding("I10", f"entry {entry.id} is {entry.status}, due: {entry.id in due}")


def _standing(entries: Iterable[Entry]) -> Counter[tuple[int, int]]:
    return Counter((entry.person, entry.session) for entry in entries if entry.status in ACTIVE)


def _wanted(actions: Sequence[Action]) -> int | None:
    """1: he must stand there, 0: he must not; None: nobody knows. A person does one thing after
    the other, so the last that was not refused decides."""
    for action in reversed(actions):
        if action.outcome is Outcome.UNKNOWN:
            return None
        if action.outcome is Outcome.OK:
            return int(action.deed is Deed.JOIN)
    return 0 if actions else None


def _known(action: Action, before: bool | None) -> bool | None:
    """Whether he knows that he stands there, after this."""
    if action.outcome is Outcome.FAILED:
        return before
    return None if action.outcome is Outcome.UNKNOWN else action.standing is not Standing.OUT


def _overtaken(history: History, end: EndState) -> Iterator[tuple[int, int]]:
    """People with one entry each, of whom one joined after the other was told, and was let in
    earlier."""
    rows = Counter((entry.person, entry.session) for entry in end.entries)
    ids = {(e.person, e.session): e.id for e in end.entries if rows[e.person, e.session] == 1}
    by_session: dict[int, list[Action]] = {}
    for action in history.changes():
        if action.took_effect and action.deed is Deed.JOIN and _pair(action) in ids:
            by_session.setdefault(action.session, []).append(action)
    for joins in by_session.values():
        for earlier in joins:
            for later in joins:
                if earlier.ended < later.invoked and ids[_pair(earlier)] > ids[_pair(later)]:
                    yield earlier.person, later.person


def _pair(action: Action) -> tuple[int, int]:
    return action.person, action.session


def _answers(history: History) -> Mapping[int, set[str]]:
    """What each change was answered with, its repeats included."""
    found: dict[int, set[str]] = {}
    for action in history.actions:
        if action.deed in {Deed.JOIN, Deed.LEAVE} and action.outcome is Outcome.OK:
            found.setdefault(action.update_id, set()).add(action.said)
    return found


def _by_person(actions: Iterable[Action]) -> Mapping[int, list[Action]]:
    found: dict[int, list[Action]] = {}
    for action in actions:
        found.setdefault(action.person, []).append(action)
    return found


def _session_of(notice_id: str) -> int:
    """sessions:<session>:<version>:<kind>:<user>."""
    return int(notice_id.split(":")[1])
