"""Fixtures for every test: the real stores and the whole system on them, started lazily, once for
the whole run."""

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from tests.badinput.rough_city import rough
from tests.e2e.city import city, spans
from tests.stores import postgres, supervisor, valkey

__all__ = ["city", "postgres", "rough", "spans", "supervisor", "valkey"]

WHOLE_SYSTEM = ("tests/e2e/", "tests/browser/", "tests/observe/test_live")
USUAL_PORTS = ("tests/local/test_move_in.py", "tests/local/test_whole_system.py")
# About half of the time that they all take; none of these breaks anything.
SECOND_SYSTEM = (
    "tests/e2e/test_organising.py",
    "tests/e2e/test_replays.py",
)
# One control plane is enough, and all that two cores want to carry.
CLUSTER = ("tests/k8s/",)
# Strangers, fuzz and floods: their system is nobody else's.
ROUGH_CITY = ("tests/badinput/", "tests/overload/")
# What people read there hangs on which other evenings there are.
ALONE = "tests/e2e/test_transcripts.py"
# Few tests that take minutes: begun last, they would be waited for by idle workers.
SLOW = (
    "the whole system",
    "the second system",
    "the usual ports",
    "the cluster",
    "the rough city",
    ALONE,
    "tests/faults/test_five_faults.py",
    "tests/sessions/test_entries_model.py",
)

# How long an example takes says how busy the machine is, nothing about the code.
settings.register_profile("fotbot", deadline=None)
settings.load_profile("fotbot")


class ByModule(LoadScopeScheduling):
    """A module's tests stay in one worker, with what they have set up; those of the whole system
    share two, one has the ports of `make run`, and one the cluster."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.split("::", 1)[0]
        if path in USUAL_PORTS:
            return "the usual ports"
        if path.startswith(CLUSTER):
            return "the cluster"
        if path.startswith(ROUGH_CITY):
            return "the rough city"
        if path == ALONE or not path.startswith(WHOLE_SYSTEM):
            return path
        return "the second system" if path in SECOND_SYSTEM else "the whole system"

    def _assign_work_unit(self, node: WorkerController) -> None:
        for slow in reversed(SLOW):
            if slow in self.workqueue:
                self.workqueue.move_to_end(slow, last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByModule:
    """Several workers take the slow groups first, then the largest."""
    return ByModule(config, log)
