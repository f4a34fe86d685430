"""HTML parse mode and what is found in a text without it."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.local.telegram import utf16
from services.local.telegram.detect import with_detected
from services.local.telegram.entities import parse_html
from services.local.telegram.errors import ApiError

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
MARKUP = st.lists(
    st.sampled_from(
        ["<b>", "</b>", "<i>", "</i>", "<pre>", "</pre>", "<x>", "<", "&lt;", "&#0;", "⚽"]
    )
).map("".join)


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>a</b>", "a", [{"type": "bold", "offset": 0, "length": 1}]),
        ("⚽<i>🏆</i>", "⚽🏆", [{"type": "italic", "offset": 1, "length": 2}]),
        ("  <b> a</b>", "a", [{"type": "bold", "offset": 0, "length": 1}]),
        ("&lt;&amp;&quot;&#x26BD;&#9917;&nbsp;", '<&"⚽⚽&nbsp;', []),
        (
            '<a href="https://x.uz/?a=1&amp;b=2">y</a>',
            "y",
            [{"type": "text_link", "offset": 0, "length": 1, "url": "https://x.uz/?a=1&b=2"}],
        ),
        (
            '<pre><code class="language-py">x</code></pre>',
            "x",
            [{"type": "pre", "offset": 0, "length": 1, "language": "py"}],
        ),
        (
            "<blockquote expandable>q</blockquote>",
            "q",
            [{"type": "expandable_blockquote", "offset": 0, "length": 1}],
        ),
        ("<b></b>a", "a", []),
        ("<B>a</b >", "a", [{"type": "bold", "offset": 0, "length": 1}]),
    ],
)
def test_html_becomes_text_and_entities_in_utf16_units(
    source: str, text: str, entities: list[object]
) -> None:
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<x>a</x>", 'Unsupported start tag "x" at byte offset 0'),
        ("⚽<br>", 'Unsupported start tag "br" at byte offset 3'),
        ("<b><i>a</b></i>", 'Unmatched end tag, expected "</i>", found "</b>" at byte offset 7'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", 'Unexpected end tag "</b>" at byte offset 1'),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_html_that_telegram_cannot_parse_is_refused_in_its_words(source: str, words: str) -> None:
    with pytest.raises(ApiError) as refusal:
        parse_html(source)
    assert refusal.value.code == 400
    assert refusal.value.description == f"Bad Request: can't parse entities: {words}"


@given(TEXT)
def test_whatever_a_person_is_called_escaping_it_is_enough(name: str) -> None:
    text, entities = parse_html(f".<b>{html.escape(name)}</b>.")
    assert text == f".{name}."
    size = utf16.length(name)
    assert entities == ([{"type": "bold", "offset": 1, "length": size}] if size else [])


@given(MARKUP)
def test_any_markup_is_refused_or_gives_entities_inside_the_text(source: str) -> None:
    try:
        text, entities = parse_html(source)
    except ApiError:
        return
    for entity in entities:
        assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= utf16.length(text)


def test_links_commands_and_mentions_are_found_but_not_inside_code() -> None:
    text = "⚽ /start@bot1 https://x.uz/a. @aziz_k t.me/fotbot?start=a `/help`"
    code = {"type": "code", "offset": text.index("`"), "length": 7}
    found = [
        (entity["type"], text[entity["offset"] : entity["offset"] + entity["length"]])
        for entity in with_detected(text, [code])
    ]
    assert found == [
        ("bot_command", "/start@bot1"),
        ("url", "https://x.uz/a"),
        ("mention", "@aziz_k"),
        ("url", "t.me/fotbot?start=a"),
        ("code", "`/help`"),
    ]


@given(TEXT, st.integers(2, 9))
def test_a_long_text_is_cut_without_loss_and_never_through_a_character(
    text: str, most: int
) -> None:
    pieces = utf16.pieces(text, most)
    assert "".join(pieces) == text
    assert all(utf16.length(piece) <= most for piece in pieces)
