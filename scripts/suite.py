"""Run every test, stage by stage, on what this machine has; say at the end what was left out and why.

1. everything but the browser, on SQLite;
2. what touches the database again, on PostgreSQL, with Celery over Redis;
3. what a person does, in a real browser on SQLite;
4. the main journey once more in the browser, on PostgreSQL and Redis.

With CI or LBS_NO_SKIP set, a test or stage that is left out is a failure. Arguments go to pytest in every
stage: make test ARGS="tests/series -k leap".
"""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import servers

ROOT = Path(__file__).resolve().parent.parent
NO_TESTS = 5  # pytest's exit status where a stage selects nothing
NO_SKIP = any(
    os.environ.get(name, "").lower() not in {"", "0", "false", "no"} for name in ("CI", "LBS_NO_SKIP")
)
PARALLEL = ["-n", os.environ.get("LBS_TEST_PROCESSES", "2"), "--dist", "worksteal"]


@dataclass
class Stage:
    """One run of pytest: its title, its selection, and what it needs besides Python."""

    title: str
    stack: str  # sqlite or postgres
    marks: str
    options: list[str] = field(default_factory=list)
    needs_browser: bool = False


STAGES = [
    Stage("on SQLite", "sqlite", "not browser and not postgres", PARALLEL),
    Stage(
        "on PostgreSQL and Redis",
        "postgres",
        "not browser and not sqlite",
        [*PARALLEL, "-p", "only_database"],
    ),
    # A file stays with one process: its stack and its people are made once. The longest file begins.
    Stage(
        "in a browser, on SQLite",
        "sqlite",
        "browser and not postgres",
        [*PARALLEL, "--dist", "loadfile"],
        needs_browser=True,
    ),
    Stage("in a browser, on PostgreSQL and Redis", "postgres", "browser and journey", needs_browser=True),
]


@dataclass
class Result:
    """What one or several stages came to."""

    passed: int = 0
    failed: int = 0
    skipped: list[str] = field(default_factory=list)

    def add(self, other: "Result") -> None:
        """Take the figures of another stage in."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped


def read_report(path: Path) -> Result:
    """Read a JUnit report: how many tests passed and failed, which were skipped, with the reason."""
    result = Result()
    for case in ET.parse(path).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            result.failed += 1
        elif (skip := case.find("skipped")) is not None and skip.get("type") != "pytest.xfail":
            result.skipped.append(f"{case.get('classname')}::{case.get('name')}: {skip.get('message')}")
        else:
            result.passed += 1
    return result


def run_stage(stage: Stage, env: dict[str, str], arguments: list[str], folder: Path) -> Result:
    """Run pytest once; a crash of pytest itself counts as a failure."""
    print(f"\n==== {stage.title} ====", flush=True)
    report = folder / f"{STAGES.index(stage)}.xml"
    path = os.pathsep.join([str(ROOT / "scripts" / "plugins"), *filter(None, [os.environ.get("PYTHONPATH")])])
    env = env | {
        "LBS_TEST_STACK": stage.stack,
        "PYTHONPATH": path,
        "LBS_VAR": str(folder / f"var-{stage.stack}"),
    }
    command = [sys.executable, "-m", "pytest", "-m", stage.marks, f"--junitxml={report}", *stage.options]
    status = subprocess.run([*command, *arguments], cwd=ROOT, env=env).returncode
    if status == NO_TESTS:
        return Result()
    result = read_report(report) if report.exists() else Result()
    if status and not result.failed:
        result.failed = 1
    return result


def run_all(arguments: list[str], folder: Path) -> Result:
    """Run the stages in order, each with the servers it needs, and add them up."""
    total, env = Result(), {"LBS_MODE": "test"} | os.environ
    bare = {key: value for key, value in env.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
    missing: dict[str, str] = {}
    with ExitStack() as stack:
        try:
            chromium = servers.browser()
        except servers.Missing as problem:
            missing["browser"], chromium = str(problem), ""
        try:
            database = stack.enter_context(servers.postgres())
            broker, prefix = stack.enter_context(servers.redis_server())
            full = bare | {"DATABASE_URL": database, "REDIS_URL": broker, "REDIS_KEY_PREFIX": prefix}
        except servers.Missing as problem:
            missing["postgres"], full = str(problem), {}
        for stage in STAGES:
            reason = missing.get(stage.stack) or (missing.get("browser") if stage.needs_browser else None)
            if reason:
                total.skipped.append(f"all tests {stage.title}: {reason}")
                continue
            stage_env = full if stage.stack == "postgres" else bare
            total.add(run_stage(stage, stage_env | {"LBS_CHROMIUM": chromium}, arguments, folder))
    return total


def main(arguments: list[str]) -> int:
    """Run the stages and sum up; 1 if a test failed, none ran, or one was skipped where that is forbidden."""
    with tempfile.TemporaryDirectory(prefix="lbs-test-") as folder:
        total = run_all(arguments, Path(folder))
    print(f"\n{total.passed} passed, {total.failed} failed, {len(total.skipped)} skipped", flush=True)
    for line in total.skipped:
        print(f"  skipped: {line}")
    if total.skipped and NO_SKIP:
        print("Nothing may be skipped here.")
    ran = total.passed + total.failed
    return int(bool(total.failed or not ran or (total.skipped and NO_SKIP)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
