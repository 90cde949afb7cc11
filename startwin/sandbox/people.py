"""The people who talk to the bot."""

from dataclasses import replace

from startwin.sandbox.objects import JsonObject, User


class Person:
    """Somebody with an account at Telegram.

    Attributes:
        user: who they are, with the language of their app now.
        photos: their profile photos, each as its `PhotoSize` objects; the newest first.
        revision: the bell's when the photos last changed.
    """

    def __init__(self, user: User) -> None:
        self.user = user
        self.photos: list[list[JsonObject]] = []
        self.revision = 0

    def speak(self, language_code: str) -> None:
        """Sets the language of their app."""
        self.user = replace(self.user, language_code=language_code)
