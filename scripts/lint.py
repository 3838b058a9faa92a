"""Every check that is no test; all of them run, and the names of those that failed stand at the end."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
MANAGE = [PYTHON, "manage.py"]
# What a production start needs, so that `check --deploy` sees the settings that it would see there.
PRODUCTION = {
    "LBS_MODE": "production",
    "SECRET_KEY": "not-a-secret-but-long-enough-for-the-check-0123456789abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "lbs.example.org",
    "BASE_URL": "https://lbs.example.org",
    "DATABASE_URL": "postgres://lbs@127.0.0.1/lbs",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "MAIL_URL": "smtp+tls://lbs:secret@mail.example.org:587",
    "TRUSTED_PROXY_COUNT": "1",
}
CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("code", [PYTHON, "-m", "ruff", "check", "."], {}),
    ("layout", [PYTHON, "-m", "ruff", "format", "--check", "."], {}),
    ("house rules", [PYTHON, "scripts/lint_house.py"], {}),
    ("layers", [PYTHON, "-c", "from importlinter.cli import lint_imports_command as c; c()"], {}),
    ("templates", [PYTHON, "-m", "djlint", "--quiet", "templates"], {}),
    ("types", [PYTHON, "-m", "mypy"], {}),
    ("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], {}),
    ("production settings", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    ("translations", [PYTHON, "scripts/messages.py", "check"], {}),
]


def main(wanted: list[str]) -> int:
    """Run the checks, or those whose name is given; 1 if any failed."""
    env = os.environ | {"LBS_MODE": "test", "PYTHONPATH": str(ROOT)}
    for name in ("DATABASE_URL", "REDIS_URL"):
        env.pop(name, None)
    failed = []
    for name, command, more in CHECKS:
        if wanted and name not in wanted:
            continue
        print(f"==== {name} ====", flush=True)
        if subprocess.run(command, cwd=ROOT, env=env | more).returncode:
            failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else "All checks passed.")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
