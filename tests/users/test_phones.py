"""Phones: E.164 or nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.users.domain.phones import e164
from services.users.domain.refusals import PhoneInvalid

E164 = re.compile(r"\+[0-9]{7,15}")
signs = st.one_of(st.characters(), st.sampled_from("+0123456789 -()٠١٢٣"))


@given(st.text(signs, max_size=40))
def test_a_phone_is_ascii_digits_or_refused(text: str) -> None:
    try:
        phone = e164(text)
    except PhoneInvalid:
        return
    assert E164.fullmatch(phone)
    assert e164(phone) == phone


@given(st.integers(min_value=0, max_value=9_999_999))
def test_every_form_of_a_number_is_the_same_number(number: int) -> None:
    digits = f"{number:07}"
    forms = [f"99890{digits}", f"+998 90 {digits[:3]}-{digits[3:]}", f" +998(90){digits} "]
    assert {e164(form) for form in forms} == {f"+99890{digits}"}


def test_arabic_digits_are_digits() -> None:
    assert e164("+٩٩٨٩٠١٢٣٤٥٦٧") == "+998901234567"


@pytest.mark.parametrize(
    "text",
    ["", "+", "12", "phone", "+998-90-CALL-NOW", "9" * 40, "++998901234567", "+998901234567;ext=1"],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(PhoneInvalid):
        e164(text)
