"""One entry as its session's organiser sees it, the receipt's photo above it."""

from collections.abc import Iterator, Mapping, Sequence

from fotbot.sessions.v1.entry_pb2 import Entry
from fotbot.sessions.v1.payment_pb2 import PAYMENT_STATUS_REFUND_DUE, PaymentEvent
from fotbot.sessions.v1.session_pb2 import (
    REGISTRATION_KIND_TEAM,
    SESSION_STATUS_PLANNED,
    Session,
)

from services.gateway.answers import Button, Screen, Style
from services.gateway.features import clock
from services.gateway.features.approvals import words
from services.gateway.features.approvals.callbacks import (
    ApproveEntry,
    AskReason,
    OpenEntries,
    SettleRefund,
)
from services.gateway.features.sessions import views
from services.gateway.fitting import CAPTION_LIMIT, TEXT_LIMIT, shown_length
from services.gateway.texts import Html, Texts, typed_at_length

HISTORY = 12
"""Steps of a payment that a card tells, the last ones."""

Known = Mapping[int, str]


def card(entry: Entry, session: Session, known: Known, texts: Texts) -> Screen:
    """Where there is no room, as under a photo, the history and the players are told shorter."""
    room = CAPTION_LIMIT if entry.receipt_file_id else TEXT_LIMIT
    lengths = (_text(entry, session, known, texts, steps) for steps in (HISTORY, 5, 2, 0))
    shortest = _text(entry, session, {}, texts, 0)
    return Screen(
        text=next((text for text in lengths if shown_length(text) <= room), shortest),
        photo=entry.receipt_file_id,
        buttons=_buttons(entry, session, texts),
    )


def _text(entry: Entry, session: Session, known: Known, texts: Texts, steps: int) -> str:
    """Without names the players are only counted."""
    zone = session.venue.time_zone
    when = clock.moment(entry.created_at, texts.language, zone)
    blocks = [
        _who(entry, known, texts),
        texts(
            "entry.session",
            venue=session.venue.name,
            when=views.when(session, texts.language),
        ),
        "\n".join(
            [words.standing(entry, texts), *_money(entry, texts), texts("entry.at", at=when)]
        ),
    ]
    if entry.reason and known:
        blocks.append(texts("entry.reason", reason=typed_at_length(entry.reason)))
    if history := list(_history(entry.history[-steps:] if steps else (), known, texts, zone)):
        blocks.append("\n".join([texts("entry.history"), *history]))
    return "\n\n".join(blocks)


def _who(entry: Entry, known: Known, texts: Texts) -> str:
    name = known.get(entry.user_id, texts.plain("person.unknown"))
    if entry.kind != REGISTRATION_KIND_TEAM:
        return texts("entry.individual", name=name)
    count = texts.plural("entry.players", len(entry.player_ids))
    lines = [texts("entry.team", name=name, count=count)]
    if known:
        lines += [texts("entry.player", name=known[player]) for player in entry.player_ids]
    return "\n".join(lines)


def _money(entry: Entry, texts: Texts) -> Iterator[Html]:
    if not entry.HasField("payment"):
        return
    yield texts("entry.money", money=words.money(entry.payment, texts))
    if entry.payment.coupons:
        yield texts.plural("entry.coupons", entry.payment.coupons)


def _history(
    events: Sequence[PaymentEvent], known: Known, texts: Texts, zone: str
) -> Iterator[Html]:
    for event in events:
        what = texts(words.STEPS[event.action]) if event.action in words.STEPS else event.action
        yield texts(
            "entry.step",
            at=clock.moment(event.at, texts.language, zone),
            name=known.get(event.actor_id, ""),
            what=what,
            amount=views.price(event.amount, texts),
        )


def _buttons(entry: Entry, session: Session, texts: Texts) -> tuple[tuple[Button, ...], ...]:
    rows: list[tuple[Button, ...]] = []
    if words.can_be_approved(entry):
        approve = ApproveEntry(entry_id=entry.id)
        text = texts.plain("approvals.approve")
        rows.append((Button(text=text, data=approve, style=Style.SUCCESS),))
    if words.is_living(entry) and session.status == SESSION_STATUS_PLANNED:
        key = "approvals.reject" if words.is_awaiting(entry) else "approvals.take_off"
        reject = AskReason(entry_id=entry.id)
        rows.append((Button(text=texts.plain(key), data=reject, style=Style.DANGER),))
    if entry.payment.status == PAYMENT_STATUS_REFUND_DUE:
        rows += [
            (Button(text=texts.plain(key), data=SettleRefund(entry_id=entry.id, not_received=no)),)
            for key, no in (("approvals.refund", False), ("approvals.never_came", True))
        ]
    back = OpenEntries(session_id=entry.session_id)
    return (*rows, (Button(text=texts.plain("approvals.entries"), data=back),))
