"""Find or start what the tests run on: PostgreSQL, Redis and a browser.

A server that is named (DATABASE_URL, REDIS_URL) or found on its standard port is a guest's: it gets a
database name and a key prefix of our own, which are removed at the end, and is never flushed, stopped or
paused. A server that we start ourselves lives in a temporary folder and ends with the tests.
"""

import getpass
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import uuid4

STARTS_WITHIN_S = 30
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
MAC_BROWSER = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


class Missing(Exception):
    """Something is not there; the text says what, and the command that brings it."""


def install_command(*, apt: str, brew: str) -> str:
    """Return the command that brings a package on this kind of machine."""
    return f"brew install {brew}" if shutil.which("brew") else f"sudo apt-get install {apt}"


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def private_folder(owner: int | None) -> Path:
    """Make a temporary folder; with `owner`, one that this user may write to."""
    folder = Path(tempfile.mkdtemp(prefix="lbs-server-", dir="/tmp" if Path("/tmp").is_dir() else None))
    if owner is not None:
        os.chown(folder, owner, -1)
    return folder


# -- PostgreSQL ----------------------------------------------------------------------------------------
def connect(url: str) -> Any:
    """Open an autocommit connection of psycopg2 to the server of `url`."""
    import psycopg2

    connection = psycopg2.connect(url, connect_timeout=4)
    connection.autocommit = True
    return connection


def may_create_databases(url: str) -> bool:
    """Tell whether somebody answers at `url` who lets us make databases."""
    import psycopg2

    try:
        connection = connect(url)
    except psycopg2.Error:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        row = cursor.fetchone()
    connection.close()
    return bool(row and row[0])


def with_database(url: str, name: str) -> str:
    """Return `url` with another database name."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def postgres() -> Iterator[str]:
    """Give the URL of a PostgreSQL database of our own; raise Missing if there is no server to hold it."""
    named = os.environ.get("DATABASE_URL", "")
    if named.startswith("postgres"):
        if not may_create_databases(named):
            raise Missing("DATABASE_URL names a PostgreSQL that does not answer or lets us make no database.")
        with own_database(named) as url:
            yield url
        return
    users = dict.fromkeys([getpass.getuser(), "postgres"])
    for url in [f"postgres://{quote(user)}@127.0.0.1:5432/postgres" for user in users]:
        if may_create_databases(url):
            with own_database(url) as own:
                yield own
            return
    with private_postgres() as url, own_database(url) as own:
        yield own


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """Make a database with a random name on `server`; at the end remove it and what tests derived from it."""
    name = f"lbs_{uuid4().hex[:12]}"
    connection = connect(server)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield with_database(server, name)
    finally:
        with connection.cursor() as cursor:
            like = [name, f"test\\_{name}%"]
            cursor.execute("SELECT datname FROM pg_database WHERE datname = %s OR datname LIKE %s", like)
            for (left,) in cursor.fetchall():
                cursor.execute(f'DROP DATABASE IF EXISTS "{left}" WITH (FORCE)')
        connection.close()


def postgres_programs() -> Path | None:
    """Return the folder of the newest initdb and postgres, or None."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True
    )
    folders += sorted(Path("/opt/homebrew/opt").glob("postgresql*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


@contextmanager
def private_postgres() -> Iterator[str]:
    """Run a PostgreSQL of our own in a temporary folder; as an ordinary user, because it refuses root."""
    programs = postgres_programs()
    if programs is None:
        command = install_command(apt="postgresql", brew="postgresql@17")
        raise Missing(f"No PostgreSQL was found. This brings it: {command}")
    user = unprivileged()
    folder, port = private_folder(user), free_port()
    data = folder / "data"
    quiet = {"user": user, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    initdb = [
        programs / "initdb",
        "-D",
        data,
        "-A",
        "trust",
        "-U",
        "lbs",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    subprocess.run(initdb, check=True, **quiet)
    options = ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=60"]
    command = [programs / "postgres", "-D", data, "-p", str(port), "-k", folder, *options]
    server = subprocess.Popen(command, **quiet)
    url = f"postgres://lbs@127.0.0.1:{port}/postgres"
    try:
        wait_until(lambda: may_create_databases(url), "the private PostgreSQL")
        yield url
    finally:
        server.send_signal(2)  # SIGINT: its fast shutdown
        server.wait(STARTS_WITHIN_S)
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged() -> int | None:
    """Return the id of an ordinary user if we are root, else None: we are one ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise Missing(
        "PostgreSQL does not start as root, and there is no other user. This brings one: useradd lbs"
    )


# -- Redis -----------------------------------------------------------------------------------------------
def pings(url: str) -> bool:
    """Tell whether a Redis answers at `url`."""
    import redis

    try:
        with redis.Redis.from_url(url, socket_timeout=4, socket_connect_timeout=4) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@contextmanager
def redis_server() -> Iterator[tuple[str, str]]:
    """Give the URL of a Redis and a key prefix of our own; raise Missing if there is none."""
    named = os.environ.get("REDIS_URL", "")
    if named and not pings(named):
        raise Missing("REDIS_URL names a Redis that does not answer.")
    standard = "redis://127.0.0.1:6379/0"
    url = named or (standard if pings(standard) else "")
    if not url:
        with private_redis() as own:
            yield own, ""
        return
    prefix = f"lbs-{uuid4().hex[:12]}:"
    try:
        yield url, prefix
    finally:
        import redis

        with redis.Redis.from_url(url, socket_timeout=4) as client:
            for key in client.scan_iter(match=f"{prefix}*", count=1000):
                client.delete(key)


@contextmanager
def private_redis() -> Iterator[str]:
    """Run a Redis of our own that keeps nothing."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        command = install_command(apt="redis-server", brew="redis")
        raise Missing(f"No Redis was found. This brings it: {command}")
    folder, port = private_folder(None), free_port()
    options = [
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        str(folder),
    ]
    server = subprocess.Popen(
        [program, *options, "--maxmemory-policy", "noeviction"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    try:
        wait_until(lambda: pings(url), "the private Redis")
        yield url
    finally:
        server.terminate()
        server.wait(STARTS_WITHIN_S)
        shutil.rmtree(folder, ignore_errors=True)


def wait_until(is_up: Callable[[], bool], what: str) -> None:
    """Wait for a server that we started; raise Missing if it does not come up."""
    end = time.monotonic() + STARTS_WITHIN_S
    while not is_up():
        if time.monotonic() > end:
            raise Missing(f"{what} did not start within {STARTS_WITHIN_S} s.")
        time.sleep(0.1)


# -- a browser ---------------------------------------------------------------------------------------------
def browser() -> str:
    """Return the path of a Chromium; as root on Debian or Ubuntu, install it first if there is none."""
    if found := installed_browser():
        return found
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("Installing Chromium for the browser tests …", flush=True)
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *command], env=env, stdout=subprocess.DEVNULL)
        if found := installed_browser():
            return found
    command = install_command(apt="chromium", brew="--cask chromium")
    raise Missing(f"No Chromium was found. This brings it: {command}")


def installed_browser() -> str | None:
    """Return the path of a Chromium that is there already."""
    candidates = [os.environ.get("LBS_CHROMIUM", ""), *BROWSERS, MAC_BROWSER]
    return next((path for name in candidates if name and (path := shutil.which(name))), None)
