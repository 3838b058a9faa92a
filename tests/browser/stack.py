"""The platform as it is served: the processes of the Procfile, on a state of their own.

The database of such a stack belongs to those processes. What a test wants of it goes through a page,
through a mail that was kept, or through `manage` in a process of its own.
"""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN_S = 90
ENDS_WITHIN_S = 12
TAIL_LINES = 40


def load_servers() -> ModuleType:
    """The module that finds or starts PostgreSQL, Redis and a browser; scripts are no package."""
    spec = spec_from_file_location("servers", ROOT / "scripts" / "servers.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


servers = load_servers()


class Stack:
    """Web and worker with beat, as the Procfile starts them; `base` is where the web process answers."""

    def __init__(self, folder: Path, static: Path, more: dict[str, str], *, web_workers: int = 1) -> None:
        self.folder, self.var = folder, folder / "var"
        self.port = servers.free_port()
        self.base = f"http://localhost:{self.port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        ours = ("LBS_", "DATABASE_URL", "REDIS_", "DJANGO_", "SECRET_KEY", "ALLOWED_HOSTS", "MEDIA_")
        self.env = {key: value for key, value in os.environ.items() if not key.startswith(ours)} | {
            "LBS_MODE": "demo",
            "LBS_VAR": str(self.var),
            "STATIC_ROOT": str(static),
            "DJANGO_SETTINGS_MODULE": "lbs.settings",
            "PORT": str(self.port),
            "BASE_URL": self.base,
            "WEB_WORKERS": str(web_workers),
            "LOG_LEVEL": "WARNING",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        }
        self.env |= more

    # -- its life ------------------------------------------------------------------------------------
    def prepare(self) -> None:
        """Make the tables, and once for all stacks of a run the static files."""
        self.var.mkdir(parents=True)
        self._migrate()
        cache = "default" if self.env.get("DATABASE_URL") else "cache"
        self.manage("createcachetable", "--database", cache, "--verbosity", "0")
        if not Path(self.env["STATIC_ROOT"]).exists():
            self.manage("collectstatic", "--no-input", "--verbosity", "0")

    def _migrate(self) -> None:
        """Bring the database up to date: on SQLite once for all stacks of a run, and then a copy of it."""
        made, ready = self.var / "db.sqlite3", Path(self.env["STATIC_ROOT"]).parent / "migrated.sqlite3"
        if not self.env.get("DATABASE_URL") and ready.exists():
            shutil.copyfile(ready, made)
            return
        self.manage("migrate", "--verbosity", "0")
        if not self.env.get("DATABASE_URL"):
            with closing(sqlite3.connect(made)) as source, closing(sqlite3.connect(ready)) as copy:
                source.backup(copy)

    def start(self) -> None:
        """Start every line of the Procfile in a process group of its own, and wait until all is ready."""
        for line in (ROOT / "Procfile").read_text().splitlines():
            name, command = line.split(":", 1)
            with self.log_of(name).open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    ["sh", "-c", command],
                    cwd=ROOT,
                    env=self.env,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Return once database, migrations and worker are well; raise RuntimeError with the logs if not."""
        end, seen = time.monotonic() + STARTS_WITHIN_S, "nothing"
        while time.monotonic() < end:
            if gone := [name for name, process in self.processes.items() if process.poll() is not None]:
                raise RuntimeError(f"{gone} ended at once\n{self.logs()}")
            try:
                with urllib.request.urlopen(f"{self.base}/readyz", timeout=5):
                    return
            except urllib.error.HTTPError as error:
                seen = error.read().decode()[:300]
            except (urllib.error.URLError, OSError) as error:
                seen = str(error)
            time.sleep(0.2)
        raise RuntimeError(f"not ready after {STARTS_WITHIN_S} s: {seen}\n{self.logs()}")

    def stop(self) -> None:
        """End all process groups of ours: kindly first, then for good."""
        for sent in (signal.SIGTERM, signal.SIGKILL):
            for process in self.processes.values():
                try:
                    os.killpg(process.pid, sent)
                except ProcessLookupError:
                    continue
            end = time.monotonic() + ENDS_WITHIN_S
            for process in self.processes.values():
                try:
                    process.wait(max(0.1, end - time.monotonic()))
                except subprocess.TimeoutExpired:
                    continue
        self.processes.clear()

    def log_of(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def logs(self) -> str:
        """The last lines that each process wrote."""
        parts = []
        for path in sorted(self.folder.glob("*.log")):
            lines = path.read_text(errors="replace").splitlines()[-TAIL_LINES:]
            parts.append(f"---- {path.stem} ----\n" + "\n".join(lines))
        return "\n".join(parts)

    # -- what a test asks of it ------------------------------------------------------------------------
    def manage(self, *arguments: str) -> str:
        """Run a management command on this stack's state and return what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)[:300]}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def python(self, code: str) -> str:
        """Run Python in this stack's Django and return what it printed."""
        return self.manage("shell", "--verbosity", "0", "--command", code).strip()

    def mails(self, to: str) -> list[EmailMessage]:
        """The mails that were sent to an address, the oldest first."""
        found = [self.read_mail(path) for path in sorted((self.var / "mail").glob("*.eml"))]
        return [mail for mail in found if to in str(mail["To"])]

    def read_mail(self, path: Path) -> EmailMessage:
        return message_from_bytes(path.read_bytes(), policy=policy.default)  # type: ignore[return-value]

    def wait_for_mail(self, to: str, *, after: int = 0, within_s: float = 20) -> EmailMessage:
        """The mail number `after` + 1 to an address; waits for the worker to send it."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            if len(found := self.mails(to)) > after:
                return found[after]
            time.sleep(0.1)
        raise AssertionError(f"no mail number {after + 1} to {to} within {within_s} s\n{self.logs()}")


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    return body.get_content() if body else ""


def link_in(mail: EmailMessage, part: str) -> str:
    """The one address in the text of a mail that contains `part`."""
    found = re.findall(r"https?://\S+", text_of(mail))
    wanted = [link.rstrip(".,)") for link in found if part in link]
    assert wanted, f"no link with {part!r} in:\n{text_of(mail)}"
    return wanted[0]


@contextmanager
def servers_of_stage() -> Iterator[dict[str, str]]:
    """What the environment must say for this stage: nothing on SQLite, else PostgreSQL and Redis of ours."""
    with ExitStack() as stack:
        more: dict[str, str] = {}
        if os.environ.get("LBS_TEST_STACK") == "postgres":
            more["DATABASE_URL"] = stack.enter_context(servers.postgres())
            more["REDIS_URL"], prefix = stack.enter_context(servers.redis_server())
            if prefix:
                more["REDIS_KEY_PREFIX"] = prefix
        yield more


@contextmanager
def running_stack(folder: Path, static: Path, *samples: str, web_workers: int = 1) -> Iterator[Stack]:
    """A stack in `folder` with the sample data of the commands `samples`; ended and removed at the end.

    Being told to end counts as an interruption, so that no process outlives the tests.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with servers_of_stage() as more:
        stack = Stack(folder, static, more, web_workers=web_workers)
        try:
            stack.prepare()
            for command in samples:
                stack.manage(command, "--verbosity", "0")
            stack.start()
            yield stack
        finally:
            stack.stop()
            shutil.rmtree(stack.var, ignore_errors=True)
