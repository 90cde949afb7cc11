"""A web hook: where a bot wants its updates pushed to, as setWebhook takes it."""

import base64
import re
import ssl
from dataclasses import dataclass
from functools import cache, cached_property
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from startwin.sandbox.errors import BadRequest
from startwin.sandbox.parameters import Parameters

# All of https://core.telegram.org/bots/api#setwebhook.
_PORTS = frozenset({443, 80, 88, 8443})
_MAX_SECRET = 256
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_CONNECTIONS = 40
_MAX_CONNECTIONS = 100


@dataclass(frozen=True)
class Webhook:
    """What a bot asked for.

    Attributes:
        url: absolute, of http or https.
        secret_token: sent in a header with every update; "" for none.
        max_connections: how many updates may be under way at once, 1–100.
        ip_address: where to connect to instead of where the URL's host is; "" for there.
        certificate: in PEM, trusted instead of the system's authorities; "" for those.
    """

    url: str
    secret_token: str = ""
    max_connections: int = _CONNECTIONS
    ip_address: str = ""
    certificate: str = ""

    @cached_property
    def _parts(self) -> SplitResult:
        return urlsplit(self.url)

    @property
    def host(self) -> str:
        """The URL's host, which a certificate must be for."""
        return self._parts.hostname or ""

    @property
    def port(self) -> int:
        """The URL's port, or its scheme's."""
        return self._parts.port or (443 if self._parts.scheme == "https" else 80)

    @property
    def address(self) -> str:
        """What is connected to: the given IP address, or the host."""
        return self.ip_address or self.host

    @property
    def target(self) -> str:
        """The path with the query, as it is requested."""
        path = self._parts.path or "/"
        return f"{path}?{self._parts.query}" if self._parts.query else path

    @property
    def headers(self) -> dict[str, str]:
        """The headers that Telegram's own server sends; its Host never names the port."""
        headers = {
            "Host": f"[{self.host}]" if ":" in self.host else self.host,
            "Content-Type": "application/json",
            "Connection": "keep-alive",
            "Accept-Encoding": "gzip, deflate",
        }
        if self.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret_token
        user, at, _ = self._parts.netloc.rpartition("@")
        if at:
            headers["Authorization"] = f"Basic {base64.b64encode(unquote(user).encode()).decode()}"
        return headers

    @cached_property
    def ssl_context(self) -> ssl.SSLContext | None:
        """What https connections are made with; None for http.

        Raises:
            ValueError: the certificate is none.
        """
        if self._parts.scheme != "https":
            return None
        if not self.certificate:
            return _system_context()
        try:
            context = ssl.create_default_context(cadata=self.certificate)
        except ssl.SSLError as error:
            raise ValueError(f"the certificate is no PEM ({error.reason})") from None
        # It is trusted itself, whether or not it may sign others.
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
        return context


def webhook_of(call: Parameters) -> Webhook | None:
    """The web hook that a call of setWebhook asks for; None where its URL is empty.

    Raises:
        BadRequest: one that Telegram would refuse.
    """
    url = call.text("url")
    if not url:
        return None
    secret = call.text("secret_token")
    if len(secret) > _MAX_SECRET:
        raise BadRequest("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise BadRequest("secret token contains illegal characters")
    connections = call.integer("max_connections", _CONNECTIONS)
    try:
        certificate = call.uploads.get("certificate", b"").decode("ascii")
    except UnicodeDecodeError:
        raise BadRequest("bad webhook: the certificate is no PEM") from None
    hook = Webhook(
        url=url if "://" in url else f"https://{url}",
        secret_token=secret,
        max_connections=min(max(connections, 1), _MAX_CONNECTIONS),
        ip_address=call.text("ip_address"),
        certificate=certificate,
    )
    _check_url(hook)
    try:
        _ = hook.ssl_context
    except ValueError as error:
        raise BadRequest(f"bad webhook: {error}") from None
    return hook


@cache
def _system_context() -> ssl.SSLContext:
    """With the system's authorities, which take a tenth of a second to read."""
    return ssl.create_default_context()


def _check_url(hook: Webhook) -> None:
    scheme = hook.url.partition("://")[0].lower()
    try:
        usable = bool(hook.host) and hook.port > 0
    except ValueError:  # the port is no number or too high, or a bracket is missing
        usable = False
    if not usable or scheme not in {"http", "https"} or not re.fullmatch(r"[!-~]+", hook.url):
        raise BadRequest("invalid webhook URL specified")
    if hook.ip_address and not _is_ip(hook.ip_address):
        raise BadRequest("bad webhook: Invalid IP address specified")
    # Telegram takes nothing but https, on four ports that all but one are not for everybody to
    # listen on. A bot beside the sandbox may listen where it likes, and in clear: nothing of it
    # leaves this machine. Telegram's own server, run locally, allows the same.
    if _is_loopback(hook.address):
        return
    if scheme != "https":
        raise BadRequest("bad webhook: An HTTPS URL must be provided for webhook")
    if hook.port not in _PORTS:
        raise BadRequest("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_ip(host) and ip_address(host).is_loopback)
