"""Wrong values are refused, each by a sentence that says which and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.helm.chart import Refused, with_values

URL = {"webhookUrl": "https://fotbot.example/telegram/webhook"}

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a misspelt block": ({"gatway": {}}, "additional properties 'gatway' not allowed"),
    "a misspelt key of a workload": (
        {"gateway": {"replica": 3}},
        "at '/gateway': additional properties 'replica' not allowed",
    ),
    "a misspelt setting": ({"config": {"timeZone": "UTC"}}, "'timeZone' not allowed"),
    "a word for a number": ({"users": {"replicas": "two"}}, "at '/users/replicas': got string"),
    "no pods at all": ({"teams": {"replicas": 0}}, "minimum: got 0, want 1"),
    "a language that nobody speaks": (
        {"config": {"defaultLanguage": "de"}},
        "'/config/defaultLanguage': value must be one of 'uz', 'ru', 'en'",
    ),
    "more connections than Telegram makes": (
        {"config": {"webhookMaxConnections": 200}},
        "maximum: got 200, want 100",
    ),
    "a share above one": ({"telemetry": {"keptShare": 5}}, "'/telemetry/keptShare': maximum"),
    "a floor above the ceiling": (
        {"sessions": {"autoscaling": {"minReplicas": 9}}},
        "sessions.autoscaling: minReplicas (9) is more than maxReplicas (6).",
    ),
    "no time to end": (
        {"gateway": {"terminationGracePeriodSeconds": 30}},
        "gateway.terminationGracePeriodSeconds is 30, but an orderly end takes up to",
    ),
    "draining longer than the pod has": (
        {"defaults": {"drainSeconds": 55}},
        "terminationGracePeriodSeconds is 60, but an orderly end takes up to",
    ),
    "a variable that the chart sets": (
        {"users": {"extraEnv": [{"name": "OPS_PORT", "value": "1"}]}},
        "users.extraEnv: OPS_PORT is set by the chart or twice",
    ),
    "a variable twice": (
        {"teams": {"extraEnv": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}},
        "teams.extraEnv: A is set by the chart or twice",
    ),
    "a digest that is a tag": (
        {"image": {"digest": "v1.2.3"}},
        'image.digest is "v1.2.3"; a digest is sha256: and 64 hexadecimal digits.',
    ),
    "no secret": (
        {"secrets": {"existingSecret": ""}},
        "secrets.existingSecret names the Secret with bot-token",
    ),
    "a secret in the values": (
        {"secrets": {"botToken": "1:A"}},
        "at '/secrets': additional properties 'botToken' not allowed",
    ),
    "a webhook without TLS": (
        {"config": {"webhookUrl": "http://fotbot.example/telegram/webhook"}},
        "Telegram calls an https:// address with a host and a path",
    ),
    "a webhook with a query": (
        {"config": {"webhookUrl": "https://fotbot.example/hook?secret=1"}},
        "without a query",
    ),
    "a webhook without a path": (
        {"config": {"webhookUrl": "https://fotbot.example"}},
        "with a host and a path",
    ),
    "a webhook on a port that Telegram does not call": (
        {"config": {"webhookUrl": "https://fotbot.example:9443/hook"}},
        "Telegram calls the ports 443, 80, 88 and 8443 alone",
    ),
    "another Bot API that is no address": (
        {"config": {"telegramApiUrl": "api.telegram.org"}},
        'config.telegramApiUrl is "api.telegram.org"; it is an http:// or https:// address.',
    ),
    "admins by name": (
        {"config": {"adminTgIds": "@akmal"}},
        'config.adminTgIds is "@akmal"; they are Telegram ids',
    ),
    "an admin as a number": ({"config": {"adminTgIds": 1001}}, "got number, want string"),
    "a route to nowhere": (
        {"httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}]}},
        "httpRoute and ingress take host and path from config.webhookUrl, which is not set.",
    ),
    "a route of no gateway": (
        {"config": URL, "httpRoute": {"enabled": True}},
        "httpRoute.parentRefs names the Gateway",
    ),
    "a new database that nobody fills": (
        {"demo": {"enabled": True}, "migrations": {"enabled": False}},
        "migrations.enabled is false, but the database that this release makes",
    ),
    "two databases": (
        {"demo": {"enabled": True}, "cnpg": {"enabled": True}},
        "demo.enabled and cnpg.enabled are two databases; choose one.",
    ),
    "two caches": (
        {"demo": {"enabled": True}, "valkeyCluster": {"enabled": True}},
        "are two caches; choose one.",
    ),
    "a demo beside an external database": (
        {"demo": {"enabled": True}, "database": {"existingSecret": "other"}},
        "demo.enabled makes its own stores",
    ),
    "a cluster that loses commits": (
        {"cnpg": {"enabled": True, "instances": 2}},
        "cnpg.instances is 2; a commit waits for one more server",
    ),
    "a backup to nowhere": (
        {"cnpg": {"enabled": True, "backup": {"enabled": True}}},
        "cnpg.backup needs destinationPath (s3://bucket/path) and secret",
    ),
    "a recovery from nowhere": (
        {"cnpg": {"enabled": True, "recovery": {"enabled": True}}},
        "cnpg.recovery needs serverName, the name under which the backups are kept",
    ),
    "a recovery that writes over what it reads": (
        {
            "cnpg": {
                "enabled": True,
                "backup": {"enabled": True, "destinationPath": "s3://a/b", "secret": "c"},
                "recovery": {"enabled": True, "serverName": "fotbot-postgres"},
            }
        },
        "what is recovered from must not be written over",
    ),
    "a backup into a folder": (
        {"cnpg": {"backup": {"destinationPath": "/backups"}}},
        "'/cnpg/backup/destinationPath': '/backups' does not match pattern",
    ),
    "scaling on metrics that nobody scrapes": (
        {"keda": {"enabled": True}},
        "keda.enabled scales on metrics of the processes",
    ),
    "prescaling of what does not scale": (
        {"prescaling": {"enabled": True}, "gateway": {"autoscaling": {"enabled": False}}},
        "prescaling.enabled raises the floor of an autoscaler",
    ),
    "more connections than the server has": (
        {"sessions": {"poolMax": 40}},
        "connections during a rollout at the most replicas, and the server takes 180",
    ),
    "a port that is none": (
        {"networkPolicy": {"redis": {"ports": [70000]}}},
        "'/networkPolicy/redis/ports/0': maximum: got 70,000, want 65,535",
    ),
    "an unknown kind of issuer": (
        {"mtls": {"issuerRef": {"kind": "Vault"}}},
        "value must be one of 'Issuer', 'ClusterIssuer'",
    ),
    "root in the demo": ({"demo": {"postgres": {"runAsUser": 0}}}, "minimum: got 0, want 1"),
}


@pytest.mark.parametrize("what", WRONG)
def test_it_is_refused_by_a_sentence(what: str, tmp_path: Path) -> None:
    values, sentence = WRONG[what]
    with pytest.raises(Refused) as refused:
        with_values(tmp_path, values)
    assert sentence in str(refused.value)
