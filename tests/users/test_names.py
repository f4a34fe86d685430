"""Names: what is kept of what a person typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.plain_text import grapheme_clusters
from services.users.domain.names import clean_name, folded
from services.users.domain.refusals import NameEmpty


@given(st.text())
def test_a_name_is_short_and_visible_or_refused(text: str) -> None:
    try:
        name = clean_name(text)
    except NameEmpty:
        return
    assert 1 <= len(list(grapheme_clusters(name))) <= 64
    assert len(name) <= 640
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("name", "typed"),
    [("ЁЛКА Ўткир", "ёлка ўТКИР"), ("Aziz G'ulom", " AZIZ  g'"), ("Straße", "STRASSE")],
)
def test_a_name_is_searched_in_any_case(name: str, typed: str) -> None:
    assert folded(name).startswith(folded(typed))


def test_markup_is_the_screens_affair() -> None:
    assert clean_name("<a href='tg://user?id=1'>Ali & Vali</a>") == (
        "<a href='tg://user?id=1'>Ali & Vali</a>"
    )


@pytest.mark.parametrize("text", ["", " \n", "\u202e\0", "\u0301" * 5000])
def test_a_name_of_nothing_visible_is_refused(text: str) -> None:
    with pytest.raises(NameEmpty):
        clean_name(text)


def test_a_reversing_name_keeps_its_letters_alone() -> None:
    assert clean_name("\u202eAziz\u2066\0 \x1b[31m") == "Aziz [31m"
