"""A notice as the parameters of sendMessage or sendDocument, in the reader's language; pure.

At night by the notice's clock it comes without a sound. Which buttons it has is in buttons.py,
the texts are `notice.*` in the catalogues. What people typed is escaped here and keeps its lines.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from html import escape
from typing import Any

from fotbot.sender.v1 import notice_pb2 as wire
from fotbot.sender.v1.notice_pb2 import Notice, NoticeSession

from services.chassis.nights import night_at
from services.gateway.fitting import fitted_html
from services.gateway.sender.buttons import keyboard
from services.gateway.sender.kinds import KINDS
from services.gateway.sender.timing import moment_of, zone_of
from services.gateway.texts import Html, Texts, texts_for
from services.gateway.texts.dates import day, local, money, when
from services.gateway.texts.typed import lines

LEAGUE_ZONE = "Asia/Tashkent"


def rendered(
    notice: Notice, language: str, now: datetime, *, name: str = "", zone: str = LEAGUE_ZONE
) -> dict[str, Any]:
    """The parameters, without the chat and the file. `name` is the other person's whom the
    notice speaks of, `zone` the clock of notices that name none."""
    texts = texts_for(language)
    parts = [_head(notice, now, name, texts), *_more(notice, texts)]
    parameters: dict[str, Any] = {
        **_body(notice, fitted_html("\n\n".join(parts))),
        "parse_mode": "HTML",
        "disable_notification": is_night(now, zone_of(notice, zone)),
    }
    if buttons := keyboard(notice, texts):
        parameters["reply_markup"] = {"inline_keyboard": buttons}
    return parameters


def _body(notice: Notice, text: str) -> dict[str, Any]:
    """Of sendMessage, or of sendDocument."""
    if KINDS[notice.kind].has_document:
        return {"caption": text}
    return {"text": text, "link_preview_options": {"is_disabled": True}}


def is_night(now: datetime, zone: str) -> bool:
    """Whether people sleep there."""
    return night_at(now, zone) is not None


def _head(notice: Notice, now: datetime, name: str, texts: Texts) -> Html:
    session, facts = notice.session, notice.facts
    values: dict[str, object] = {
        "venue": session.venue_name,
        "place": session.position,
        "name": name or texts.plain("notice.somebody"),
        "team": facts.team_name,
        "amount": _money(facts.amount, texts),
        "side": facts.team_name or texts.plain("notice.side", number=facts.side_number),
    }
    if session.time_zone:
        values["when"] = _when(session, texts.language)
        values["old_venue"] = session.old_venue_name or session.venue_name
        values["old_when"] = _old_when(session, texts.language)
    return texts(f"notice.{_key(notice, now)}", **values)


def _key(notice: Notice, now: datetime) -> str:
    """A reminder of the day before that comes on the day itself does not say "tomorrow"."""
    session = notice.session
    if notice.kind == wire.NOTICE_KIND_REMINDER_DAY:
        starts = local(moment_of(session.starts_at), session.time_zone).date()
        today = local(now, session.time_zone).date()
        if starts != today + timedelta(days=1):
            return KINDS[wire.NOTICE_KIND_REMINDER_HOURS].name
    if notice.kind == wire.NOTICE_KIND_BROADCAST and session.session_id:
        return "broadcast_session"
    if notice.kind == wire.NOTICE_KIND_PROMOTED and notice.facts.needs_decision:
        return "promoted_pending"
    return KINDS[notice.kind].name


def _more(notice: Notice, texts: Texts) -> Iterator[Html]:
    """What is told only where there is something to tell."""
    facts = notice.facts
    match notice.kind:
        case wire.NOTICE_KIND_PROMOTED if facts.amount:
            yield texts("notice.to_pay", amount=_money(facts.amount, texts))
        case wire.NOTICE_KIND_REJECTED:
            if facts.reason.strip():
                yield texts("notice.reason", reason=_typed(facts.reason))
            if facts.amount:
                yield texts("notice.money_back", amount=_money(facts.amount, texts))
        case wire.NOTICE_KIND_SIDE_FORMED if facts.shirt_number:
            yield texts("notice.shirt_number", number=facts.shirt_number)
        case wire.NOTICE_KIND_SIDE_FORMED:
            yield texts("notice.choose_number")
        case wire.NOTICE_KIND_BROADCAST:
            yield _typed(facts.text)


def _typed(text: str) -> Html:
    """All lines of what somebody typed, unlike a name, which is shown on one and short."""
    return Html(escape(lines(text), quote=False))


def _money(amount: int, texts: Texts) -> Html:
    """Its blanks do not break."""
    return Html(money(amount, texts.language))


def _when(session: NoticeSession, language: str) -> str:
    ends_at = session.ends_at or session.starts_at
    return when(moment_of(session.starts_at), moment_of(ends_at), session.time_zone, language)


def _old_when(session: NoticeSession, language: str) -> str:
    """Only its beginning is known."""
    began = local(moment_of(session.old_starts_at or session.starts_at), session.time_zone)
    return f"{day(began.date(), language)}, {began:%H:%M}"
