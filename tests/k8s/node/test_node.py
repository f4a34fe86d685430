"""The chart's pods really running on a kubelet: an evening, an upgrade under load, a bad release,
the autoscaler on the kubelet's own figures."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter

import pytest

from tests.compose.telegram_beside import told
from tests.e2e import test_evening
from tests.e2e.city import SECRET
from tests.eventually import eventually
from tests.k8s.node.conftest import NAMESPACE, ROLES, Fleet
from tests.k8s.node.crowd import Crowd, tapping
from tests.k8s.node.machine import load

pytestmark = [pytest.mark.node, pytest.mark.timeout(3600)]

# /start raises for every newcomer: what a release does whose handlers break.
POISON = """
import pathlib, py_compile
from services.gateway.features.onboarding import handlers
file = pathlib.Path(handlers.__file__)
text = file.read_text()
begins = "def next_step(call: Call, link: str) -> Answer:"
assert begins in text
file.write_text(text.replace(begins, begins + chr(10) + "    raise ValueError('poisoned')"))
py_compile.compile(str(file), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
"""

# What broke is driven again, each update once, as a person would do it with the command.
REDRIVE = """
import contextlib, io, os, re, sys
from services.gateway.sender import quarantine
os.environ["WEBHOOK_URL"], os.environ["WEBHOOK_SECRET"] = sys.argv[1:]
with contextlib.redirect_stdout(io.StringIO()) as said:
    quarantine.main(["list"])
for number in re.findall(r"^(-?[0-9]+)  bot", said.getvalue(), re.MULTILINE):
    quarantine.main(["redrive", number])
"""


async def test_an_evening_is_played_through_the_pods(fleet: Fleet) -> None:
    begun = time.monotonic()
    await test_evening.test_an_evening_from_onboarding_to_promotion(fleet.city, "uz")
    print(f"\nan evening through pods: {time.monotonic() - begun:.1f} s")
    for role in ROLES:
        [pod] = await fleet.pods(role)
        [status] = pod["status"]["containerStatuses"]
        assert status["restartCount"] == 0, role
        assert pod["spec"]["nodeName"] == "worker"


async def test_a_rolling_upgrade_under_load_fails_no_update(fleet: Fleet) -> None:
    before = {pod["metadata"]["name"] for role in ROLES for pod in await fleet.pods(role)}
    async with tapping(fleet.telegram.http, fleet.webhook, range(910_000, 910_040), 4.0) as crowd:
        await fleet.release("--set", "defaults.podAnnotations.round=two")
        await asyncio.sleep(5.0)
    after = {pod["metadata"]["name"] for role in ROLES for pod in await fleet.pods(role)}
    assert not before & after
    print(f"\nupgrade under load: {dict(crowd.answers)}, slowest {crowd.slowest:.1f} s")
    assert set(crowd.answers) == {200}, Counter(why for why, _ in crowd.failed)


async def test_a_bad_release_is_stopped_by_its_own_readiness_and_loses_nothing(
    fleet: Fleet,
) -> None:
    await _bad_image(fleet)
    people = range(930_000, 930_060)
    bad = {**fleet.values["image"], "tag": "bad"}
    defaults = {**fleet.values["defaults"], "minReadySeconds": 40}
    good = [pod["metadata"]["name"] for pod in await fleet.pods("gateway")]
    async with tapping(fleet.telegram.http, fleet.webhook, people, 6.0) as crowd:
        await fleet.release(image=bad, defaults=defaults, wait=False)
        await eventually(lambda: _has_turned_unready(fleet), seconds=300, every=0.2)
        assert set(good) <= {pod["metadata"]["name"] for pod in await fleet.pods("gateway")}
        await fleet.helm("rollback", "fotbot", "-n", NAMESPACE)
        await fleet.settled()
    print(f"\nbad release: {dict(crowd.answers)}")
    print(f"not at the first try: {Counter(why for why, _ in crowd.failed)}")
    assert not await _bad_pods(fleet)
    await _everything_is_answered(fleet, crowd)
    again = await fleet.inside("sender", REDRIVE, fleet.webhook, SECRET)
    print(f"driven again: {again.count('was handled again')}")
    assert again.count("was handled again") >= 20
    assert await fleet.inside("sender", REDRIVE, fleet.webhook, SECRET) == ""


async def test_the_autoscaler_goes_to_two_gateways_and_back_on_the_kubelets_figures(
    fleet: Fleet,
) -> None:
    behavior = {
        "scaleUp": {"stabilizationWindowSeconds": 0},
        "scaleDown": {
            "stabilizationWindowSeconds": 5,
            "policies": [{"type": "Percent", "value": 100, "periodSeconds": 5}],
        },
    }
    scaling = {"enabled": True, "minReplicas": 1, "maxReplicas": 2, "cpuUtilization": 80}
    resources = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "400Mi"}}
    gateway = {"autoscaling": {**scaling, "behavior": behavior}, "resources": resources}
    await fleet.release(gateway=gateway)

    async def ready(count: int) -> bool:
        pods = await fleet.pods("gateway")
        are = [all(c["ready"] for c in pod["status"]["containerStatuses"]) for pod in pods]
        return len(pods) == count and all(are)

    await eventually(lambda: ready(1), seconds=120, every=1.0)
    people = range(920_000, 920_040)
    async with tapping(fleet.telegram.http, fleet.webhook, people, 60.0) as crowd:
        begun = time.monotonic()
        await eventually(lambda: ready(2), seconds=300, every=1.0)
        print(f"\ntwo gateways after {time.monotonic() - begun:.0f} s under load")
    begun = time.monotonic()
    await eventually(lambda: ready(1), seconds=300, every=1.0)
    print(f"\none again {time.monotonic() - begun:.0f} s after it; {dict(crowd.answers)}")
    assert crowd.answers[0] == 0


async def _bad_image(fleet: Fleet) -> None:
    recipe = fleet.folder / "bad"
    recipe.mkdir()
    (recipe / "poison.py").write_text(POISON)
    (recipe / "Dockerfile").write_text(
        "FROM localhost/fotbot:dev\nUSER 0\nCOPY poison.py /poison.py\n"
        'RUN ["python", "/poison.py"]\nUSER 65532:65532\n'
    )
    limits = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096")
    await told("podman", "build", "-q", *limits, "-t", "fotbot:bad", str(recipe), env=os.environ)
    await load("localhost/fotbot:bad")


async def _bad_pods(fleet: Fleet) -> list[str]:
    pods = await fleet.pods("gateway")
    return [
        pod["metadata"]["name"]
        for pod in pods
        if pod["spec"]["containers"][0]["image"].endswith(":bad")
    ]


async def _has_turned_unready(fleet: Fleet) -> bool:
    """The bad one was ready, and is not any more: it has noticed."""
    for pod in await fleet.pods("gateway"):
        if pod["metadata"]["name"] not in await _bad_pods(fleet):
            continue
        url = f"http://{pod['status'].get('podIP', '127.0.0.1')}:9090/readyz"
        try:
            async with fleet.telegram.http.get(url) as response:
                told_of = await response.json()
        except OSError:
            return False
        required = told_of["required"]
        return bool(required.get("started")) and response.status == 503
    return False


async def _everything_is_answered(fleet: Fleet, crowd: Crowd) -> None:
    """What was held back is brought again, as Telegram would; what broke waits in quarantine."""
    assert set(crowd.answers) <= {200, 503, 0}
    again = Crowd(fleet.webhook)
    for _, update in crowd.failed:
        await again.bring(fleet.telegram.http, update)
    assert set(again.answers) <= {200}
