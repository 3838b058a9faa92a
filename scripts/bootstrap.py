"""Make .venv and install one of the pinned sets of packages into it: run, test, bench or lint.

Uses nothing but the standard library, because it runs before there is anything else. What is already
there is left alone: the pins of the last finished installation stand in .venv/pins.json, and a set that
they cover costs one read of a file.
"""

import json
import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "pins.json"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def pins(group: str) -> dict[str, str]:
    """Return name and version of each package in the lock file of `group`."""
    return dict(PIN.findall((ROOT / "requirements" / f"{group}.txt").read_text(encoding="utf-8")))


def installed() -> dict[str, str]:
    """Return what the last finished installation pinned; nothing if it did not finish."""
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp


def works(python: Path) -> bool:
    """Tell whether the environment's interpreter still starts: the one it was made from may be gone."""
    check = "import sys, pip; sys.exit(sys.version_info < (3, 12))"
    try:
        return subprocess.run([python, "-c", check], capture_output=True).returncode == 0
    except OSError:
        return False


@contextmanager
def alone() -> Iterator[None]:
    """Let one installation at a time into .venv, so that two commands started together both succeed."""
    try:
        import fcntl
    except ImportError:  # a system without POSIX locks: two at once is then the reader's own risk
        yield
        return
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(group: str) -> None:
    """Install the lock file of `group`, hashes required and wheels only; raises CalledProcessError."""
    wanted = pins(group)
    have = installed()
    STAMP.unlink(missing_ok=True)  # until it is finished, nothing is known of the environment
    command = [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    # Not compiled ahead: a first start needs a part of it only, and Python compiles that as it goes.
    command += ["--require-hashes", "--only-binary", ":all:", "--no-deps", "--no-compile"]
    subprocess.run([*command, "-r", f"requirements/{group}.txt"], cwd=ROOT, check=True)
    STAMP.write_text(json.dumps(have | wanted, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def main(group: str) -> int:
    """Make the environment hold `group`; 0 if it does."""
    with alone():
        if not works(PYTHON):
            print("Making .venv …", flush=True)
            venv.create(VENV, clear=True, symlinks=os.name != "nt", with_pip=True)
        if pins(group).items() <= installed().items():
            return 0
        print(f"Installing the packages of requirements/{group}.txt …", flush=True)
        try:
            install(group)
        except subprocess.CalledProcessError:
            print("The packages could not be installed; pip's own words are above.", file=sys.stderr)
            print(
                "A proxy or mirror is set with PIP_PROXY or PIP_INDEX_URL; then run it again.",
                file=sys.stderr,
            )
            return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except KeyboardInterrupt:  # the next call begins where this one stopped
        sys.exit(130)
