"""Web hooks: what a bot may set, and what that changes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from startwin.sandbox import Sandbox
from tests.conftest import DEADLINE
from tests.sandbox.client import Bot
from tests.sandbox.hook_server import info

_PUBLIC = "https://bot.example.org/hook"


@pytest.fixture(scope="module")
def shared() -> Iterator[Bot]:
    """For tests of one call: a sandbox takes its time to start."""
    with Sandbox() as running:
        yield Bot(running)


def test_what_was_set_can_be_read(bot: Bot) -> None:
    assert bot.call(
        "setWebhook",
        url=_PUBLIC,
        secret_token="a_Secret-1",
        max_connections=7,
        allowed_updates=["message"],
        ip_address="192.0.2.1",
    )
    assert info(bot) == {
        "url": _PUBLIC,
        "has_custom_certificate": False,
        "max_connections": 7,
        "ip_address": "192.0.2.1",
        "allowed_updates": ["message"],
        "pending_update_count": 0,
    }
    assert bot.call("deleteWebhook")
    assert info(bot) == {
        "url": "",
        "has_custom_certificate": False,
        "allowed_updates": ["message"],
        "pending_update_count": 0,
    }


@pytest.mark.parametrize(("asked", "kept"), [(None, 40), (0, 1), (1, 1), (100, 100), (101, 100)])
def test_connections_are_held_between_1_and_100(shared: Bot, asked: int | None, kept: int) -> None:
    shared.call("setWebhook", url=_PUBLIC, **({} if asked is None else {"max_connections": asked}))
    assert info(shared)["max_connections"] == kept


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"secret_token": "no spaces"}, "secret token contains illegal characters"),
        ({"secret_token": "pünktlich"}, "secret token contains illegal characters"),
        ({"secret_token": "end\n"}, "secret token contains illegal characters"),
        ({"secret_token": "s" * 257}, "secret token is too long"),
        ({"url": "http://bot.example.org/"}, "An HTTPS URL must be provided"),
        ({"url": "https://bot.example.org:8080/"}, "only on ports 80, 88, 443 or 8443"),
        ({"url": "ftp://127.0.0.1/"}, "invalid webhook URL"),
        ({"url": "https://"}, "invalid webhook URL"),
        ({"url": "https://bot.example.org:port/"}, "invalid webhook URL"),
        ({"url": "https://bot.example.org:70000/"}, "invalid webhook URL"),
        ({"url": "https://[::1/"}, "invalid webhook URL"),
        ({"url": "https://bot.example.org/a b"}, "invalid webhook URL"),
        ({"url": "http://127.0.0.1/\r\nX-Evil: 1"}, "invalid webhook URL"),
        ({"ip_address": "bot.example.org"}, "Invalid IP address"),
        ({"certificate": b"no PEM"}, "the certificate is no PEM"),
        ({"certificate": b"\xff"}, "the certificate is no PEM"),
        ({"max_connections": "many"}, "must be an integer"),
        ({"allowed_updates": "message"}, "allowed_updates"),
    ],
)
def test_what_telegram_would_refuse_is_refused(
    shared: Bot, parameters: dict[str, Any], reason: str
) -> None:
    shared.call("deleteWebhook")
    assert reason in shared.refusal("setWebhook", **{"url": _PUBLIC, **parameters})
    assert info(shared)["url"] == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://bot.example.org",
        "bot.example.org/hook",
        "https://bot.example.org:8443/?a=b",
        "http://127.0.0.1:1/",
        "http://localhost:1/",
        "http://[::1]:1/",
        "https://127.0.0.1:18443/hook",
    ],
)
def test_addresses_that_are_taken(shared: Bot, url: str) -> None:
    assert shared.call("setWebhook", url=url, secret_token="s" * 256)


def test_an_empty_address_ends_it(bot: Bot) -> None:
    bot.call("setWebhook", url=_PUBLIC)
    assert bot.call("setWebhook", url="")
    assert bot.call("getUpdates") == []


def test_polls_are_refused_while_it_is_set(sandbox: Sandbox, bot: Bot) -> None:
    with ThreadPoolExecutor(1) as threads:
        poll = threads.submit(bot.answer, "getUpdates", timeout=20)
        sandbox.telegram.wait_for_poll(DEADLINE)
        bot.call("setWebhook", url=_PUBLIC)
        ended = poll.result(DEADLINE)
    assert ended.status == 409
    assert ended.json["description"] == "Conflict: terminated by setWebhook request"
    refused = bot.answer("getUpdates", allowed_updates=["callback_query"])
    assert refused.status == refused.json["error_code"] == 409
    assert refused.json["description"] == (
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first"
    )
    assert "allowed_updates" not in info(bot)


def test_faults_happen_to_it(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.faults.add("setWebhook", status=429, retry_after=1)
    assert bot.answer("setWebhook", url=_PUBLIC).status == 429
    assert info(bot)["url"] == ""


def test_a_web_hook_counts_as_a_bot(sandbox: Sandbox, bot: Bot) -> None:
    assert sandbox.telegram.updates.status == "waiting"
    bot.call("deleteWebhook")
    assert sandbox.telegram.updates.status == "waiting"
    bot.call("setWebhook", url=_PUBLIC)
    sandbox.telegram.wait_for_poll(DEADLINE)
