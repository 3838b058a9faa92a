"""`make run` at rest: all processes together, by proportional set size."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT_MB = 450
REST_SECONDS = 20


def descendants(pid: int) -> list[int]:
    """`pid` and every process below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int(entry.joinpath("stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    found, queue = [], [pid]
    while queue:
        found.append(queue.pop())
        queue += parents.get(found[-1], [])
    return found


def pss_mb(pid: int) -> float:
    """The proportional set size of one process, in MB; 0 if it is gone."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1000
    except OSError:
        pass
    return 0.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    if not Path("/proc/self/smaps_rollup").exists():
        print("memory-at-rest-mb cannot be measured: no smaps_rollup here", file=sys.stderr)
        return 1
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        env = {k: v for k, v in os.environ.items() if k not in {"LBS_MODE", "DATABASE_URL", "REDIS_URL"}}
        env |= {"LBS_VAR": folder, "PORT": str(port)}
        run = subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            address = f"http://127.0.0.1:{port}/"
            for _second in range(180):
                try:
                    urllib.request.urlopen(address, timeout=5).read()
                    break
                except OSError:
                    time.sleep(1)
            time.sleep(REST_SECONDS)
            total = sum(pss_mb(pid) for pid in descendants(run.pid))
        finally:
            os.killpg(run.pid, signal.SIGINT)
            try:
                run.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(run.pid, signal.SIGKILL)
    verdict = "ok" if 0 < total <= LIMIT_MB else "short"
    print(f"memory-at-rest-mb {total:.0f} {LIMIT_MB} {verdict}")
    return int(verdict != "ok")


if __name__ == "__main__":
    sys.exit(main())
