"""The compose file is accepted, and keeps what it promises: one image, not root, watched, not exposed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("web", "worker", "beat")
SERVICES = {*OURS, "db", "broker"}


def compose_command() -> list[str] | None:
    """Return the plugin of docker, or Debian's docker-compose, or None."""
    if shutil.which("docker"):
        plugin = subprocess.run(["docker", "compose", "version"], capture_output=True)
        if plugin.returncode == 0:
            return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else None


def config(folder, **variables):
    """Return the compose file as docker reads it, with the given variables and an empty .env."""
    command = compose_command()
    if command is None:
        pytest.skip("No docker compose was found. This brings it: sudo apt-get install docker-compose")
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"} | variables
    empty = folder / "empty.env"
    empty.touch()
    files = ["--env-file", str(empty), "-f", "docker-compose.yml", "config"]
    result = subprocess.run([*command, *files], cwd=ROOT, env=env, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def services(text):
    """Return the lines of each service of a compose file that docker has normalized."""
    found, name, inside = {}, None, False
    for line in text.splitlines():
        if line and not line.startswith(" "):
            inside, name = line == "services:", None
        elif inside and line.startswith("  ") and not line.startswith("   "):
            name = line.strip().rstrip(":")
            found[name] = []
        elif name:
            found[name].append(line.strip())
    return found


@pytest.fixture(scope="module")
def unedited(tmp_path_factory):
    """The services of the file as it stands."""
    return services(config(tmp_path_factory.mktemp("compose")))


def test_compose_file_is_accepted_unedited(unedited):
    assert set(unedited) == SERVICES


def test_every_service_has_a_health_check(unedited):
    for name, lines in unedited.items():
        assert "healthcheck:" in lines, name


def test_web_worker_and_beat_are_one_image_read_only_and_without_rights(unedited):
    for name in OURS:
        lines = unedited[name]
        assert "image: learning-breakthrough" in lines
        assert "read_only: true" in lines
        assert "- no-new-privileges:true" in lines
        assert "- ALL" in lines
        assert not any(line.startswith("privileged") for line in lines)


def test_only_web_is_published_and_on_loopback(unedited):
    ports = unedited["web"][unedited["web"].index("ports:") + 1 :]

    assert [name for name, lines in unedited.items() if "ports:" in lines] == ["web"]
    assert any("127.0.0.1" in line for line in ports)
    assert not any("0.0.0.0" in line for line in ports)


def test_the_image_does_not_run_as_root():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]

    assert users
    assert users[-1] not in {"root", "0"}


def test_the_broker_never_evicts(unedited):
    assert "- noeviction" in unedited["broker"]


@pytest.mark.parametrize("domain", ["", "series.example.org"])
def test_a_domain_reaches_the_containers(domain, tmp_path):
    lines = services(config(tmp_path, LBS_DOMAIN=domain))["web"]

    assert any(line.startswith("LBS_DOMAIN:") and domain in line for line in lines)


def run_container(*what, **variables):
    """Run the start script of the image on this machine, with nothing but the given variables."""
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | variables
    return subprocess.run(
        ["sh", "scripts/container", *what], cwd=ROOT, env=env, capture_output=True, text=True
    )


def test_without_a_domain_it_refuses_to_be_published(tmp_path):
    result = run_container("web", LBS_BIND="0.0.0.0", LBS_VAR=str(tmp_path))

    assert result.returncode == 1
    assert "LBS_DOMAIN" in result.stderr


def test_a_word_that_is_no_service_is_refused(tmp_path):
    result = run_container("wbe", DATABASE_URL="sqlite:///x", SECRET_KEY="x", LBS_VAR=str(tmp_path))

    assert result.returncode == 2
    assert "wbe" in result.stderr
