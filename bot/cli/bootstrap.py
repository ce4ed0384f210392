"""Sets up a checkout's own virtual environment and moves the process into it. Standard library only.

The environment is `.venv` in the checkout's folder; the Python that starts the bot is never changed. What is
installed comes from lock files with hashes, through that Python's own pip, so that people's pip settings (mirrors,
proxies, certificates) hold. `.venv/.bot-stamp` says which locks are installed: a later start compares hashes and
runs nothing.
"""

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
STAMP = VENV / ".bot-stamp"
LOCK = VENV / ".bot-lock"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")

UNFINISHED = "unfinished"

_UNREACHABLE = re.compile(
    r"No matching distribution|connection|Max retries|timed? ?out|name resolution|getaddrinfo|ProxyError|SSLError",
    re.IGNORECASE,
)


_UNWRITABLE = re.compile(r"No space left on device|Permission denied|Read-only file system|Disk quota exceeded")


class SetupError(Exception):
    """The environment can't be set up; the text is one sentence for the person, with the remedy."""


def enter(locks: Sequence[str]) -> None:
    """Return if this process already runs in `.venv` or outside a checkout; else continue there and never return.

    `locks` are the lock files to have installed, as paths relative to the checkout. Raises SetupError.
    """
    try:
        if not (ROOT / "requirements.txt").is_file() or _inside():
            return
        if not _ready(locks):
            _require("pip", "apt install python3-pip")
            _require("venv", "apt install python3-venv")
            _set_up(locks)
        _continue_inside()
    except OSError as error:
        raise SetupError(
            f"The environment {VENV} can't be used or written ({error.strerror}): see that it is yours, as it is not "
            "where it was made with sudo, and that the disk has room; or delete it. Then run the same command again."
        ) from None


def _inside() -> bool:
    # By folder and not by sys.prefix: the path of the interpreter also tells when `-S` leaves the prefix alone.
    return SCRIPTS.is_dir() and os.path.samefile(Path(sys.executable).parent, SCRIPTS)


def _require(module: str, debian: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise SetupError(
            f"The set-up needs {module}, which {sys.executable} doesn't have: install it (Debian and Ubuntu: "
            f"`{debian}`) and run the same command again."
        )


def _fingerprints(locks: Sequence[str]) -> list[str]:
    """One line a lock file. The real interpreter is part of each hash: packages fit one version of Python only."""
    interpreter = os.path.realpath(PYTHON).encode()
    return [f"{hashlib.sha256(interpreter + (ROOT / lock).read_bytes()).hexdigest()}  {lock}" for lock in locks]


def _stamped() -> list[str]:
    return STAMP.read_text("utf-8", "replace").splitlines() if STAMP.exists() else []


def _ready(locks: Sequence[str]) -> bool:
    return PYTHON.exists() and set(_fingerprints(locks)) <= set(_stamped())


def _set_up(locks: Sequence[str]) -> None:
    with _alone():
        if _ready(locks):
            return
        # The stamp is removed by an ordinary failure and says UNFINISHED after a kill: then packages may be half
        # there, which pip can't see, and only a new environment helps.
        before = _stamped()
        _say(f"Setting up .venv in {ROOT} from {' and '.join(locks)}; the first time takes about half a minute.")
        if UNFINISHED in before or not _works():
            _make()
        STAMP.write_text(UNFINISHED, "utf-8")
        try:
            _install(locks)
        except SetupError:
            STAMP.unlink()
            raise
        kept = [line for line in before if not line.endswith(tuple(f"  {lock}" for lock in locks))]
        STAMP.write_text("\n".join([*kept, *_fingerprints(locks)]), "utf-8")


def _works() -> bool:
    """Whether `.venv` has an interpreter that starts and is new enough."""
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", check], capture_output=True).returncode == 0  # noqa: S603


def _make() -> None:
    import venv

    for entry in VENV.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry != LOCK:  # held by this process
            entry.unlink()
    # Without pip inside: Debian keeps the wheel that would be needed for it in a package of its own.
    venv.create(VENV, with_pip=False, symlinks=os.name != "nt")


def _install(locks: Sequence[str]) -> None:
    # `--no-user`: somebody's `user = true` would make pip refuse a virtual environment.
    command = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "--no-input", "--no-user"]
    command += [argument for lock in locks for argument in ("-r", str(ROOT / lock))]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    pip = subprocess.run(command, env=environment, stderr=subprocess.PIPE, text=True, errors="replace")  # noqa: S603
    if pip.returncode == 0:
        return
    if _UNREACHABLE.search(pip.stderr):
        raise SetupError(
            "The packages can't be downloaded: connect this machine to the internet, or name a mirror in "
            "PIP_INDEX_URL, and run the same command again."
        )
    if trouble := _UNWRITABLE.search(pip.stderr):
        raise SetupError(
            f"The packages can't be written to {VENV} ({trouble[0]}): see that it is yours and that the disk has "
            "room, and run the same command again."
        )
    last = "\n".join(f"    {line}" for line in pip.stderr.splitlines()[-8:])
    raise SetupError(f"pip could not install the packages; its last lines:\n{last}")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold the environment against other processes that set it up; the system lets go when this one ends."""
    VENV.mkdir(exist_ok=True)
    with LOCK.open("a+b") as file:
        if not _try_lock(file):
            _say("Waiting for another process that is setting up .venv.")
            while not _try_lock(file):
                time.sleep(0.1)
        yield


def _try_lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _continue_inside() -> NoReturn:
    command = [str(PYTHON), *sys.orig_argv[1:]]
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606
    # On Windows exec would return the shell's prompt at once, so the parent stays and passes the exit code on.
    with subprocess.Popen(command) as child:  # noqa: S603
        while True:
            with contextlib.suppress(KeyboardInterrupt):
                sys.exit(child.wait())


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
