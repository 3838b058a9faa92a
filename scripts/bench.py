"""Run every script of bench/, each for itself; the exit status is 1 if any falls short."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Print the figures of each script as it measures them."""
    env = {"LBS_MODE": "test"} | os.environ | {"PYTHONPATH": str(ROOT)}
    failed = [
        script.name
        for script in sorted((ROOT / "bench").glob("[a-z]*.py"))
        if subprocess.run([sys.executable, script], cwd=ROOT, env=env).returncode
    ]
    if failed:
        print(f"short: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
