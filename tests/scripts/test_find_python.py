"""The interpreter search runs each candidate, and names the command that brings a missing one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def find(tmp_path):
    """Run the search with nothing on the path but the given programs and the tools of the shell."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in ("sh", "sed", "dirname"):
        found = next(path for path in ("/usr/bin", "/bin") if (Path(path) / tool).exists())
        (programs / tool).symlink_to(f"{found}/{tool}")

    def run(*, home="/nonexistent", named=None, **scripts):
        for name, text in scripts.items():
            path = programs / name.replace("_", ".")
            path.write_text(f"#!/bin/sh\n{text}\n")
            path.chmod(0o755)
        env = {"PATH": str(programs), "HOME": str(home)} | ({"PYTHON": named} if named else {})
        command = ["sh", str(ROOT / "scripts" / "find-python")]
        return subprocess.run(command, env=env, capture_output=True, text=True)

    return run


def works():
    """The body of a program that behaves like an interpreter that will do."""
    return f'exec "{sys.executable}" "$@"'


def test_a_shim_that_answers_127_is_passed_over(find):
    result = find(python3_13="exit 127", python3=works())

    assert result.stdout.strip() == "python3"


def test_an_old_interpreter_is_passed_over(find, tmp_path):
    version = tmp_path / ".pyenv" / "versions" / "3.12.1" / "bin"
    version.mkdir(parents=True)
    (version / "python").write_text(f"#!/bin/sh\n{works()}\n")
    (version / "python").chmod(0o755)

    result = find(home=tmp_path, python3="exit 1", python="exit 1")

    assert result.stdout.strip() == str(version / "python")


def test_the_named_interpreter_is_the_only_candidate(find):
    result = find(named="/nonexistent/python", python3=works())

    assert result.returncode == 1
    assert "/nonexistent/python" in result.stderr


@pytest.mark.skipif(
    any(Path("/usr/local/bin").glob("python3.*")) or Path("/opt/homebrew").exists(),
    reason="an interpreter outside the path would be found",
)
def test_where_there_is_none_the_command_that_brings_one_is_named(find):
    result = find(apt_get="exit 0", python3="exit 127")

    assert result.returncode == 1
    assert result.stdout == ""
    assert "python.org" in result.stderr


def test_the_search_needs_nothing_but_a_shell():
    text = (ROOT / "scripts" / "find-python").read_text()

    assert text.startswith("#!/bin/sh\n")
    assert os.access(ROOT / "scripts" / "find-python", os.X_OK)
