"""The chat page's side, without a browser."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from startwin.sandbox import Sandbox
from tests.sandbox.client import Answer, Bot, fetch, multipart
from tests.sandbox.pictures import decoded, jpeg


def send(
    sandbox: Sandbox, text: str = "", file: tuple[str, bytes] | None = None, **more: str
) -> Answer:
    body, content_type = multipart({"text": text, **more}, {"file": file} if file else {})
    headers = {"Content-Type": content_type, "Accept-Language": "pt-BR,en;q=0.5"}
    return fetch(f"{sandbox.url}/chat/messages", body, headers)


def news(sandbox: Sandbox, seen: Any = None) -> Any:
    """What is new since the news `seen`, or everything."""
    query = ""
    if seen is not None:
        query = f"?session={seen['session']}&after={seen['revision']}&status={seen['status']}"
    return fetch(f"{sandbox.url}/chat/news{query}").json


def texts(answer: Any) -> list[str]:
    return [post["message"]["text"] for post in answer["posts"]]


def test_the_page_and_its_files_come_with_a_strict_policy(sandbox: Sandbox) -> None:
    for path, kind in (
        ("/", "text/html"),
        ("/static/chat.css", "text/css"),
        ("/static/chat.js", "text/javascript"),
    ):
        answer = fetch(sandbox.url + path)
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith(kind)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/favicon.ico", "/static/../server.py", "/static/%2e%2e/page.py"])
def test_nothing_else_is_served(sandbox: Sandbox, path: str) -> None:
    assert fetch(sandbox.url + path).status == 404


def test_a_text_reaches_the_bot_in_the_browsers_language(sandbox: Sandbox, bot: Bot) -> None:
    assert send(sandbox, "/start", nonce="n1").status == 200
    [update] = bot.call("getUpdates")
    assert update["message"]["text"] == "/start"
    assert update["message"]["from"]["language_code"] == "pt-br"
    [post] = news(sandbox)["posts"]
    assert post == {"message": update["message"], "nonce": "n1"}


def test_a_photo_and_a_file_reach_the_bot(sandbox: Sandbox, bot: Bot) -> None:
    picture = jpeg()
    send(sandbox, "me", ("me.jpg", picture))
    send(sandbox, "", ("me.jpg", picture), as_file="true")
    photo, document = (update["message"] for update in bot.call("getUpdates"))
    assert photo["caption"] == "me"
    assert document["document"]["file_size"] == len(picture)

    shown = fetch(f"{sandbox.url}/chat/files/{photo['photo'][-1]['file_id']}")
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert decoded(shown.body).size == (640, 480)
    saved = fetch(f"{sandbox.url}/chat/files/{document['document']['file_id']}")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert saved.headers["Content-Type"] == "application/octet-stream"
    assert saved.body == picture
    for answer in (shown, saved):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_news_wait_for_what_comes(sandbox: Sandbox, bot: Bot) -> None:
    seen = news(sandbox)
    assert seen["status"] == "waiting"
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(news, sandbox, seen)
        bot.call("getUpdates")
        seen = waiting.result(5)
        assert seen["status"] == "online"
        waiting = thread.submit(news, sandbox, seen)
        bot.call("sendMessage", chat_id=sandbox.telegram.page_chat.id, text="hello")
        assert texts(waiting.result(5)) == ["hello"]
    assert texts(news(sandbox)) == ["hello"]


def test_an_action_is_shown_until_a_message_comes(sandbox: Sandbox, bot: Bot) -> None:
    chat_id = sandbox.telegram.page_chat.id
    bot.call("sendChatAction", chat_id=chat_id, action="upload_photo")
    action = news(sandbox)["chats"][0]["action"]
    assert action["name"] == "upload_photo"
    assert 4 < action["seconds"] <= 5
    bot.call("sendMessage", chat_id=chat_id, text="done")
    assert news(sandbox)["chats"][0]["action"] is None


def test_commands_are_shown_in_the_persons_language(sandbox: Sandbox, bot: Bot) -> None:
    bot.call("setMyCommands", commands=[{"command": "help", "description": "Help"}])
    german = [{"command": "help", "description": "Hilfe"}]
    bot.call("setMyCommands", commands=german, language_code="de")
    for language, description in (("de-AT", "Hilfe"), ("fr", "Help")):
        answer = fetch(f"{sandbox.url}/chat/news", headers={"Accept-Language": language})
        assert answer.json["commands"] == [{"command": "help", "description": description}]


def test_another_session_begins_anew(sandbox: Sandbox) -> None:
    send(sandbox, "hello")
    seen = {**news(sandbox), "session": "yesterday"}
    assert texts(news(sandbox, seen)) == ["hello"]


def test_what_the_apps_would_not_send_is_refused(sandbox: Sandbox) -> None:
    for answer in (
        send(sandbox, "  "),
        send(sandbox, "x" * 4097),
        send(sandbox, "x" * 1025, ("me.jpg", jpeg())),
        send(sandbox, "", ("empty.jpg", b"")),
    ):
        assert answer.status == 400
        assert answer.json["description"]
    assert news(sandbox)["posts"] == []


def test_a_body_over_55_mb_is_too_large(sandbox: Sandbox) -> None:
    length = {"Content-Length": str(56 << 20), "Content-Type": "text/plain"}
    assert fetch(f"{sandbox.url}/chat/messages", b"", length).status == 413


def test_other_pages_cannot_send(sandbox: Sandbox) -> None:
    body, content_type = multipart({"text": "gotcha"}, {})
    for origin, status in (
        ("https://evil.example", 403),
        ("null", 403),
        ("http://127.0.0.1:1", 403),
        (sandbox.url, 200),
    ):
        headers = {"Content-Type": content_type, "Origin": origin}
        assert fetch(f"{sandbox.url}/chat/messages", body, headers).status == status


def test_other_people_do_not_appear_on_the_page(sandbox: Sandbox) -> None:
    sandbox.telegram.user("Ada").send_text("private")
    assert news(sandbox)["posts"] == []
