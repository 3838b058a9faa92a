"""Serve the platform on this machine: prepare what has changed, then start the Procfile.

Demo mode, unless LBS_MODE says otherwise: SQLite and all state under var/, for this machine only. Each
step of the preparation remembers a digest of what it was made from, so a second start does none of them.
"""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("LBS_VAR", ROOT / "var"))
STAMP = VAR / "prepared.json"
PORT = int(os.environ.get("PORT", "8000"))
LOCAL = f"http://127.0.0.1:{PORT}"
ANSWERS_WITHIN_S = 120
SAMPLE = ("load_pilot", "load_sample")


def digest(paths: Iterable[Path], *more: str) -> str:
    """Return one digest of the names and contents of `paths`, and of `more`."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    for text in more:
        total.update(f"{text}\0".encode())
    return total.hexdigest()


def inputs() -> dict[str, str]:
    """Return, for each step of the preparation, the digest of what it depends on."""
    pins = ROOT / "requirements" / "run.txt"
    static = [path for path in (ROOT / "static").rglob("*") if path.is_file()]
    database = os.environ.get("DATABASE_URL", "")
    return {
        "schema": digest([pins, *ROOT.glob("*/migrations/*.py")], database),
        "static": digest([pins, ROOT / "lbs" / "settings.py", *static], os.environ.get("STATIC_ROOT", "")),
        "sample": digest([], database),
    }


def prepared() -> dict[str, str]:
    """Return the digests of the steps that are done; none once the state they made has been removed."""
    if not os.environ.get("DATABASE_URL") and not (VAR / "db.sqlite3").exists():
        return {}
    try:
        done: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return done if (VAR / "static").is_dir() or os.environ.get("STATIC_ROOT") else done | {"static": ""}


def prepare(*, in_image: bool = False) -> None:
    """Do the steps whose inputs changed: tables, static files, and once the pilot and the sample series.

    `in_image`: the static files came with the image, and the database may be older than our stamp.
    """
    wanted, done = inputs(), prepared()
    todo = {step for step in wanted if wanted[step] != done.get(step)}
    if in_image:
        todo = todo - {"static"} | {"schema"}
    if not todo:
        return
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lbs.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()

    def finish(step: str) -> None:
        done[step] = wanted[step]
        STAMP.write_text(json.dumps(done, indent=1) + "\n", encoding="utf-8")

    if "schema" in todo:
        say("Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", database=settings.CACHE_DATABASE, verbosity=0)
        finish("schema")
    if "static" in todo:
        say("Collecting the static files …")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        finish("static")
    if "sample" in todo and settings.IS_DEMO:
        say("Loading the pilot series and a sample series …")
        for command in SAMPLE:
            call_command(command, verbosity=0)
        finish("sample")


def say(text: str) -> None:
    """Print a line at once, also where the output is a pipe."""
    print(text, flush=True)


def port_is_free() -> bool:
    """Tell whether nothing listens on our port yet."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            return False
    return True


def announce() -> int:
    """Wait until the platform answers, then say where it is and how the first organizer gets in."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C before it answers ends this quietly, too
    parent, end = os.getppid(), time.monotonic() + ANSWERS_WITHIN_S
    while time.monotonic() < end and os.getppid() == parent:
        try:
            with urllib.request.urlopen(f"{LOCAL}/healthz", timeout=5):
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    else:
        return 1
    say(f"\n  The platform is served at http://localhost:{PORT}    (Ctrl-C ends it)\n")
    command = [sys.executable, "manage.py", "first_link"]
    link = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if link.returncode == 0:  # otherwise somebody has used it
        say(f"  A first account of your own, the administrator's; the link works once:\n  {link.stdout}")
    return 0


def main() -> int:
    """Prepare, then become the process manager that runs web and worker."""
    os.chdir(ROOT)
    os.environ.setdefault("LBS_MODE", "demo")
    os.environ["PORT"] = str(PORT)
    # Said outright: the process manager gives each process a PORT of its own, and links in mail need ours.
    os.environ.setdefault("BASE_URL", f"http://localhost:{PORT}")
    # On a trial machine the only user may be root; the worker's paragraph about that helps nobody.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser")
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    if not port_is_free():
        say(f"Something already listens on port {PORT}. Choose another: make run PORT={PORT + 1}")
        return 1
    VAR.mkdir(parents=True, exist_ok=True)
    prepare()
    say("Starting web and worker …")
    subprocess.Popen([sys.executable, __file__, "announce"])
    os.execv(sys.executable, [sys.executable, __file__, "processes"])


def processes() -> None:
    """Run what the Procfile names until Ctrl-C, or until one of them ends."""
    from honcho import command, compat

    def terminate(self: compat.ProcessManager, pid: int) -> None:
        """Ask the first process of a group alone: a worker then lets its children finish what they do."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)

    compat.ProcessManager.terminate = terminate
    # No .env is read here: that file is for an installation with its own domain (docs/running.md).
    sys.argv = ["honcho", "--env", os.devnull, "start", "--port", str(PORT)]
    command.main()


if __name__ == "__main__":
    acts = {"announce": announce, "processes": processes, "prepare": lambda: prepare(in_image=True)}
    try:
        sys.exit(acts[sys.argv[1]]() if sys.argv[1:] else main())
    except KeyboardInterrupt:  # what was not finished is done at the next start
        sys.exit(130)
