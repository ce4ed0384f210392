"""The set-up, for real: other interpreters, real virtual environments and the real pip, in a copy of the tree.

The copy has a lock file of its own with one tiny wheel made here, so nothing is downloaded.
"""

import ast
import base64
import hashlib
import os
import resource
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BASE_PYTHON = str(Path(sys.base_prefix) / "bin" / "python3")
DEBIAN_PYTHON = "/usr/bin/python3"

CALL = """
import sys
def call(command, arguments):
    if command == "test":
        from bot.cli.test import main
        return main(arguments)
    import tiny
    print(sys.prefix, tiny.VERSION, *arguments)
    return 3 if "--fail" in arguments else 0
"""


def make_wheel(folder: Path, version: str) -> str:
    """Put `tiny-<version>` into `folder` and answer its line for a lock file."""
    wheel = folder / f"tiny-{version}-py3-none-any.whl"
    info = f"tiny-{version}.dist-info"
    files = {
        "tiny.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {name: hashlib.sha256(text.encode()).digest() for name, text in files.items()}
    record = [f"{name},sha256={base64.urlsafe_b64encode(d).rstrip(b'=').decode()}," for name, d in digests.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,"]) + "\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return f"tiny=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


class Checkout:
    """A copy of what the set-up needs, with `python -m bot demo` saying where it runs."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "checkout"
        self.wheels = folder / "wheels"
        self.pip_log = folder / "pip.log"
        self.wheels.mkdir()
        self.call = self.root / "bot" / "cli" / "call.py"
        self.call.parent.mkdir(parents=True)
        (self.root / "tests").mkdir()
        for name in ("__init__.py", "__main__.py", "cli/__init__.py", "cli/bootstrap.py", "cli/test.py"):
            shutil.copy(ROOT / "bot" / name, self.root / "bot" / name)
        self.call.write_text(CALL)
        self.lock("1.0")

    def lock(self, version: str) -> None:
        line = make_wheel(self.wheels, version)
        (self.root / "requirements.txt").write_text(line)
        (self.root / "tests" / "requirements.txt").write_text(line)

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "BOT_", "PYTHON", "VIRTUAL_ENV"))}
        pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels)}
        return {**kept, **pip, "PIP_LOG": str(self.pip_log), **more}

    def start(self, *arguments: str, python: str = BASE_PYTHON, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603
            [python, *arguments],
            cwd=self.root,
            env=self.environment(more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, python: str = BASE_PYTHON, **more: str) -> tuple[int, str, str]:
        process = self.start(*(arguments or ("-m", "bot", "demo")), python=python, **more)
        out, err = process.communicate(timeout=120)
        return process.returncode, out.strip(), err.strip()

    def said(self, version: str = "1.0") -> str:
        return f"{self.root / '.venv'} {version}"

    def installations(self) -> int:
        return self.pip_log.read_text().count("Successfully installed tiny") if self.pip_log.exists() else 0


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def one_sentence(text: str) -> bool:
    return "\n" not in text and "Traceback" not in text and text.endswith(".")


def pythons() -> list[str]:
    both = {os.path.realpath(path): path for path in (BASE_PYTHON, DEBIAN_PYTHON) if Path(path).exists()}
    return list(both.values())


@pytest.mark.parametrize("python", pythons())
def test_first_start_installs_second_start_reuses(checkout: Checkout, python: str) -> None:
    """The interpreter that starts the bot is left alone, Debian's externally managed one too."""
    code, out, err = checkout.run(python=python)
    assert (code, out) == (0, checkout.said())
    assert err.startswith("Setting up .venv in ")
    assert one_sentence(err)
    assert checkout.run("-c", "import tiny", python=python)[0] != 0

    log = checkout.pip_log.read_text()
    assert checkout.run("-m", "bot", "demo", "--port", "0", python=python) == (0, f"{checkout.said()} --port 0", "")
    assert checkout.pip_log.read_text() == log, "pip ran again"


def test_exit_code_and_interpreter_options_arrive(checkout: Checkout) -> None:
    assert checkout.run("-m", "bot", "demo", "--fail")[0] == 3
    checkout.call.write_text(
        "import sys\ndef call(command, arguments):\n    print(sys.flags.dev_mode)\n    return 0\n"
    )
    assert checkout.run("-X", "dev", "-m", "bot", "demo")[1] == "True"


def test_later_starts_are_fast(checkout: Checkout) -> None:
    """Ours is what a start computes beyond the two bare interpreters it consists of, whatever else runs meanwhile."""
    checkout.run()

    def seconds(*arguments: str) -> float:
        begin = resource.getrusage(resource.RUSAGE_CHILDREN)
        checkout.run(*arguments)
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        return end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime

    bare = min(seconds("-c", "pass") for _ in range(3))
    ours = min(seconds("-m", "bot", "demo") for _ in range(3)) - 2 * bare
    assert ours < 0.5


def test_changed_lock_is_installed(checkout: Checkout) -> None:
    checkout.run()
    checkout.lock("2.0")
    code, out, err = checkout.run()
    assert (code, out) == (0, checkout.said("2.0"))
    assert err.startswith("Setting up .venv")


def test_each_command_has_its_locks(checkout: Checkout) -> None:
    """`test` adds its own lock; going back and forth between the commands installs nothing twice."""
    checkout.run()
    (checkout.root / "pytest.py").write_text("def main(argv):\n    print('pytest', argv)\n    return 0\n")
    code, out, err = checkout.run("-m", "bot", "test", "-k", "one")
    assert (code, out) == (0, "pytest ['-k', 'one']")
    assert "from requirements.txt and tests/requirements.txt" in err
    log = checkout.pip_log.read_text()
    assert checkout.run()[2] == ""
    assert "Setting up" not in checkout.run("-m", "bot", "test")[2]
    assert checkout.pip_log.read_text() == log


def test_two_at_once_install_once(checkout: Checkout) -> None:
    processes = [checkout.start("-m", "bot", "demo") for _ in range(2)]
    answers = [process.communicate(timeout=120) for process in processes]
    assert [out.strip() for out, _ in answers] == [checkout.said()] * 2
    assert checkout.installations() == 1


def test_killed_set_up_is_made_anew(checkout: Checkout) -> None:
    """A kill in the middle leaves packages that pip takes for installed."""
    checkout.run()
    next(checkout.root.glob(".venv/lib/*/site-packages/tiny.py")).unlink()
    (checkout.root / ".venv" / ".bot-stamp").write_text("unfinished")
    assert checkout.run()[:2] == (0, checkout.said())


def test_environment_without_its_interpreter_is_made_anew(checkout: Checkout) -> None:
    checkout.run()
    for link in checkout.root.glob(".venv/bin/python*"):
        link.unlink()
        link.symlink_to("/nowhere/python3")
    assert checkout.run()[:2] == (0, checkout.said())


def test_somebodys_own_environment_is_kept(checkout: Checkout) -> None:
    command = [BASE_PYTHON, "-m", "venv", "--without-pip", str(checkout.root / ".venv")]
    subprocess.run(command, check=True)  # noqa: S603
    mine = checkout.root / ".venv" / "mine.txt"
    mine.write_text("keep")
    assert checkout.run()[:2] == (0, checkout.said())
    assert mine.read_text() == "keep"


def test_pip_settings_of_a_person_hold(checkout: Checkout) -> None:
    """`user = true` is common and would be refused in a virtual environment."""
    assert checkout.run(PIP_USER="1", PIP_REQUIRE_VIRTUALENV="1")[:2] == (0, checkout.said())


def test_offline_is_one_sentence_and_a_later_start_succeeds(checkout: Checkout) -> None:
    offline = {"PIP_NO_INDEX": "", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    code, out, err = checkout.run(**offline, PIP_RETRIES="0")
    assert (code, out) == (1, "")
    announced, sentence = err.splitlines()
    assert announced.startswith("Setting up")
    assert "can't be downloaded" in sentence
    assert one_sentence(sentence)
    assert checkout.run()[:2] == (0, checkout.said())


def test_tampered_package_is_refused(checkout: Checkout) -> None:
    wheel = next(checkout.wheels.glob("*.whl"))
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    code, out, err = checkout.run()
    assert (code, out) == (1, "")
    assert "pip could not install" in err
    assert "HASHES" in err


def test_unwritable_folder_is_one_sentence(checkout: Checkout) -> None:
    (checkout.root / ".venv").write_text("in the way")
    code, out, err = checkout.run()
    assert (code, out) == (1, "")
    assert "can't be used or written (File exists)" in err
    assert one_sentence(err)


def in_the_way_stamp(venv: Path) -> None:
    (venv / ".bot-stamp").unlink()
    (venv / ".bot-stamp").mkdir()


def in_the_way_lock(venv: Path) -> None:
    (venv / ".bot-stamp").unlink()
    (venv / ".bot-lock").unlink()
    (venv / ".bot-lock").mkdir()


@pytest.mark.parametrize("spoil", [in_the_way_stamp, in_the_way_lock])
def test_an_environment_that_cannot_be_used_is_one_sentence(
    checkout: Checkout, spoil: Callable[[Path], None]
) -> None:
    """As one that was made with sudo can't, later, without it: whatever of it is touched first."""
    checkout.run()
    spoil(checkout.root / ".venv")
    code, out, err = checkout.run()
    assert (code, out) == (1, "")
    assert "can't be used or written (Is a directory)" in err.splitlines()[-1]
    assert one_sentence(err.splitlines()[-1])
    assert "Traceback" not in err


def test_an_environment_of_somebody_else_is_one_sentence(checkout: Checkout) -> None:
    """The first start with sudo, the next one without."""
    if os.geteuid() != 0 or not Path(DEBIAN_PYTHON).exists():
        pytest.skip("needs root, who can make what others may not use")
    checkout.run(python=DEBIAN_PYTHON)
    for folder in (checkout.root.parent, *checkout.root.parent.parents):
        if folder.owner() == "root" and folder.is_relative_to("/tmp"):  # noqa: S108 (where tests have their folders)
            folder.chmod(0o755)
    for mode in (0o700, 0o755):
        (checkout.root / ".venv").chmod(mode)
        (checkout.root / "requirements.txt").write_text("# of a later version\n")
        answer = subprocess.run(  # noqa: S603
            [DEBIAN_PYTHON, "-m", "bot", "demo"],
            cwd=checkout.root,
            env=checkout.environment({}),
            user=65534,
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 1
        assert "(Permission denied)" in answer.stderr
        assert one_sentence(answer.stderr.strip())


def test_missing_pip_is_one_sentence(checkout: Checkout) -> None:
    code, out, err = checkout.run("-S", "-m", "bot", "demo")  # -S hides site-packages, and pip with it
    assert (code, out) == (1, "")
    assert "apt install python3-pip" in err
    assert one_sentence(err)
    assert not (checkout.root / ".venv").exists()


def test_old_python_is_one_sentence(checkout: Checkout) -> None:
    old = "import sys, runpy; sys.version_info = (3, 8, 10, 'final', 0); runpy.run_module('bot', run_name='__main__')"
    code, out, err = checkout.run("-c", old, "demo")
    assert (code, out) == (1, "")
    assert "Python 3.11 or newer, and this is 3.8.10" in err
    assert one_sentence(err)


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_the_first_files_parse_on_old_pythons(name: str) -> None:
    ast.parse((ROOT / "bot" / name).read_text(), feature_version=(3, 7))


def test_switched_off_set_up_names_the_missing_package(checkout: Checkout) -> None:
    code, out, err = checkout.run(BOT_NO_BOOTSTRAP="1")
    assert (code, out) == (1, "")
    assert "The package tiny is not installed" in err
    assert one_sentence(err)
    assert not (checkout.root / ".venv").exists()


def test_help_needs_no_set_up(checkout: Checkout) -> None:
    code, out, err = checkout.run("-m", "bot", "--help")
    assert (code, err) == (0, "")
    assert "demo" in out
    assert "playground" in out
    assert checkout.run("-m", "bot", "dmo")[2].startswith("There is no command `dmo`. Did you mean `demo`?")
    assert not (checkout.root / ".venv").exists()


def test_left_out_checks_are_named() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "TEST_DATABASE_URL"} | {"PATH": "/nowhere"}
    command = [sys.executable, "-m", "bot", "test", "--version"]
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    assert "Left out: the checks on PostgreSQL" in answer.stderr
    assert "Left out: the checks in a browser" in answer.stderr
