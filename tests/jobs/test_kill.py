"""A real worker is killed in the middle of its work, on each database; what is owed is done once."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

ROOT = Path(__file__).resolve().parents[2]
WORKER = [
    *(sys.executable, "-m", "celery", "-A", "lbs", "worker", "-B", "-c", "2"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
]
JOBS = 20
pytestmark = pytest.mark.slow


class Stage:
    """A database, a broker and a worker of their own."""

    def __init__(self, environment: dict[str, str], connect: Callable[[], object], folder: Path) -> None:
        self.connect = connect
        self.log = folder / "worker.log"
        self.worker: subprocess.Popen[bytes] | None = None
        self.environment = os.environ | environment
        self.environment |= {
            "DJANGO_SETTINGS_MODULE": "tests.jobs.probe_settings",
            "LBS_MODE": "test",
            "LBS_VAR": str(folder),
            "LOG_LEVEL": "INFO",
        }

    def manage(self, *args: str) -> None:
        command = [sys.executable, "manage.py", *args]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True, timeout=60)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.worker = subprocess.Popen(
                WORKER, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill_all(self) -> None:
        """Kill the worker with its children and beat, as when the power fails."""
        if self.worker:
            with suppress(ProcessLookupError):
                os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait()

    def ask(self, sql: str) -> list[tuple]:
        with closing(self.connect()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def wait_for(self, sql: str, *, seconds: float = 25) -> list[tuple]:
        """Ask until there is an answer; show the worker's log if there is none in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if rows := self.ask(sql):
                return rows
            time.sleep(0.1)
        pytest.fail(f"nothing came of {sql}\n{self.log.read_text()[-4000:]}")

    def worker_of(self, name: str) -> int:
        """Wait until the probe `name` has begun and is not done; return the process that does it."""
        [(pid,)] = self.wait_for(f"SELECT pid FROM probe_trace WHERE name = '{name}' AND stage = 'began'")
        assert not self.ask(f"SELECT pid FROM probe_trace WHERE name = '{name}' AND stage = 'done'")
        return pid


def on_sqlite(folder: Path) -> Iterator[Stage]:
    """SQLite, and Celery over files."""
    path = folder / "db.sqlite3"
    environment = {"DATABASE_URL": f"sqlite:///{path}", "REDIS_URL": ""}
    yield Stage(environment, lambda: sqlite3.connect(path, timeout=20), folder)


def on_postgresql(folder: Path) -> Iterator[Stage]:
    """PostgreSQL with a database of its own, and Celery over Redis with a key prefix of its own."""
    given = os.environ.get("DATABASE_URL", "")
    server = urlsplit(given if given.startswith("postgres") else "postgres://root@127.0.0.1:5432/postgres")
    redis = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"
    for url, default in ((server, 5432), (urlsplit(redis), 6379)):
        try:
            socket.create_connection((url.hostname or "127.0.0.1", url.port or default), timeout=1).close()
        except OSError:
            pytest.skip("PostgreSQL or Redis is not running: name them in DATABASE_URL and REDIS_URL")
    name = f"kill_{uuid.uuid4().hex[:12]}"
    admin = psycopg2.connect(server._replace(scheme="postgresql", path="/postgres").geturl())
    admin.autocommit = True
    own = server._replace(scheme="postgresql", path=f"/{name}").geturl()
    with admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        environment = {"DATABASE_URL": own, "REDIS_URL": redis, "REDIS_KEY_PREFIX": f"{name}:"}
        yield Stage(environment, lambda: psycopg2.connect(own), folder)
    finally:
        with admin.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        admin.close()
        forget(redis, f"{name}:")


def is_anybody_left(group: int) -> bool:
    """Whether a process of the group still lives."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def forget(redis_url: str, prefix: str) -> None:
    """Delete our own keys; a server that was merely found is never flushed."""
    import redis

    client = redis.Redis.from_url(redis_url)
    for key in client.scan_iter(f"{prefix}*"):
        client.delete(key)
    client.close()


@pytest.fixture(params=[on_sqlite, on_postgresql], ids=["sqlite-files", "postgresql-redis"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    for made in request.param(tmp_path):
        made.manage("migrate", "--run-syncdb", "--verbosity", "0")
        yield made
        made.kill_all()


def test_a_killed_worker_loses_nothing_and_doubles_nothing(stage):
    stage.manage("owe_probes", "0", "probe.quick")
    stage.start()
    os.kill(stage.worker_of("probe-0"), signal.SIGKILL)  # a child, as the kernel does when memory is short
    stage.manage("owe_probes", "10", "probe.slow")
    stage.worker_of("probe-10")
    stage.kill_all()
    assert stage.ask("SELECT count(*) FROM jobs_job WHERE state = 'done'")[0][0] < JOBS

    stage.start()
    stage.wait_for(f"SELECT 1 FROM jobs_job WHERE state = 'done' GROUP BY state HAVING count(*) = {JOBS}")

    done = Counter(name for (name,) in stage.ask("SELECT name FROM probe_trace WHERE stage = 'done'"))
    began = Counter(name for (name,) in stage.ask("SELECT name FROM probe_trace WHERE stage = 'began'"))
    assert done == {f"probe-{number}": 1 for number in range(JOBS)}
    assert began["probe-0"] >= 2
    assert began["probe-10"] == 2
    assert sum(began.values()) <= JOBS + 3  # each killed child repeats what it had begun, and no more


def test_children_leave_when_their_parent_was_killed(stage):
    stage.start()
    stage.wait_for("SELECT 1 FROM jobs_tick")

    os.kill(stage.worker.pid, signal.SIGKILL)
    stage.worker.wait()

    end = time.monotonic() + 10
    while is_anybody_left(stage.worker.pid) and time.monotonic() < end:
        time.sleep(0.1)
    assert not is_anybody_left(stage.worker.pid)
