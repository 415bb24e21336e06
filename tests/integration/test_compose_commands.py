"""Every command of docker-compose.yml starts without Docker, on servers given by address."""

import os
import shlex
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
MODULES = {"celery": "celery", "tinwire": "worker"}


def test_every_command_starts(plant: Any, wait_for: Callable[..., None]) -> None:
    """Those that serve listen, those that run stay, the one that migrates ends well."""
    ports = {name: _free_port() for name in ("web", "ops")}
    plant.env["TINWIRE_PUBLIC_PORT"] = str(ports["web"])
    plant.env["TINWIRE_OPS_PORT"] = str(ports["ops"])
    plant.env["PYTHONPATH"] = os.pathsep.join(sys.path)
    commands = {name: argv for name, argv in _commands().items() if argv[0] in MODULES}
    assert {"migrate", "web", "ops", "bell", "worker"} <= commands.keys()
    for name, (program, *arguments) in commands.items():
        plant.start(name, MODULES[program], *arguments)
    for name, port in ports.items():
        wait_for(lambda port=port: _listens(port), 60, plant.logs)
        assert plant.processes[name].poll() is None
    assert plant.processes["migrate"].wait(60) == 0
    wait_for(
        lambda: "ready" in (Path(plant.env["TINWIRE_DATA_DIR"]) / "worker.log").read_text(), 60
    )
    ended = {name for name, one in plant.processes.items() if one.poll() is not None}
    assert ended == {"migrate"}, plant.logs()


def _commands() -> dict[str, list[str]]:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    found = {name: one.get("command", []) for name, one in services.items()}
    return {
        name: shlex.split(command) if isinstance(command, str) else list(command)
        for name, command in found.items()
        if command
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
