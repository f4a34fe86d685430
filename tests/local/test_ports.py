"""Which ports a system on one machine gets."""

import sys
from subprocess import run

from services.local.ports import TEST_PORTS, free_port, free_valkey_ports

CHOOSE_MANY = "from services.local.ports import free_port; print({free_port() for _ in range(200)})"


def test_a_chosen_port_is_not_given_to_another_process_before_anybody_listens_there() -> None:
    ours = {free_port() for _ in range(50)}
    theirs = run([sys.executable, "-c", CHOOSE_MANY], capture_output=True, text=True, check=True)
    assert not ours & {int(port) for port in theirs.stdout.strip("{}\n").split(",")}


def test_nobody_is_given_the_same_port_twice() -> None:
    assert len({free_port() for _ in range(50)}) == 50
    nodes = [port for _ in range(5) for port in free_valkey_ports(3)]
    assert len(set(nodes)) == 15 and not set(nodes) & set(TEST_PORTS)
