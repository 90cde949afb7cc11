"""Web hooks over TLS, and by the library that the bot uses."""

import json
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import telegram
from telegram.utils.request import Request

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.sandbox.client import Bot
from tests.sandbox.hook_server import HookServer, info, wait, wait_until_taken


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for bot.example.org as bots make it, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2"
    names = ["-subj", "/CN=bot.example.org", "-addext", "subjectAltName=DNS:bot.example.org"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    return certificate, key


@pytest.fixture
def tls_hook(pem: tuple[Path, Path]) -> Iterator[HookServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pem)
    with HookServer(context).running() as server:
        yield server


def test_an_uploaded_certificate_is_trusted(
    sandbox: Sandbox, bot: Bot, ada: Chat, tls_hook: HookServer, pem: tuple[Path, Path]
) -> None:
    where = {
        "url": f"https://bot.example.org:{tls_hook.port}/hook",
        "ip_address": "127.0.0.1",
        "certificate": pem[0].read_bytes(),
    }
    bot.call("setWebhook", **where)
    assert info(bot)["has_custom_certificate"] is True
    ada.send_text("in secret")
    ada.send_text("and again")
    wait_until_taken(sandbox)
    first, second = tls_hook.pushes
    assert first.headers["Host"] == "bot.example.org"
    assert first.connection == second.connection


@pytest.mark.parametrize("upload", [False, True], ids=["unknown", "of another name"])
def test_a_certificate_that_is_not_trusted(
    sandbox: Sandbox,
    bot: Bot,
    ada: Chat,
    tls_hook: HookServer,
    pem: tuple[Path, Path],
    upload: bool,
) -> None:
    host = "127.0.0.1" if upload else "bot.example.org"
    where = {"url": f"https://{host}:{tls_hook.port}/hook", "ip_address": "127.0.0.1"}
    bot.call("setWebhook", **where, **({"certificate": pem[0].read_bytes()} if upload else {}))
    ada.send_text("in secret")
    wait(sandbox, lambda: sandbox.telegram.updates.status == "offline")
    assert info(bot)["last_error_message"] == "SSL error {certificate verify failed}"
    assert tls_hook.pushes == []


def test_the_library_sets_it(
    sandbox: Sandbox, ada: Chat, tls_hook: HookServer, pem: tuple[Path, Path]
) -> None:
    with ExitStack() as stack:
        request = Request(con_pool_size=4)
        stack.callback(request.stop)
        ptb = telegram.Bot(sandbox.token, base_url=f"{sandbox.url}/bot", request=request)
        certificate = stack.enter_context(pem[0].open("rb"))
        assert ptb.set_webhook(
            f"https://bot.example.org:{tls_hook.port}/hook",
            certificate=certificate,
            ip_address="127.0.0.1",
            secret_token="s3cret",
            allowed_updates=["message"],
            max_connections=5,
            drop_pending_updates=True,
        )
        found = ptb.get_webhook_info()
        assert found.has_custom_certificate
        assert (found.max_connections, found.allowed_updates) == (5, ["message"])
        ada.send_text("hello")
        [push] = tls_hook.wait(1)
        assert push.headers["X-Telegram-Bot-Api-Secret-Token"] == "s3cret"
        update = telegram.Update.de_json(json.loads(json.dumps(push.update)), ptb)
        assert update is not None
        assert update.message.text == "hello"
        wait_until_taken(sandbox)
        with pytest.raises(telegram.error.Conflict):
            ptb.get_updates(timeout=0)
        assert ptb.delete_webhook()
        assert ptb.get_updates(timeout=0) == []
