"""What the tests give workers to do, and engines that load as no engine should.

Every process imports it, so it imports little.
"""

import os
import signal
import threading
from pathlib import Path

from startwin.errors import ModelError
from startwin.face import FaceEngine

kept: list[bytes] = []


def wait_until_there(file: Path, there: bool = True) -> None:
    """Without a deadline: the test has one, and kills."""
    while file.exists() != there:
        threading.Event().wait(0.01)


def bare() -> FaceEngine:
    """An engine without models, for tasks that need none: it is there at once."""
    return FaceEngine.__new__(FaceEngine)


def fragile(broken: Path) -> FaceEngine:
    """Fails while a file is there, and counts in it how often."""
    if broken.exists():
        with broken.open("a") as file:
            file.write("x")
        raise ModelError("damaged")
    return bare()


def slow(folder: Path) -> FaceEngine:
    """Hangs while the file "shut" is there, having left its process's id in another one."""
    if (folder / "shut").exists():
        (folder / "writing").write_text(str(os.getpid()))
        (folder / "writing").rename(folder / "loading")
        wait_until_there(folder / "shut", False)
    return bare()


def pid(_: FaceEngine) -> int:
    return os.getpid()


def length(_: FaceEngine, photo: bytes) -> int:
    return len(photo)


def die(_: FaceEngine, _photo: bytes = b"") -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_unless_marked(_: FaceEngine, mark: Path) -> str:
    """Dies the first time, as from a chance kill."""
    if mark.exists():
        return "done"
    mark.touch()
    os.kill(os.getpid(), signal.SIGKILL)
    return "unreachable"


def wait_for_file(_: FaceEngine, started: Path, go: Path) -> int:
    started.touch()
    wait_until_there(go)
    return os.getpid()


def hang(_: FaceEngine) -> None:
    threading.Event().wait()


def fail(_: FaceEngine) -> None:
    raise TimeoutError("the task's own")


def fail_oddly(_: FaceEngine) -> None:
    error = ValueError("odd")
    error.__dict__["lock"] = threading.Lock()  # which pickle refuses
    raise error


def return_a_lock(_: FaceEngine) -> object:
    return threading.Lock()


def hoard(_: FaceEngine, megabytes: int) -> None:
    """Take memory, and never come back."""
    kept.append(b"x" * (megabytes << 20))
    threading.Event().wait()


def leak(_: FaceEngine, megabytes: int) -> int:
    """Take memory, come back and keep it."""
    kept.append(b"x" * (megabytes << 20))
    return os.getpid()


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def kill(*processes: int) -> None:
    """In the tests themselves: at once, and without a word."""
    for process in processes:
        os.kill(process, signal.SIGKILL)
