"""The rules of an evening and of a venue's name, by property."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Invalid
from services.chassis.plain_text import grapheme_clusters
from services.sessions.domain import rules
from services.sessions.domain.names import venue_name
from services.sessions.domain.refusals import (
    CapacityInvalid,
    EndsBeforeStart,
    PriceInvalid,
    StartsInPast,
    StartsTooFar,
    TimeZoneUnknown,
    TooLong,
    VenueNameInvalid,
)
from services.sessions.domain.values import (
    EntryStatus,
    Format,
    Session,
    SessionId,
    UserId,
    Venue,
    VenueId,
)

NOW = datetime(2030, 5, 4, 12, tzinfo=UTC)
# Close to the edges half of the time, since chance alone hardly finds them.
STEPS = st.one_of(st.integers(-900, 900), st.sampled_from([0, 86_400, 366 * 86_400]))
MOMENTS = st.builds(
    lambda far, near: NOW + timedelta(seconds=far + near),
    st.integers(-(10**7), 10**8) | STEPS,
    STEPS,
)


@given(st.integers())
def test_a_capacity_is_good_from_2_to_100(capacity: int) -> None:
    good = 2 <= capacity <= 100
    assert good is is_accepted(lambda: rules.check_capacity(capacity), CapacityInvalid)


@given(st.integers())
def test_a_price_is_good_from_nothing_to_10_million(price: int) -> None:
    good = 0 <= price <= 10_000_000
    assert good is is_accepted(lambda: rules.check_price(price), PriceInvalid)


@pytest.mark.parametrize("number", [True, 10.0, 1.5, "10", None])
def test_what_is_no_whole_number_is_neither_places_nor_money(number: object) -> None:
    with pytest.raises(CapacityInvalid):
        rules.check_capacity(number)  # type: ignore[arg-type]
    with pytest.raises(PriceInvalid):
        rules.check_price(number)  # type: ignore[arg-type]


@given(MOMENTS, MOMENTS)
def test_good_times_are_ahead_within_a_year_in_order_and_within_a_day(
    starts_at: datetime, ends_at: datetime
) -> None:
    good = NOW < starts_at <= NOW + timedelta(
        days=366
    ) and starts_at < ends_at <= starts_at + timedelta(hours=24)
    refusals = (StartsInPast, StartsTooFar, EndsBeforeStart, TooLong)
    assert good is is_accepted(lambda: rules.check_times(starts_at, ends_at, NOW), *refusals)


@given(st.text(max_size=120))
def test_a_name_is_short_visible_and_safe_or_refused(text: str) -> None:
    try:
        name = venue_name(text)
    except VenueNameInvalid:
        return
    assert 1 <= sum(1 for _ in grapheme_clusters(name)) <= 64
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name)
    assert not set(name) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
    assert venue_name(name) == name


def test_5000_marks_on_one_letter_are_cut() -> None:
    assert len(venue_name("a" + "\u0301" * 5000)) <= 64


@pytest.mark.parametrize("zone", ["Asia/Tashkent", "Europe/Kyiv", "UTC"])
def test_a_known_zone_is_good(zone: str) -> None:
    rules.check_time_zone(zone)


@pytest.mark.parametrize("zone", ["", "Tashkent", "Asia/", "/Asia/Tashkent", "Asia/Tashkent\n"])
def test_an_unknown_zone_is_refused_by_name(zone: str) -> None:
    with pytest.raises(TimeZoneUnknown):
        rules.check_time_zone(zone)


@given(st.integers(2, 100), st.lists(st.sampled_from(["in", "out"]), max_size=300))
def test_a_newcomer_never_gets_a_place_that_is_not_there(capacity: int, steps: list[str]) -> None:
    session = Session(
        id=SessionId(1),
        venue=Venue(id=VenueId(1), name="Arena", time_zone="UTC"),
        starts_at=NOW,
        ends_at=NOW + timedelta(hours=1),
        format=Format.SIX_A_SIDE,
        price=0,
        capacity=capacity,
        organiser_id=UserId(1),
    )
    for step in steps:
        before = session
        if step == "in":
            session = session.with_newcomer()
            assert session.turns == before.turns + 1
        elif session.taken:
            session = session.without(EntryStatus.CONFIRMED)
        assert 0 <= session.taken <= capacity
        assert session.waitlisted >= before.waitlisted


def is_accepted(check: object, *refusals: type[Invalid]) -> bool:
    assert callable(check)
    try:
        check()
    except refusals:
        return False
    return True
