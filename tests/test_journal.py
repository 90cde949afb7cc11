"""startwin.journal: readable lines, and the token in none of them."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot_process import BotProcess
from tests.conftest import ROOT
from tests.test_redaction import KEY, leaks
from tests.test_redaction import TOKEN as BOT_TOKEN

TOKEN = "123456:AA/very-secret"


def journal_of(program: str, tmp_path: Path) -> str:
    """What a program that starts the journal writes; a process of its own, for its hooks."""
    return printed_by(
        f"import logging, threading\nfrom startwin import journal\n"
        f"TOKEN = {TOKEN!r}\njournal.start([TOKEN])\n{program}",
        tmp_path,
    )


def printed_by(program: str, tmp_path: Path) -> str:
    """What a program writes, to standard output first."""
    script = tmp_path / "program.py"
    script.write_text(program)
    done = subprocess.run(
        [sys.executable, script],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.stdout + done.stderr


def test_event_with_its_details(tmp_path: Path) -> None:
    written = journal_of(
        "journal.log('chat').info('photo answered', alias='grace-hopper', percent=99)", tmp_path
    )
    assert "photo answered" in written
    assert "alias=grace-hopper" in written
    assert "percent=99" in written


def test_libraries_may_warn_but_not_chatter(tmp_path: Path) -> None:
    written = journal_of(
        "logging.getLogger('telegram.ext').debug('each update')\n"
        "logging.getLogger('telegram.ext').info('each request')\n"
        "logging.getLogger('telegram.ext').warning('a warning')",
        tmp_path,
    )
    assert "a warning" in written
    assert "each" not in written


def test_token_is_struck_out_everywhere(tmp_path: Path) -> None:
    written = journal_of(
        "from urllib.parse import quote\n"
        "journal.log('x').info('event ' + TOKEN, url=f'/bot{TOKEN}/getMe')\n"
        "logging.getLogger('urllib3').warning('Retrying %s', '/bot' + quote(TOKEN, safe=''))\n"
        "try: open(TOKEN)\n"
        "except OSError: journal.log('x').exception('caught')\n"
        "thread = threading.Thread(target=lambda: open(TOKEN)); thread.start(); thread.join()\n"
        "raise ValueError(TOKEN)",
        tmp_path,
    )
    assert written.count("<secret>") == 6
    assert "FileNotFoundError" in written
    assert "ValueError" in written
    assert "very-secret" not in written


def test_traceback_shows_no_variables(tmp_path: Path) -> None:
    """A user's photo could be one of them."""
    written = journal_of(
        "def work(photo):\n"
        "    raise ValueError('broken')\n"
        "try: work(b'pixels of a face')\n"
        "except ValueError: journal.log('x').exception('caught')",
        tmp_path,
    )
    assert "ValueError: broken" in written
    assert written.count("pixels of a face") == 1  # the line of source, not the value


ONE_CONNECTION = """
import socket, threading
listener = socket.create_server(("127.0.0.1", 0))
URL = f"http://127.0.0.1:{listener.getsockname()[1]}"
def answer(*answers):
    def serve():
        for each in answers:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                head = f"HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: {len(each)}"
                connection.sendall(f"{head}\\r\\n\\r\\n{each}".encode() if each else b"")
    threading.Thread(target=serve, daemon=True).start()
"""
"""In a program: a server on loopback; each connection gets one answer, with "" it is hung up."""

LIBRARY = """
import json, logging, warnings
warnings.simplefilter("ignore")
from telegram import Bot
from telegram.error import NetworkError
warnings.simplefilter("default")
from startwin import journal
journal.start()
logging.getLogger().setLevel(logging.DEBUG)
for name in list(logging.root.manager.loggerDict):
    logging.getLogger(name).setLevel(logging.DEBUG)  # undoes what the journal silences
log = journal.log("test")
bot = Bot(TOKEN, base_url=URL + "/bot", base_file_url=URL + "/file/bot")
"""

LEAKS = {
    "retries of a closed port": """
listener.close()
try: bot.get_me()
except NetworkError as error:
    print(error)
    log.warning("refused", error=str(error), cause=repr(error.__cause__))
    log.exception("refused")
    raise RuntimeError(f"again: {error}") from error
""",
    "path of a file": """
answer(json.dumps({"ok": True, "result": {
    "file_id": "F", "file_unique_id": "U", "file_path": "photos/file_12.jpg"}}), "", "", "", "")
file = bot.get_file("F")
log.info("a file", file=file, path=file.file_path)
log.info(str(file)); print(file.to_dict()); print(file.file_path)
file.download_as_bytearray()
""",
    "path on the disk of a local server": """
path = f"/var/lib/telegram-bot-api/{TOKEN}/photos/file_12.jpg"
answer(json.dumps({"ok": True, "result": {
    "file_id": "F", "file_unique_id": "U", "file_path": path}}))
file = bot.get_file("F")
log.info("a file", file=file)
open(path)
""",
    "what the bot holds": """
log.warning("a bot", bot=repr(bot), held=vars(bot))
logging.info("%s %r", bot.token, [bot.base_url])
raise ValueError(bot.base_url, {"url": bot.base_file_url})
""",
    "warnings": """
warnings.warn(f"slow: {bot.base_url}"); warnings.showwarning(bot.base_url, Warning, "x.py", 1, None)
""",
    "a log record that cannot be formatted": """
logging.getLogger("urllib3").warning("%d", bot.base_url)
""",
    "a traceback that a library prints": """
import traceback
try: open(f"/nowhere{bot.base_file_url}")
except OSError: traceback.print_exc()
""",
    "a destructor and a thread": """
class Held:
    def __del__(self): raise ValueError(bot.base_url)
Held()
thread = threading.Thread(target=lambda: open("/nowhere/" + bot.token))
thread.start(); thread.join()
""",
    "the way out": """
import sys
sys.exit(f"cannot go on: {bot.base_url}")
""",
}
"""What makes python-telegram-bot, urllib3 or Python itself print the token."""


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_no_leak_of_the_libraries_gets_through(leak: str, tmp_path: Path) -> None:
    """Not even before the settings are loaded, when nobody has told the token."""
    program = f"TOKEN = {BOT_TOKEN!r}\n{ONE_CONNECTION}{LIBRARY}{leak}"
    printed = printed_by(program, tmp_path)
    assert "<secret>" in printed
    assert not leaks(printed), printed
    assert "file_12" not in printed


@pytest.mark.parametrize("leak", [LEAKS["retries of a closed port"], LEAKS["path of a file"]])
def test_these_are_leaks(leak: str, tmp_path: Path) -> None:
    """So that the test above can fail."""
    bare = LIBRARY.replace("journal.start()", "logging.basicConfig()")
    assert leaks(printed_by(f"TOKEN = {BOT_TOKEN!r}\n{ONE_CONNECTION}{bare}{leak}", tmp_path))


@pytest.mark.parametrize(
    "environment",
    [
        {"TELEGRAM_TOKEN": f"{BOT_TOKEN} "},
        {"WORKERS": BOT_TOKEN},
        {"TELEGRAM_API_URL": f"https://api.telegram.org/bot{BOT_TOKEN}"},
        {"TELEGRAM_TOKEN": BOT_TOKEN, "ASSETS_DIR": f"/nowhere/{BOT_TOKEN}"},
        {"TELEGRAM_TOKEN": BOT_TOKEN, "DATA_DIR": f"/dev/null/{BOT_TOKEN}"},
    ],
    ids=["token with a space", "wrong line", "token in the address", "assets", "data"],
)
def test_sentence_of_the_bot_holds_no_token(environment: dict[str, str], tmp_path: Path) -> None:
    bot = BotProcess(tmp_path / "bot.log", **environment)
    assert bot.exit_code() == 1
    assert bot.printed
    assert not leaks(bot.printed), bot.printed


def test_token_in_dotenv_on_the_wrong_side(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"{BOT_TOKEN}=TELEGRAM_TOKEN\n")
    bot = BotProcess(tmp_path / "bot.log")
    assert bot.exit_code() == 1
    assert bot.printed.startswith("bot.py: ")
    assert KEY.lower()[:10] not in bot.printed.lower()


def test_token_on_the_command_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "bot.py", f"--token={BOT_TOKEN}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "unrecognized arguments: --token=<secret>" in done.stderr
    assert not leaks(done.stderr)
