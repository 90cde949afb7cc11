"""The small JSON API that the chat page talks to."""

import re
from typing import Any

from flask import Blueprint, Response, jsonify, request

from startwin.sandbox.chats import Chat
from startwin.sandbox.errors import BadRequest
from startwin.sandbox.news import News, wait_for_news
from startwin.sandbox.objects import JsonObject
from startwin.sandbox.photos import NotAPhoto
from startwin.sandbox.telegram import BOT, Telegram

_POLL_SECONDS = 25.0
# Few: a browser keeps six connections to a server, and a waiting press has one of them.
_PRESS_SECONDS = 15.0
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}")


class PageApi:
    """What the page's people do and see."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    def add_to(self, routes: Blueprint) -> None:
        """Adds the routes that the page's scripts call."""
        routes.get("/chat/news")(self.news)
        routes.post("/chat/messages")(self.send)
        routes.post("/chat/presses")(self.press)
        routes.post("/chat/profile-photo")(self.set_profile_photo)

    def news(self) -> Response:
        """Waits for what is new after the revision that the page has seen."""
        me = self._me()
        known = request.args.get("session") == self._telegram.session
        after = request.args.get("after", 0, type=int) if known else 0
        status = request.args.get("status", "") if known else ""
        gone = request.environ.get("waitress.client_disconnected", lambda: False)
        chats = [me, self._telegram.page_group]
        found = wait_for_news(self._telegram, chats, (after, status), _POLL_SECONDS, gone)
        return jsonify(self._described(me, chats, found))

    def send(self) -> Response:
        """Sends what was written, or one or more files with their caption."""
        me, chat = self._me(), self._chat()
        me.speak(_language())
        text = request.form.get("text", "").replace("\r\n", "\n")
        files = [(file.read(), file.filename or "") for file in request.files.getlist("file")]
        nonce = request.form.get("nonce", "")[:64]
        reply_to = request.form.get("reply_to", type=int)
        try:
            as_files = request.form.get("as_file") == "true"
            contents = (
                chat.contents.album(files, text, as_files) if files else [chat.contents.text(text)]
            )
            with self._telegram.bell:
                messages = [
                    chat.deliver(content, me.people[0], reply_to, nonce) for content in contents
                ]
        except ValueError as error:
            raise BadRequest(str(error)) from None
        return jsonify(message_id=messages[0]["message_id"])

    def press(self) -> Response:
        """Presses a button and waits for the bot's answer, which may not come."""
        me, chat = self._me(), self._chat()
        me.speak(_language())
        message_id = request.form.get("message_id", 0, type=int)
        try:
            press = chat.press(message_id, request.form.get("data", ""), by=me)
            toast = press.wait(_PRESS_SECONDS)
        except ValueError as error:
            raise BadRequest(str(error)) from None
        except TimeoutError:
            return jsonify(answered=False)
        return jsonify(answered=True, text=toast.text, alert=toast.alert)

    def set_profile_photo(self) -> Response:
        """Gives the person a profile photo, or takes theirs away where no file comes."""
        me = self._me()
        file = request.files.get("file")
        try:
            if file is None:
                me.remove_profile_photos()
            else:
                me.add_profile_photo(file.read())
        except NotAPhoto:
            raise BadRequest("This is not a picture that can be a profile photo.") from None
        return jsonify(ok=True)

    def _me(self) -> Chat:
        """Whom the page is now, as their private chat; the first of its people by default."""
        wanted = request.values.get("as", type=int)
        people = self._telegram.page_people
        if wanted is None:
            return people[0]
        found = next((chat for chat in people if chat.id == wanted), None)
        if found is None:
            raise BadRequest("user not found")
        return found

    def _chat(self) -> Chat:
        """Where the page sends to: its person's private chat by default, or the group."""
        me, group = self._me(), self._telegram.page_group
        wanted = request.values.get("chat", me.id, type=int)
        found = {me.id: me, group.id: group}.get(wanted)
        if found is None:
            raise BadRequest("chat not found")
        return found

    def _described(self, me: Chat, chats: list[Chat], news: News) -> dict[str, Any]:
        gone = [post.message for post in news.posts if post.deleted]
        return {
            "session": self._telegram.session,
            "revision": news.revision,
            "status": news.status,
            "bot": {"id": BOT.id, "first_name": BOT.first_name, "username": BOT.username},
            "commands": self._telegram.commands.shown(_language()),
            "me": me.id,
            "people": [_person(chat) for chat in self._telegram.page_people],
            "chats": [_chat(chat, news) for chat in chats],
            "posts": [
                {"message": post.message, "nonce": post.nonce}
                for post in news.posts
                if not post.deleted
            ],
            "deleted": [
                {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
                for message in gone
            ],
        }


def _person(chat: Chat) -> JsonObject:
    person = chat.people[0]
    photo = person.photos[0][0]["file_id"] if person.photos else None
    return {"id": person.user.id, "first_name": person.user.first_name, "photo": photo}


def _chat(chat: Chat, news: News) -> JsonObject:
    action = news.actions.get(chat.id)
    return {
        "id": chat.id,
        "type": chat.kind,
        "title": chat.title or BOT.first_name,
        "action": action and {"name": action[0], "seconds": round(action[1], 2)},
    }


def _language() -> str:
    """The language chosen on the page, or the browser's first, as Telegram's apps name it."""
    chosen = request.values.get("language", "").lower()
    if _LANGUAGE.fullmatch(chosen):
        return chosen
    return (request.accept_languages.best or "en").lower()
