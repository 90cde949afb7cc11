"""startwin.journal: readable lines, and the token in none of them."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

TOKEN = "123456:AA/very-secret"


def journal_of(program: str, tmp_path: Path) -> str:
    """What a program that starts the journal writes; a process of its own, for its hooks."""
    script = tmp_path / "program.py"
    script.write_text(
        f"import logging, threading\nfrom startwin import journal\n"
        f"TOKEN = {TOKEN!r}\njournal.start([TOKEN])\n{program}"
    )
    done = subprocess.run(
        [sys.executable, script],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout == ""
    return done.stderr


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
