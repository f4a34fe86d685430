"""What the operator decides about commands and descriptions."""

from typing import Any

from k8s.bot_operator.actions import Action, SetDescription, SetMenu
from k8s.bot_operator.memory import Memory
from k8s.bot_operator.observed import Problem, Profile
from k8s.bot_operator.profile import languages, profile_part
from tests.k8s.operator.making import a_spec

START = ("start", "Main menu")
COMMANDS = [
    {"commands": [{"command": "start", "description": "Main menu"}]},
    {"language": "ru", "commands": [{"command": "start", "description": "Меню"}]},
]
TEXTS = [{"language": "", "description": "Football", "shortDescription": "Ball"}]


def seen(**changes: Any) -> Profile:
    usual: dict[str, Any] = {
        "username": "bot",
        "menus": {},
        "descriptions": {},
        "short_descriptions": {},
    }
    return Profile(**(usual | changes))


def actions(profile: Profile, memory: Memory | None = None, **spec: Any) -> tuple[Action, ...]:
    return profile_part(a_spec(**spec), memory or Memory(), profile).actions


def test_only_what_differs_is_set() -> None:
    same = {"": (START,), "ru": (("start", "Меню"),)}
    assert actions(seen(menus=same), commands=COMMANDS) == ()
    assert actions(seen(menus=same | {"ru": ()}), commands=COMMANDS) == (
        SetMenu(language="ru", commands=(("start", "Меню"),)),
    )


def test_a_language_that_left_the_spec_loses_its_menu() -> None:
    profile = seen(menus={"": (START,), "ru": (START,)})
    done = actions(profile, Memory(languages=("", "ru")), commands=COMMANDS[:1])
    assert done == (SetMenu(language="ru", commands=()),)


def test_what_the_spec_leaves_out_is_left_alone() -> None:
    profile = seen(menus={"": (START,)}, descriptions={"": "by hand"})
    assert actions(profile) == ()
    assert languages(a_spec(), Memory(languages=("ru",))) == ()


def test_descriptions_are_set_and_cleared() -> None:
    assert actions(seen(), descriptions=TEXTS) == (
        SetDescription(language="", text="Football", is_short=False),
        SetDescription(language="", text="Ball", is_short=True),
    )
    ours = seen(descriptions={"": "Football", "ru": "Футбол"}, short_descriptions={"": "Ball"})
    assert actions(ours, Memory(languages=("", "ru")), descriptions=TEXTS) == (
        SetDescription(language="ru", text="", is_short=False),
    )


def test_everybodys_text_shown_to_a_language_is_not_cleared_in_vain() -> None:
    shown = {"": "Football", "ru": "Football"}
    profile = seen(descriptions=shown, short_descriptions={"": "Ball", "ru": "Ball"})
    assert actions(profile, Memory(languages=("", "ru")), descriptions=TEXTS) == ()


def test_the_languages_are_noted_before_they_are_set() -> None:
    part = profile_part(a_spec(commands=COMMANDS), Memory(languages=("uz",)), seen())
    assert part.before["languages"] == ("", "ru", "uz")
    assert part.after["languages"] == ("", "ru")


def test_a_profile_that_cannot_be_had_moves_nothing() -> None:
    part = profile_part(a_spec(), Memory(), Problem(reason="Throttled", message="later"))
    assert part.actions == ()
    assert [one.reason for one in part.conditions.values()] == ["Throttled"]
