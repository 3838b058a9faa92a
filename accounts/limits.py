"""What a child that opens a stranger's file may use, and how it says what came of it.

Imported by the children alone; imports nothing of ours, so that a child holds no key and no connection.
"""

import json
import resource
from collections.abc import Callable

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 20


class Refused(Exception):
    """Why the file is not taken: a word that accounts.kinds puts into a sentence."""


def limit(file_bytes: int) -> None:
    """Bound what this process may use, before it opens anything."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(what)
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # Above the soft limit of CPU time comes a signal that tells what happened, not a kill.
        resource.setrlimit(what, (soft, hard if what == resource.RLIMIT_CPU else soft))


def report(work: Callable[[], dict[str, object]], when_out_of_memory: str) -> None:
    """Do `work` and print its answer, or the word for which it was refused, as one line of JSON."""
    try:
        said = work()
    except Refused as refusal:
        said = {"refused": str(refusal)}
    except MemoryError:
        said = {"refused": when_out_of_memory}
    print(json.dumps(said))
