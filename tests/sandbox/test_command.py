"""`python -m startwin.sandbox`, as a process."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import startwin
from tests.sandbox.client import fetch

Start = Callable[..., subprocess.Popen[str]]

_ROOT = Path(startwin.__file__).parents[1]
# Polls once, says that it runs, and waits for the signal to stop.
_BOT = """
import os, signal, sys, urllib.request
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
url = os.environ["TELEGRAM_API_URL"] + "/bot" + os.environ["TELEGRAM_TOKEN"] + "/getUpdates"
urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url).read()
proxy = os.environ.get("HTTPS_PROXY")
os.write(1, f"proxy {proxy} {os.getpid()}\\n".encode())
signal.sigwait([signal.SIGTERM])
"""
_OBEDIENT = _BOT + 'os.write(1, b"stopped\\n"); sys.exit(5)'
_STUBBORN = _BOT + "signal.pause()"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the sandbox in an empty folder."""
    running: list[subprocess.Popen[str]] = []

    def begin(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "startwin.sandbox", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(_ROOT), "SANDBOX_PORT": "", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        # Two signals end the bot as well, which would otherwise keep the pipes open.
        for _ in range(2):
            process.terminate()
        try:
            process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def lines_with_bot(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What the sandbox and its bot say first, in either order."""
    first, second = sorted((line(process), line(process)))
    return first, second


def test_alone_it_says_where_to_point_a_bot(start: Start) -> None:
    process = start("--port", "0")
    ready, token, url = line(process), line(process), line(process)
    address = url.removeprefix("TELEGRAM_API_URL=")
    assert f"open {address}/ " in ready
    assert fetch(f"{address}/bot{token.removeprefix('TELEGRAM_TOKEN=')}/getMe").status == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_a_bot_is_started_and_stopped(start: Start) -> None:
    process = start("--port", "0", "--", sys.executable, "-c", _OBEDIENT, HTTPS_PROXY="http://x:1")
    ready, proxy = lines_with_bot(process)
    assert ready.startswith("StarTwin is ready: open http://127.0.0.1:")
    assert proxy.startswith("proxy None ")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "stopped\n", "")


def test_a_second_signal_kills_at_once(start: Start) -> None:
    process = start("--port", "0", "--", sys.executable, "-c", _STUBBORN)
    _, proxy = lines_with_bot(process)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert not alive(int(proxy.split()[-1]))


def test_a_killed_sandbox_takes_the_bot_along(start: Start) -> None:
    process = start("--port", "0", "--", sys.executable, "-c", _OBEDIENT)
    _, proxy = lines_with_bot(process)
    process.kill()
    # The bot holds the other end of the pipe until it ends.
    assert process.communicate(timeout=10)[0] == "stopped\n"
    assert not alive(int(proxy.split()[-1]))


def alive(pid: int) -> bool:
    """Whether the process is still there after a moment in which it may be reaped."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        if state == "Z":
            return False
    return True


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["sh", "-c", "exit 3"], 3),
        (["sh", "-c", "kill -9 $$"], 137),
        (["no-such-command"], 127),
    ],
)
def test_the_bots_own_end_is_the_sandboxs(start: Start, command: list[str], code: int) -> None:
    process = start("--port", "0", "--", *command)
    out, err = process.communicate(timeout=10)
    assert process.returncode == code
    assert out == ""
    assert ("Cannot start no-such-command" in err) == (code == 127)


def test_a_taken_port_names_the_variable(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = start(SANDBOX_PORT=port)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (1, "")
    assert err.count("\n") == 1
    assert port in err
    assert "SANDBOX_PORT" in err


@pytest.mark.parametrize("value", ["-1", "65536", "８０"])
def test_a_wrong_port_is_refused(start: Start, value: str) -> None:
    argument, variable = start(f"--port={value}"), start(SANDBOX_PORT=value)
    for process, code, name in ((argument, 2, "--port"), (variable, 1, "SANDBOX_PORT")):
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out) == (code, "")
        assert err == f"{name} must be a port from 0 to 65535, not {value!r}.\n"


def test_the_port_comes_from_the_env_file_last(start: Start, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SANDBOX_PORT=from the file\n")
    assert "'from the file'" in start().communicate(timeout=10)[1]
    process = start(SANDBOX_PORT="0")
    assert "ready" in line(process)
