"""One kept-alive connection to a web hook."""

import http.client
import select
import socket
import ssl
import threading
from dataclasses import dataclass

from startwin.sandbox.webhook import Webhook

_CONNECT_SECONDS = 5.0
# An answer is a word at most; who sends more loses the connection, not the update.
_MAX_ANSWER = 1 << 20
# Telegram obeys Retry-After up to an hour.
_MAX_RETRY_AFTER = 3600


@dataclass(frozen=True)
class Outcome:
    """What became of one push.

    Attributes:
        error: in Telegram's words; "" where the update was taken.
        retry_after: in seconds, when the bot's side named a time; else 0.
    """

    error: str = ""
    retry_after: int = 0


class WebhookConnection(http.client.HTTPConnection):
    """Pushes updates one after another; connects by itself whenever it has to."""

    def __init__(self, hook: Webhook, context: ssl.SSLContext | None, time_limit: float) -> None:
        """Prepares a connection.

        Args:
            hook: where to.
            context: for TLS; None pushes in clear.
            time_limit: seconds without a byte after which an answer is no longer awaited.
        """
        super().__init__(hook.host, hook.port)
        self._hook = hook
        self._context = context
        self._time_limit = time_limit
        self._is_cut = threading.Event()

    def connect(self) -> None:
        """Connects, also to another address than the host's.

        Raises:
            OSError: nobody listens, is who they say, or the connection is cut.
        """
        address = (self._hook.address, self._hook.port)
        self.sock = socket.create_connection(address, _CONNECT_SECONDS)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._context is not None:
            # In two steps, so that `cut` finds the socket while hands are shaken.
            self.sock = self._context.wrap_socket(
                self.sock, server_hostname=self._hook.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()
        self.sock.settimeout(self._time_limit)
        if self._is_cut.is_set():
            raise ConnectionAbortedError("cut")

    def push(self, body: bytes) -> Outcome:
        """Sends an update and waits for the answer, whose body is not looked at.

        (Telegram carries out a method that it names. The sandbox does not.)
        """
        if self.sock is not None and _is_spent(self.sock):
            self.close()
        try:
            self.request("POST", self._hook.target, body, self._hook.headers)
            response = self.getresponse()
            response.read(_MAX_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return Outcome(_told(error))
        if not response.isclosed():
            self.close()
        if 200 <= response.status <= 299:  # noqa: PLR2004
            return Outcome()
        wrong = f"Wrong response from the webhook: {response.status} {response.reason}"
        after = response.headers.get("Retry-After", "")
        seconds = int(after) if after.isascii() and after.isdecimal() else 0
        return Outcome(wrong, min(seconds, _MAX_RETRY_AFTER))

    def cut(self) -> None:
        """Ends a push that is under way, and all that follow; from any thread."""
        self._is_cut.set()
        sock = self.sock
        if sock is None:
            return
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:  # it has just ended by itself
            return


def _is_spent(sock: socket.socket) -> bool:
    """Whether an idle connection has something to read: its end, since no answer is due."""
    return bool(select.select([sock], [], [], 0)[0])


def _told(error: Exception) -> str:
    """The sentence for getWebhookInfo, as Telegram words the common ones."""
    match error:
        case TimeoutError():
            return "Read timeout expired"
        case ssl.SSLError():
            reason = error.reason or "connection closed"
            return f"SSL error {{{reason.replace('_', ' ').lower()}}}"
        case socket.gaierror():
            return "Failed to resolve host"
        case OSError():  # strerror is missing where the answer never began
            return error.strerror or "Connection closed"
        case _:
            return "Wrong response from the webhook: it is no HTTP"
