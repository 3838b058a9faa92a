"""A phone's line at the edge of a network: a small proxy that is slow, far away, and loses packets.

Chromium emulates rate and delay by itself, but no loss on TCP; and it starts no connection anew. So the bytes
go through here, each way in packets: one packet after the other at the line's rate, each on its way for half
a round trip. A lost one arrives after the time in which TCP misses it, and everything behind it waits, as TCP
keeps the order. A new connection waits for the round trips that TCP and TLS 1.3 take to begin.
"""

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

PACKET_BYTES = 1460
RETRANSMITTED_AFTER_S = 1.0  # RFC 6298: the least that a sender waits before it sends again
HANDSHAKES = 2  # round trips before the first byte: one of TCP, one of TLS 1.3


@dataclass(frozen=True)
class Line:
    """How thin: bits a second each way, seconds of a round trip, and the share of packets that are lost."""

    bits_per_s: float = 400_000
    round_trip_s: float = 0.4
    lost_share: float = 0.02


class Way:
    """One direction of the line, shared by all connections; counts what it carried."""

    def __init__(self, line: Line, dice: random.Random) -> None:
        self.line, self.dice = line, dice
        self.is_free_at = 0.0
        self.carried_bytes = 0
        self.lost_packets = 0

    def arrives_at(self, packet: bytes, now: float) -> float:
        """When this packet is there, if it is sent now."""
        self.is_free_at = max(now, self.is_free_at) + len(packet) * 8 / self.line.bits_per_s
        self.carried_bytes += len(packet)
        arrives = self.is_free_at + self.line.round_trip_s / 2
        while self.dice.random() < self.line.lost_share:
            self.lost_packets += 1
            arrives += RETRANSMITTED_AFTER_S
        return arrives


class ThinLine:
    """The proxy in front of `to_port`, at `port`; the dice fall by `seed`, so that a run can be repeated."""

    def __init__(self, to_port: int, line: Line, seed: int) -> None:
        dice = random.Random(seed)
        self.to_port, self.line, self.port = to_port, line, 0
        self.up, self.down = Way(line, dice), Way(line, dice)
        self.connections = 0
        self.open: set[asyncio.StreamWriter] = set()
        self.loop = asyncio.new_event_loop()

    @property
    def carried_bytes(self) -> int:
        """All bytes so far, both ways."""
        return self.up.carried_bytes + self.down.carried_bytes

    def hang_up(self) -> None:
        """Close what is open, as a network does with a phone in a pocket: what comes next connects anew."""
        asyncio.run_coroutine_threadsafe(self.close_all(), self.loop).result(5)

    async def close_all(self) -> None:
        for writer in list(self.open):
            writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection, until either side ends it."""
        self.connections += 1
        with suppress(OSError):
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
            self.open |= {writer, server_writer}
            begins = self.loop.time() + HANDSHAKES * self.line.round_trip_s
            async with asyncio.TaskGroup() as both:
                both.create_task(self.carry(reader, server_writer, self.up, begins))
                both.create_task(self.carry(server_reader, writer, self.down, begins))
            self.open -= {writer, server_writer}
        writer.close()

    async def carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way, begins: float
    ) -> None:
        """Bring what `reader` says to `writer`, packet by packet and in order."""
        packets: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                arrives, packet = await packets.get()
                await asyncio.sleep(max(0.0, arrives - self.loop.time()))
                if not packet:
                    break
                with suppress(OSError):
                    writer.write(packet)
                    await writer.drain()
            writer.close()

        delivery = asyncio.create_task(deliver())
        await asyncio.sleep(begins - self.loop.time())
        with suppress(OSError):
            while packet := await reader.read(PACKET_BYTES):
                packets.put_nowait((way.arrives_at(packet, self.loop.time()), packet))
        packets.put_nowait((self.loop.time(), b""))
        await delivery


@contextmanager
def thin_line(to_port: int, line: Line | None = None, *, seed: int = 1) -> Iterator[ThinLine]:
    """A thin line to `to_port` on this machine, for as long as the block lasts."""
    made = ThinLine(to_port, line or Line(), seed)
    thread = threading.Thread(target=made.loop.run_forever, daemon=True)
    thread.start()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(made.serve, "127.0.0.1", 0)

    server = asyncio.run_coroutine_threadsafe(start(), made.loop).result(5)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        made.hang_up()
        made.loop.call_soon_threadsafe(made.loop.stop)
        thread.join(5)


def through(line: ThinLine) -> str:
    """The option with which a Chromium takes this line, and no other, to the server behind it."""
    return f"--host-resolver-rules=MAP localhost:{line.to_port} 127.0.0.1:{line.port}"
