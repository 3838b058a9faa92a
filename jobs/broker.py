"""Celery's hand-over through files, for one machine where nothing is installed.

kombu's own filesystem transport writes a message in place, so that a worker may read half of one and
stop for good, and a `kill -9` may leave a broken table of bindings behind that no worker starts from.
Here a message appears whole or not at all, a broken one is dropped, and the bindings, which are the
same in every process, stay in memory. What nobody fetched within a minute is swept: ticks are replaced.
"""

import contextlib
import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem, virtual
from kombu.utils.json import dumps, loads

STALE_SECONDS = 60
LONGEST_WAIT = 0.5


class Channel(filesystem.Channel):
    """Messages are files `<nanoseconds>-<uuid>.<queue>.msg` in one directory, oldest first."""

    supports_fanout = False
    get_table = virtual.Channel.get_table
    _delete = virtual.Channel._delete
    swept_at = 0.0

    @property
    def folder(self) -> Path:
        """Where the messages lie; made on first use."""
        folder = Path(self.data_folder_in)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    # The two classes of kombu above it do not agree on the name of the second parameter.
    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        self.sweep()
        name = f"{time.time_ns():020}-{uuid.uuid4().hex}.{queue}.msg"
        part = self.folder / f".{name}.part"
        part.write_text(dumps(payload), encoding="utf-8")
        part.rename(self.folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        self.sweep()
        for path in sorted(self.folder.glob(f"*.{queue}.msg")):
            mine = path.with_name(f".{path.name}.{os.getpid()}.part")
            try:
                path.rename(mine)  # of two workers, one succeeds
                payload: dict[str, Any] = loads(mine.read_text(encoding="utf-8"))
            except FileNotFoundError:
                continue
            except ValueError:
                mine.unlink(missing_ok=True)
                continue
            mine.unlink(missing_ok=True)
            return payload
        raise Empty

    def _size(self, queue: str) -> int:
        return len(list(self.folder.glob(f"*.{queue}.msg")))

    def sweep(self) -> None:
        """Remove what was left lying for a minute; looked for twice a minute."""
        if time.monotonic() - self.swept_at < STALE_SECONDS / 2:
            return
        self.swept_at = time.monotonic()
        oldest = time.time() - STALE_SECONDS
        for path in self.folder.iterdir():
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()


class Transport(filesystem.Transport):
    """kombu's filesystem transport with our channel."""

    Channel = Channel
    global_state = virtual.BrokerState()

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> None:
        """Wait half a second at most: a worker that is told to stop hears it only in between."""
        super().drain_events(connection, timeout=min(timeout or LONGEST_WAIT, LONGEST_WAIT), **kwargs)
