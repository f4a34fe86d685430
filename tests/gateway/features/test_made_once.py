"""What is kept because many are shown it is what would be made anew."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from urllib.parse import quote_plus

from fotbot.sessions.v1 import session_pb2
from fotbot.sessions.v1.sessions_service_pb2 import ListSessionsResponse, SessionView
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.features.sessions import offers, screens
from services.gateway.memo import Memo
from services.gateway.texts import LANGUAGES, texts_for
from tests.fakes.asking import NOW

few = st.integers(0, 3)


@st.composite
def views(draw: st.DrawFn) -> SessionView:
    """Any of a few sessions, with any entry."""
    session = session_pb2.Session(
        id=1 + draw(few),
        venue=session_pb2.Venue(name=draw(st.sampled_from(["A", "B"])), time_zone="Asia/Tashkent"),
        status=draw(st.sampled_from(session_pb2.SessionStatus.values())),
        price=draw(few),
        capacity=draw(few),
        taken=draw(few),
        squad_size=draw(few),
        organiser_id=draw(st.sampled_from([1, 7])),
    )
    session.starts_at.FromDatetime(NOW + timedelta(hours=draw(st.integers(-1, 1))))
    session.ends_at.FromDatetime(NOW + timedelta(hours=2))
    entry = session_pb2.Registration(
        user_id=7,
        status=draw(st.sampled_from(session_pb2.RegistrationStatus.values())),
        position=draw(few),
        kind=draw(st.sampled_from(session_pb2.RegistrationKind.values())),
        registered_by=draw(st.sampled_from([0, 7, 8])),
    )
    entry.payment.status = draw(few)
    entry.payment.amount = draw(few)
    entry.payment.coupons = draw(few)
    return SessionView(session=session, registration=entry)


@given(st.text())
def test_a_shared_link_is_quoted_as_links_are(words: str) -> None:
    assert offers.quoted(words) == quote_plus(words)


@given(st.lists(views(), max_size=2), few, st.booleans(), st.sampled_from(LANGUAGES))
def test_a_page_is_that_of_these_sessions(
    page: list[SessionView], index: int, more: bool, language: str
) -> None:
    texts = texts_for(language)
    shown = screens.listing(page, index, more=more, texts=texts)
    for view in page:
        assert screens.row(view, texts) in shown.text
    assert shown.buttons[: len(page)] == screens.opening(page, texts) or not page
    assert screens.listing(page, index, more=more, texts=texts) == shown


@given(st.lists(views(), max_size=2), st.booleans(), st.sampled_from(LANGUAGES))
def test_the_first_page_of_one_message_is_made_once(
    page: list[SessionView], more: bool, language: str
) -> None:
    texts = texts_for(language)
    told = ListSessionsResponse(sessions=page, next_page_token="5" if more else "")
    kept = screens.first(told, texts)
    assert kept == screens.listing(page, 0, more=more, texts=texts)
    assert screens.first(told, texts) is kept


def test_what_was_not_needed_for_the_longest_time_goes_first() -> None:
    made: list[int] = []

    def make(value: int) -> int:
        made.append(value)
        return value

    memo = Memo[int](2)
    for value in (1, 2, 1, 3, 1, 2):
        assert memo.get(value, partial(make, value)) == value
    assert made == [1, 2, 3, 2]
