"""Web hooks through a real nginx with the shipped server block, TLS included."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from startwin.chat.wire.webhook import SECRET_HEADER
from startwin.sandbox import Sandbox
from tests.bot_process import BotProcess
from tests.conftest import DEADLINE, PHOTOS, ROOT, furnish, wait_until
from tests.end_to_end.conftest import connected
from tests.sandbox.client import Bot

SHIPPED = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
HOPPER = (PHOTOS / "Grace Hopper.jpg").read_bytes()
SECRET = "what_only_Telegram-knows"

# All of 127.0.0.0/8 is this machine: an address of our own, on a port that Telegram pushes to.
_PID = os.getpid()
HOST = f"127.{64 | _PID >> 14 & 63}.{_PID >> 7 & 127}.{(_PID & 127) + 1}"
PORT = 8443

ACCESS, ERRORS = "access.log", "error.log"

# What Debian's own nginx.conf has around it; everything in one folder, and complaints to be read.
AROUND = """
daemon off;
{user}
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/startwin.conf;
}}
"""


@dataclass(frozen=True)
class Nginx:
    """A running nginx, and what it needs to be one.

    Attributes:
        folder: everything that it writes.
        certificate: what it shows.
        port: where it listens.
    """

    folder: Path
    certificate: Path
    port: int

    def request(
        self, method: str, path: str, body: bytes = b"", secret: str = ""
    ) -> tuple[int, bytes]:
        """The status and the body that somebody out there gets."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        connection = http.client.HTTPSConnection(HOST, self.port, timeout=DEADLINE, context=context)
        headers = {"Content-Type": "application/json"} | ({SECRET_HEADER: secret} if secret else {})
        with closing(connection):
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()

    def lines(self, log: str) -> list[str]:
        return (self.folder / log).read_text("utf-8").splitlines()


@contextmanager
def serving(
    folder: Path, certificate: Path, bot_port: int, port: int = PORT, shipped: str = SHIPPED
) -> Iterator[Nginx]:
    """The shipped server block with this machine's addresses and files, served."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        # `make test` has to pass with Python and its packages alone; CI installs nginx.
        reason = "no nginx: deploy/nginx.conf was not tried"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    here = {
        "listen 443 ssl;": f"listen {HOST}:{port} ssl;",
        "/etc/letsencrypt/live/bot.example.org/fullchain.pem": str(certificate),
        "/etc/letsencrypt/live/bot.example.org/privkey.pem": str(certificate.parent / "key.pem"),
        "server 127.0.0.1:8443;": f"server 127.0.0.1:{bot_port};",
    }
    (folder / "startwin.conf").write_text(replaced(shipped, here))
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
    command: list[str | Path] = [
        program,
        "-p",
        folder,
        "-e",
        folder / "error.log",
        "-c",
        folder / "nginx.conf",
    ]
    with subprocess.Popen(command) as process:
        try:
            wait_until(lambda: process.poll() is not None or (folder / "pid").exists())
            yield Nginx(folder, certificate, port)
        finally:
            process.terminate()
        assert process.wait(DEADLINE) == 0, (folder / "error.log").read_text("utf-8")


def replaced(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        assert text.count(old) == 1, f"deploy/nginx.conf has to hold {old!r} once"
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed one for our address; its key is beside it."""
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2"
    names = ["-subj", "/CN=bot.example.org", "-addext", f"subjectAltName=IP:{HOST}"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    return folder / "cert.pem"


@pytest.fixture(scope="module")
def bot_port() -> int:
    return free_port()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def nginx(
    certificate: Path, bot_port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nginx]:
    with serving(tmp_path_factory.mktemp("nginx"), certificate, bot_port) as nginx:
        yield nginx


@pytest.fixture(scope="module")
def hooked(
    sandbox: Sandbox,
    nginx: Nginx,
    bot_port: int,
    assets: Path,
    converted: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BotProcess]:
    """A bot whose updates come through nginx."""
    folder = tmp_path_factory.mktemp("bot")
    furnish(folder / "data", converted)
    bot = BotProcess(
        folder / "bot.log",
        **connected(sandbox),
        ASSETS_DIR=str(assets),
        WORKERS="1",
        WEBHOOK_URL=f"https://{HOST}:{PORT}/hook",
        WEBHOOK_LISTEN=f"127.0.0.1:{bot_port}",
        WEBHOOK_SECRET=SECRET,
    )
    wait_until(lambda: "Telegram pushes updates now" in bot.printed)
    # As an operator does it whose certificate no authority has signed: Telegram is told of it.
    Bot(sandbox).call(
        "setWebhook",
        url=f"https://{HOST}:{PORT}/hook",
        secret_token=SECRET,
        certificate=nginx.certificate.read_bytes(),
    )
    yield bot
    assert bot.stop() == 0, bot.printed
    assert SECRET not in bot.printed


def test_photos_come_through(sandbox: Sandbox, hooked: BotProcess, nginx: Nginx) -> None:
    chat = sandbox.telegram.user("Ada")
    for number in range(1, 4):
        chat.send_photo(HOPPER)
        assert "Grace Hopper" in chat.wait_for_answers(number, DEADLINE)[-1]["caption"]
    assert sandbox.telegram.calls("getUpdates") == []
    wait_until(
        lambda: sum('"POST /hook HTTP/1.1" 200' in line for line in nginx.lines(ACCESS)) >= 3
    )
    assert hooked.process.poll() is None


@pytest.mark.parametrize(
    ("method", "path", "size", "secret", "status"),
    [
        ("POST", "/hook", 2, SECRET, 400),  # it is the bot that finds it to be no update
        ("POST", "/hook", 2, "guessed", 403),
        ("POST", "/hook", 2, "", 403),
        ("POST", "/hook", 900_000, SECRET, 400),
        ("POST", "/hook", (1 << 20) + 1, SECRET, 413),
        ("POST", "/hook/", 2, SECRET, 404),
        ("POST", "/", 2, SECRET, 404),
        ("GET", "/hook", 0, SECRET, 403),
        ("PUT", "/hook", 2, SECRET, 403),
        ("GET", "/metrics", 0, SECRET, 404),
    ],
)
def test_nothing_else_comes_through(
    method: str, path: str, size: int, secret: str, status: int, hooked: BotProcess, nginx: Nginx
) -> None:
    told, _ = nginx.request(method, path, b"[" * size, secret)
    assert told == status
    assert hooked.process.poll() is None
    # What people write to the bot stays in memory.
    assert not [line for line in nginx.lines(ERRORS) if "temporary file" in line]


def test_bot_that_is_away_is_told_at_once(certificate: Path, tmp_path: Path) -> None:
    """Telegram comes again after any status but 2xx."""
    with serving(tmp_path, certificate, bot_port=free_port(), port=PORT + 1) as nginx:
        assert nginx.request("POST", "/hook", b"{}", SECRET)[0] == 502


def test_only_telegrams_networks_come_through_where_that_is_chosen(
    certificate: Path, bot_port: int, hooked: BotProcess, tmp_path: Path
) -> None:
    chosen = re.sub(r"# (allow|deny) ", r"\1 ", SHIPPED)
    assert chosen.count("\n        allow ") == 2
    with serving(tmp_path, certificate, bot_port, PORT + 1, chosen) as nginx:
        assert nginx.request("POST", "/hook", b"{}", SECRET)[0] == 403
    ours = replaced(chosen, {"allow 91.108.4.0/22;": "allow 127.0.0.0/8;"})
    with serving(tmp_path, certificate, bot_port, PORT + 1, ours) as nginx:
        assert nginx.request("POST", "/hook", b"{}", SECRET)[0] == 400
    assert hooked.process.poll() is None
