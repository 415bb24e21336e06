"""The container files: what they start exists, is watched, isn't root and holds no secret."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from config.celery import QUEUES
from config.settings import PREFIX, Settings, variable
from worker import cli

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(name for name, one in SERVICES.items() if "build" in one)
LASTING = sorted(name for name, one in SERVICES.items() if one["restart"] != "no")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
REQUIRED = re.compile(r"\$\{[A-Z_]+:\?[^}]+\}")


def environment(service: str) -> dict[str, Any]:
    found: dict[str, Any] = SERVICES[service].get("environment", {})
    return found


def is_healthy(check: str, work: list[dict[str, Any]]) -> bool:
    """Run the part of a health check that judges, on a status with this work."""
    (code,) = re.findall(r'python -c "(.*)"$', check)
    status = json.dumps({"work": work})
    done = subprocess.run([sys.executable, "-c", code], input=status, text=True, check=False)
    return done.returncode == 0


def load(lane: str, running: int, oldest_s: float | None) -> dict[str, Any]:
    return {"kind": "any", "lane": lane, "running": running, "oldest_s": oldest_s}


def test_the_services_are_those_that_operations_describes() -> None:
    described = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [name for name in SERVICES if f"| {name} |" not in described] == []


@pytest.mark.parametrize("name", sorted(set(re.findall(rf"{PREFIX}[A-Z_]+", TEXT + DOCKERFILE))))
def test_every_variable_is_a_setting(name: str) -> None:
    assert name in {variable(field) for field in Settings.model_fields}


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_no_secret_is_written_down(service: str) -> None:
    for name, value in environment(service).items():
        if re.search(r"PASSWORD|SECRET|TOKEN|KEY", name):
            assert REQUIRED.fullmatch(value), name
        login = re.search(r"://[^:/@]*:(.*)@", str(value))
        assert login is None or REQUIRED.fullmatch(login[1]), name


@pytest.mark.parametrize("service", LASTING)
def test_every_lasting_service_has_a_health_check(service: str) -> None:
    assert SERVICES[service]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@pytest.mark.parametrize("service", OURS)
def test_every_command_of_ours_exists(service: str) -> None:
    program, *arguments = SERVICES[service]["command"]
    if program == "tinwire":
        group: Any = typer.main.get_command(cli.app)
        assert len(arguments) == 1
        assert arguments[0] in group.commands
    else:
        assert [program, *arguments[:2]] == ["celery", "-A", "worker.app"]
        assert arguments[2] in {"beat", "worker"}


def test_every_queue_has_a_worker() -> None:
    read = [
        queue
        for service in OURS
        if "-Q" in (command := SERVICES[service]["command"])
        for queue in command[command.index("-Q") + 1].split(",")
    ]
    assert sorted(read) == sorted(QUEUES)


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_whoever_is_waited_for_can_say_that_it_is_ready(service: str) -> None:
    for name, wait in SERVICES[service].get("depends_on", {}).items():
        if wait["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[name]
        else:
            assert (wait["condition"], SERVICES[name]["restart"]) == (
                "service_completed_successfully",
                "no",
            )


def test_all_of_ours_wait_for_the_tables() -> None:
    waiting = {name for name in OURS if "migrate" in SERVICES[name]["depends_on"]}
    assert waiting == set(OURS) - {"migrate"}


def test_the_data_services_keep_their_data_in_named_volumes() -> None:
    kept = {"postgres": "/var/lib/postgresql", "valkey": "/data", "counter": "/data"}
    for service, folder in kept.items():
        (volume,) = SERVICES[service]["volumes"]
        name, place = volume.split(":")
        assert name in COMPOSE["volumes"]
        assert place == folder


@pytest.mark.parametrize("service", ["valkey", "counter"])
def test_a_valkey_keeps_what_it_is_given_and_refuses_rather_than_drops(service: str) -> None:
    command = " ".join(SERVICES[service]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


def test_the_public_web_knows_no_broker_and_cannot_reach_it() -> None:
    assert variable("broker_url") not in environment("web")
    assert not set(SERVICES["web"]["networks"]) & set(SERVICES["valkey"]["networks"])


def test_the_public_web_reaches_its_counter_and_serves_without_it() -> None:
    assert environment("web")[variable("counter_url")] == "redis://counter:6379/0"
    assert set(SERVICES["web"]["networks"]) & set(SERVICES["counter"]["networks"])
    assert "counter" not in SERVICES["web"]["depends_on"]


def test_ops_and_the_data_services_are_not_open_to_the_world() -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["ops"]["ports"])
    assert "ports" not in SERVICES["postgres"]
    assert "ports" not in SERVICES["valkey"]
    assert "ports" not in SERVICES["counter"]


@pytest.mark.parametrize(("service", "field"), [("web", "public_port"), ("ops", "ops_port")])
def test_a_web_is_asked_for_its_health_where_it_listens(service: str, field: str) -> None:
    port = environment(service)[variable(field)]
    assert SERVICES[service]["ports"][0].endswith(f":{port}")
    assert f"http://127.0.0.1:{port}/readyz" in SERVICES[service]["healthcheck"]["test"][-1]


@pytest.mark.parametrize(
    ("service", "lane"), [("bell", "live"), ("worker", "live"), ("reindex", "reindex")]
)
def test_a_worker_is_unhealthy_when_its_work_is_left_lying(service: str, lane: str) -> None:
    check = SERVICES[service]["healthcheck"]["test"][1]
    assert check.startswith("tinwire status --json | ")
    assert is_healthy(check, [])
    assert is_healthy(check, [load(lane, 0, None), load(lane, 0, 59), load(lane, 1, 500)])
    assert is_healthy(check, [load("another", 0, 500)])
    assert not is_healthy(check, [load(lane, 0, None), load(lane, 0, 60)])


def test_the_image_has_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {SERVICES[name]["image"] for name in OURS} == {f"tinwire:{project['version']}"}


def test_the_image_installs_only_what_the_lock_names() -> None:
    installs = re.findall(r"pip install (.*)", DOCKERFILE)
    assert installs == [
        "--require-hashes --requirement requirements.lock",
        "--no-deps --no-build-isolation .",
    ]


def test_the_image_does_not_run_as_root() -> None:
    last_stage = DOCKERFILE.rpartition("\nFROM ")[2]
    (user,) = re.findall(r"^USER (\S+)", last_stage, re.MULTILINE)
    assert user not in {"root", "0"}
    assert f"--uid {user} " in last_stage


def test_all_that_the_image_copies_is_sent_to_the_builder() -> None:
    first_stage = DOCKERFILE.rpartition("\nFROM ")[0]
    copied = {
        name
        for line in re.findall(r"^COPY (.*) \S+$", first_stage, re.MULTILINE)
        for name in line.split()
    }
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert copied == {line.removeprefix("!") for line in ignore if line.startswith("!")}
    assert [name for name in sorted(copied) if not (ROOT / name).exists()] == []
