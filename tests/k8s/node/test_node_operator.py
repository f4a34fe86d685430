"""The operator's chart on the node: its pod, under its own account, looks after a TelegramBot of
the local Telegram."""

from __future__ import annotations

import os
from typing import Any

import pytest
import yaml

from tests.compose.telegram_beside import told
from tests.k8s.cluster.helm import CHARTS
from tests.k8s.node.conftest import NAMESPACE, ROOT, Fleet, lead_telegram, telegram_told

pytestmark = [pytest.mark.node, pytest.mark.timeout(1800)]

URL = "https://fotbot.example/telegram/webhook"


async def test_the_operators_pod_does_what_a_telegrambot_says(fleet: Fleet) -> None:
    await telegram_told(fleet, "deleteWebhook")
    try:
        await _install(fleet)
        bot = await _apply(fleet)
        wait = ("wait", "telegrambot", "fotbot", "--for=condition=Ready", "--timeout=3m")
        print("\n" + await told(*fleet.kubectl, *wait, env=os.environ))
        assert (await telegram_told(fleet, "getWebhookInfo"))["url"] == URL
        for menu in bot["spec"]["commands"]:
            language = menu.get("language", "")
            set_ = await telegram_told(fleet, "getMyCommands", language_code=language)
            assert set_ == menu["commands"]
        await _nothing_was_restarted(fleet)
        # onDelete is Delete: the finalizer holds the resource until Telegram calls nobody.
        await told(*fleet.kubectl, "delete", "telegrambot", "fotbot", env=os.environ, timeout=120)
        assert (await telegram_told(fleet, "getWebhookInfo"))["url"] == ""
        await fleet.helm("uninstall", "fotbot-operator", "-n", NAMESPACE)
    finally:
        await lead_telegram(fleet)


async def _install(fleet: Fleet) -> None:
    # The kubelet here measures no disks: a pod that asks for some is placed nowhere.
    kinds = ("requests", "limits")
    values = {
        "image": fleet.values["image"],
        "telegramApiUrl": fleet.telegram.address,
        "resources": {kind: {"ephemeral-storage": None} for kind in kinds},
    }
    file = fleet.folder / "operator.yaml"
    file.write_text(yaml.safe_dump(values))
    chart = ("fotbot-operator", str(CHARTS / "fotbot-operator"), "-n", NAMESPACE, "-f", str(file))
    await fleet.helm("install", *chart, "--wait", "--timeout=5m")


async def _apply(fleet: Fleet) -> dict[str, Any]:
    """The example, for the bot that is here; nothing scales, so there is no floor to raise."""
    bot: dict[str, Any] = yaml.safe_load((ROOT / "k8s/examples/telegrambot.yaml").read_text())
    del bot["spec"]["prescaling"]
    bot["spec"]["webhook"]["url"], bot["spec"]["onDelete"] = URL, "Delete"
    await fleet.api.apply(bot, NAMESPACE)
    return bot


async def _nothing_was_restarted(fleet: Fleet) -> None:
    [pod] = await fleet.pods("operator")
    [status] = pod["status"]["containerStatuses"]
    assert status["ready"] and status["restartCount"] == 0
    assert pod["spec"]["nodeName"] == "worker"
