"""Real Ray nodes, several on this machine."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil

from tests.conftest import ROOT, wait_until


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


class Node:
    """One node, with all its processes."""

    def __init__(self, command: list[str], root: Path, log: Path, **further: str) -> None:
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self._log = log
        with log.open("w") as file:
            self.process = psutil.Popen(
                [*command, "--block", "--min-worker-port=0", "--max-worker-port=0"],
                cwd=root,
                env=environment | {"DATA_DIR": str(ROOT / "data")} | further,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        wait_until(lambda: "Ray runtime started" in log.read_text() or self._has_ended())

    def _has_ended(self) -> bool:
        assert self.process.poll() is None, self._log.read_text()
        return False

    @property
    def stations(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            found = self.process.children(recursive=True)
            return [each for each in found if _title(each).startswith("ray::Station")]
        return []

    @property
    def engines(self) -> list[psutil.Process]:
        found: list[psutil.Process] = []
        for station in self.stations:
            with suppress(psutil.NoSuchProcess):  # it ends at this moment
                found += station.children()
        return found

    @property
    def pids(self) -> list[int]:
        """Of its engines."""
        return [each.pid for each in self.engines]

    def kill(self) -> None:
        """All of it, at once, as when somebody pulls the plug."""
        for process in [self.process, *self.process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()


def _title(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


class Cluster:
    """A head and whatever joins it, on ports of its own."""

    def __init__(self) -> None:
        # Sockets lie in it, and their paths may have 107 characters.
        self._folder = Path(tempfile.mkdtemp(prefix="star", dir="/tmp"))
        self._port, self._client_port = free_port(), free_port()
        self.address = f"127.0.0.1:{self._port}"
        self.client_address = f"ray://127.0.0.1:{self._client_port}"
        self.nodes: list[Node] = []

    def begin(self, cores: int = 1) -> Node:
        ports = ["--port", str(self._port), "--client-port", str(self._client_port)]
        return self._started(["--head", *ports, f"--temp-dir={self._folder}"], cores)

    def join(self, cores: int = 1, root: Path = ROOT) -> Node:
        return self._started(["--join", self.address], cores, root)

    def join_by_hand(self) -> Node:
        """As one does who has read Ray's documentation, and not ours."""
        ray = str(Path(sys.executable).with_name("ray"))
        command = [ray, "start", f"--address={self.address}", "--num-cpus=1"]
        return self._node(command, ROOT, PYTHONPATH=str(ROOT))

    def _started(self, role: list[str], cores: int, root: Path = ROOT) -> Node:
        ours = [sys.executable, "-m", "startwin.face.cluster.node", "--cores", str(cores)]
        return self._node([*ours, *role], root)

    def _node(self, command: list[str], root: Path, **further: str) -> Node:
        node = Node(command, root, self._folder / f"node-{len(self.nodes)}.log", **further)
        self.nodes.append(node)
        return node

    def end(self) -> None:
        for node in self.nodes:
            if node.process.is_running():
                node.kill()
        shutil.rmtree(self._folder, ignore_errors=True)
