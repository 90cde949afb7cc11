"""The door: tokens, names of methods, forms of parameters, strangers."""

import pytest

from startwin.sandbox import Sandbox
from startwin.sandbox.chats import Chat
from tests.sandbox.client import Bot, fetch, multipart


def test_another_token_is_unauthorized(sandbox: Sandbox) -> None:
    answer = fetch(f"{sandbox.url}/bot4242424242:AAwrong/getMe")
    assert answer.status == 401
    assert answer.json == {"ok": False, "error_code": 401, "description": "Unauthorized"}


def test_files_need_the_token_too(sandbox: Sandbox) -> None:
    assert fetch(f"{sandbox.url}/file/bot1:AAwrong/photos/file_1.jpg").status == 401


@pytest.mark.parametrize("method", ["sendFax", "sendDocument", "get_me"])
def test_an_unknown_method_is_not_found(bot: Bot, method: str) -> None:
    answer = bot.answer(method, url="https://example.org")
    assert answer.status == 404
    assert answer.json == {"ok": False, "error_code": 404, "description": "Not Found"}


def test_an_unknown_file_is_not_found(bot: Bot) -> None:
    answer = fetch(f"{bot.file_root}/photos/file_99.jpg")
    assert answer.status == 404
    assert answer.json == {"ok": False, "error_code": 404, "description": "Not Found"}


def test_method_names_in_any_case(bot: Bot) -> None:
    assert bot.call("GETME") == bot.call("getme") == bot.call("getMe")


def test_parameters_by_query_form_multipart_and_json(bot: Bot, ada: Chat) -> None:
    wanted = {"chat_id": str(ada.id), "text": "Grüße 😀"}
    body, content_type = multipart(wanted, {})
    answers = [
        bot.get("sendMessage", **wanted),
        bot.post_form("sendMessage", **wanted),
        fetch(f"{bot.root}/sendMessage", body, {"Content-Type": content_type}),
        bot.answer("sendMessage", chat_id=ada.id, text="Grüße 😀"),
    ]
    assert [answer.json["result"]["text"] for answer in answers] == ["Grüße 😀"] * 4


def test_a_json_body_that_is_no_object_is_refused(bot: Bot) -> None:
    answer = fetch(f"{bot.root}/getMe", b"[1]", {"Content-Type": "application/json"})
    assert answer.status == 400


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("getUpdates", {"offset": "soon"}),
        ("getUpdates", {"allowed_updates": "message"}),
        ("getUpdates", {"allowed_updates": '{"a": 1}'}),
        ("sendMessage", {"text": "to whom?"}),
        ("sendMessage", {"chat_id": 1, "text": "nobody"}),
        ("sendMessage", {"chat_id": "@nobody", "text": "nobody"}),
        ("sendMessage", {"chat_id": "--1", "text": "nobody"}),
        ("getFile", {}),
        ("getFile", {"file_id": "AgACAgInothing"}),
    ],
)
def test_wrong_parameters_are_bad_requests(
    bot: Bot, method: str, parameters: dict[str, object]
) -> None:
    assert bot.refusal(method, **parameters).startswith("Bad Request: ")


def test_no_webhook_is_set(bot: Bot) -> None:
    info = bot.call("getWebhookInfo")
    assert info == {"url": "", "has_custom_certificate": False, "pending_update_count": 0}


def test_commands_are_kept_by_scope_and_language(bot: Bot) -> None:
    english = [{"command": "help", "description": "Help"}]
    german = [{"command": "help", "description": "Hilfe"}]
    assert bot.call("setMyCommands", commands=english) is True
    bot.call("setMyCommands", commands=german, language_code="de")
    private = {"type": "all_private_chats"}
    assert bot.call("getMyCommands") == english
    assert bot.call("getMyCommands", language_code="de") == german
    assert bot.call("getMyCommands", scope=private) == []


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"commands": [{"command": "so long!", "description": "x"}]},
        {"commands": [{"command": "ok", "description": ""}]},
        {"commands": ["help"]},
        {"commands": [{"command": "c", "description": "d"}] * 101},
        {"commands": [], "scope": {"type": "planet"}},
    ],
)
def test_wrong_commands_are_refused(bot: Bot, parameters: dict[str, object]) -> None:
    bot.refusal("setMyCommands", **parameters)


@pytest.mark.parametrize("path", ["/", "/chat/news", "/bot{token}/getMe"])
def test_other_host_names_are_refused(sandbox: Sandbox, path: str) -> None:
    url = sandbox.url + path.format(token=sandbox.token)
    assert fetch(url, headers={"Host": "evil.example:8080"}).status == 403


def test_localhost_is_our_name_too(sandbox: Sandbox) -> None:
    port = sandbox.url.rpartition(":")[2]
    assert fetch(f"{sandbox.url}/", headers={"Host": f"localhost:{port}"}).status == 200


def test_a_fault_of_ours_is_a_500_with_a_traceback(
    sandbox: Sandbox, bot: Bot, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("out of stars")

    monkeypatch.setattr(sandbox.telegram, "webhook_info", broken)
    answer = bot.answer("getWebhookInfo")
    assert answer.status == answer.json["error_code"] == 500
    assert "out of stars" not in answer.body.decode()
    assert "out of stars" in capsys.readouterr().err
