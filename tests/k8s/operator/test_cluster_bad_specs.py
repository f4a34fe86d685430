"""Specs that are wrong are refused by the API server, each with a sentence."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.k8s.cluster.api import Object, Refused
from tests.k8s.cluster.cluster import Cluster
from tests.k8s.conftest import Namespace
from tests.k8s.operator.making import PRESCALING, RAW

pytestmark = [pytest.mark.k8s, pytest.mark.usefixtures("definition")]

LONG = "x" * 300


def command(name: str = "start", words: str = "Menu") -> dict[str, str]:
    return {"command": name, "description": words}


def with_commands(*commands: dict[str, str]) -> dict[str, Any]:
    return {"commands": [{"commands": list(commands)}]}


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a webhook over http": (
        {"webhook.url": "http://bot.example.org/x"},
        "begins with https://",
    ),
    "a webhook by file": ({"webhook.url": "file:///etc/passwd"}, "begins with https://"),
    "a webhook with a password": (
        {"webhook.url": "https://user:word@bot.example.org/x"},
        "without user, query",
    ),
    "a webhook with a query": (
        {"webhook.url": "https://bot.example.org/x?token=1"},
        "without user, query",
    ),
    "a webhook of blanks": ({"webhook.url": "https://bot.example.org/a b"}, "without user, query"),
    "a webhook without end": ({"webhook.url": f"https://b.example/{'x' * 3000}"}, "Too long"),
    "no connection at all": ({"webhook.maxConnections": 0}, "between 1 and 100"),
    "too many connections": ({"webhook.maxConnections": 101}, "between 1 and 100"),
    "connections in words": ({"webhook.maxConnections": "many"}, "must be of type integer"),
    "no kind of update": ({"webhook.allowedUpdates": []}, "should have at least 1 items"),
    "an odd kind of update": ({"webhook.allowedUpdates": ["Message!"]}, "name of the Bot API"),
    "a Secret's impossible name": ({"tokenSecretRef.name": "Fot/Bot"}, "name of a Secret"),
    "a Secret's empty name": ({"webhook.secretRef.name": ""}, "name of a Secret"),
    "a Secret's impossible key": ({"tokenSecretRef.key": "../token"}, "key of a Secret"),
    "one key twice": (
        {"webhook.secretRef.previousKey": "webhook-secret"},
        "name the same secret",
    ),
    "no token": ({"tokenSecretRef": None}, "tokenSecretRef: Required value"),
    "no webhook": ({"webhook": None}, "webhook: Required value"),
    "a command with a slash": (with_commands(command("/start")), "1 to 32 of a-z"),
    "a command in capitals": (with_commands(command("Start")), "1 to 32 of a-z"),
    "a command without words": (with_commands(command(words=" ")), "1 to 256 characters"),
    "a command with too many words": (with_commands(command(words=LONG)), "Too long"),
    "a hundred and one commands": (
        with_commands(*(command(f"c{number}") for number in range(101))),
        "Too many: 101: must have at most 100",
    ),
    "a command twice": (with_commands(command(), command()), "Duplicate value"),
    "an odd language": (
        {"commands": [{"language": "uzb", "commands": [command()]}]},
        "Too long",
    ),
    "a language in capitals": (
        {"commands": [{"language": "UZ", "commands": [command()]}]},
        "two small letters",
    ),
    "a language twice": (
        {"descriptions": [{"language": "uz"}, {"language": "uz"}]},
        "Duplicate value",
    ),
    "a description without end": ({"descriptions": [{"description": "x" * 513}]}, "Too long"),
    "a floor above the maximum": (
        {"prescaling": PRESCALING | {"floor": 11}},
        "floor is not above max",
    ),
    "a floor of nothing": ({"prescaling": PRESCALING | {"floor": 0}}, "between 1 and 1000"),
    "no taps": ({"prescaling": PRESCALING | {"tapsPerReplica": 0}}, "tapsPerReplica is between"),
    "a window of days": ({"prescaling": PRESCALING | {"lead": "48h"}}, "between 0s and 24h"),
    "a window in words": ({"prescaling": PRESCALING | {"hold": "soon"}}, "duration"),
    "a target that cannot scale": (
        {"prescaling": PRESCALING | {"target": {"kind": "Deployment", "name": "x"}}},
        "supported values",
    ),
    "an odd end": ({"onDelete": "Explode"}, 'supported values: "Retain", "Delete"'),
    "a field nobody knows": ({"telegramApiUrl": "https://evil.example"}, "unknown field"),
}


def changed(changes: dict[str, Any]) -> Object:
    spec = copy.deepcopy(RAW)
    for path, value in changes.items():
        *outer, last = path.split(".")
        place = spec
        for name in outer:
            place = place[name]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return bot(spec)


def bot(spec: Object, name: str = "fotbot") -> Object:
    head = {"apiVersion": "fotbot.io/v1alpha1", "kind": "TelegramBot"}
    return {**head, "metadata": {"name": name}, "spec": spec}


async def test_each_wrong_spec_is_refused_with_a_sentence(
    cluster: Cluster, namespace: Namespace
) -> None:
    unheard: list[str] = []
    for what, (changes, sentence) in BAD.items():
        try:
            await cluster.api.create(changed(changes), namespace.name, dry_run=True)
            unheard.append(f"{what}: taken")
        except Refused as refused:
            if sentence not in refused.message:
                unheard.append(f"{what}: {refused.message}")
    assert unheard == []


async def test_a_huge_bot_is_refused(cluster: Cluster, namespace: Namespace) -> None:
    menus = [
        {
            "language": f"{chr(97 + n)}a",
            "commands": [command(f"c{m}", "w" * 256) for m in range(100)],
        }
        for n in range(20)
    ]
    made = await cluster.api.create(bot(RAW | {"commands": menus}), namespace.name, dry_run=True)
    assert made["spec"]["commands"]  # the largest that is allowed
    with pytest.raises(Refused, match="Too many: 21"):
        await cluster.api.create(
            bot(RAW | {"commands": [*menus, menus[0] | {"language": "zz"}]}),
            namespace.name,
            dry_run=True,
        )
    with pytest.raises(Refused):
        await cluster.api.create(
            bot(RAW | {"descriptions": [{"description": "x" * 900_000}]}), namespace.name
        )


async def test_a_bot_does_not_become_another_one(cluster: Cluster, namespace: Namespace) -> None:
    await cluster.api.apply(bot(RAW | {"prescaling": PRESCALING}), namespace.name)
    token = {"tokenSecretRef": {"name": "another", "key": "bot-token"}}
    with pytest.raises(Refused, match="a TelegramBot stands for one bot"):
        await cluster.api.apply(bot(RAW | {"prescaling": PRESCALING} | token), namespace.name)
    target = {"target": {"kind": "ScaledObject", "name": "fotbot-gateway"}}
    with pytest.raises(Refused, match="target changes only while enabled is false"):
        await cluster.api.apply(bot(RAW | {"prescaling": PRESCALING | target}), namespace.name)
    off = PRESCALING | {"enabled": False}
    await cluster.api.apply(bot(RAW | {"prescaling": off}), namespace.name)
    await cluster.api.apply(bot(RAW | {"prescaling": PRESCALING | target}), namespace.name)


async def test_defaults_are_filled_in(cluster: Cluster, namespace: Namespace) -> None:
    short = {
        "tokenSecretRef": {"name": "fotbot"},
        "webhook": {"url": "https://bot.example.org/x", "secretRef": {"name": "fotbot"}},
        "prescaling": {
            "tapsPerReplica": 100,
            "floor": 2,
            "max": 4,
            "target": {"kind": "HorizontalPodAutoscaler", "name": "fotbot-gateway"},
        },
    }
    spec = (await cluster.api.create(bot(short), namespace.name))["spec"]
    assert spec["webhook"]["maxConnections"] == 40
    assert spec["webhook"]["secretRef"]["previousKey"] == "webhook-secret-previous"
    assert spec["onDelete"] == "Retain"
    assert (spec["prescaling"]["lead"], spec["prescaling"]["hold"]) == ("10m", "20m")
