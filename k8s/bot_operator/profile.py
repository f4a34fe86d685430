"""What to do about commands and descriptions: only what differs is set."""

from collections.abc import Iterator, Mapping

from k8s.bot_operator.actions import Action, SetDescription, SetMenu
from k8s.bot_operator.conditions import Type, failed, is_true
from k8s.bot_operator.memory import Memory
from k8s.bot_operator.observed import Problem, Profile
from k8s.bot_operator.parts import Part
from k8s.bot_operator.spec import BotSpec


def languages(spec: BotSpec, memory: Memory) -> tuple[str, ...]:
    """Those to look at: of the spec, and those that we once set and may have to clear."""
    if spec.menus is None and spec.descriptions is None:
        return ()
    menus = [menu.language for menu in spec.menus or ()]
    texts = [text.language for text in spec.descriptions or ()]
    return tuple(dict.fromkeys((*menus, *texts, *memory.languages)))


def profile_part(spec: BotSpec, memory: Memory, profile: Profile | Problem) -> Part:
    """Set what people see; clear what was ours and is asked for no more."""
    if isinstance(profile, Problem):
        return Part(conditions={Type.COMMANDS: failed(profile)})
    wanted = languages(spec, Memory())
    actions = (*_menus(spec, memory, profile), *_descriptions(spec, memory, profile))
    words = "Commands and descriptions are the spec's." if wanted else "The spec names none."
    return Part(
        actions=tuple(actions),
        conditions={Type.COMMANDS: is_true("InStep", words)},
        before={"languages": languages(spec, memory), "username": profile.username},
        after={"languages": wanted},
    )


def _menus(spec: BotSpec, memory: Memory, profile: Profile) -> Iterator[Action]:
    if spec.menus is None:
        return
    wanted = {menu.language: menu.commands for menu in spec.menus}
    for language in dict.fromkeys((*wanted, *memory.languages)):
        commands = wanted.get(language, ())
        if profile.menus.get(language, ()) != commands:
            yield SetMenu(language=language, commands=commands)


def _descriptions(spec: BotSpec, memory: Memory, profile: Profile) -> Iterator[Action]:
    if spec.descriptions is None:
        return
    full = {one.language: one.full for one in spec.descriptions}
    short = {one.language: one.short for one in spec.descriptions}
    yield from _texts(full, profile.descriptions, memory, is_short=False)
    yield from _texts(short, profile.short_descriptions, memory, is_short=True)


def _texts(
    wanted: Mapping[str, str], found: Mapping[str, str], memory: Memory, *, is_short: bool
) -> Iterator[Action]:
    for language in dict.fromkeys((*wanted, *memory.languages)):
        text, shown = wanted.get(language, ""), found.get(language, "")
        # Whoever has no text of his own is shown everybody's: there is nothing to clear.
        if shown != text and not (text == "" and shown == found.get("", "")):
            yield SetDescription(language=language, text=text, is_short=is_short)
