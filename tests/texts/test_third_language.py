"""A language is data: a third one needs its catalogue and its columns in the TOML files, and nothing else.

The language is made from English by accents ("Ýóúŕ ťóḱéń"), laid into a copy of the bot, and what is tested for each
language there is, is tested for it there.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from .test_catalogue import KEYWORDS

ROOT = Path(__file__).resolve().parents[2]
CODE, NAME = "qps", "Ṕśéúďó"
HEADER = f'"Language: en_GB\\n"\n"X-Order: 3\\n"\n"X-Names: {CODE}={NAME}, zh=Čhíńéśé, en=Éńǵĺíśh\\n"\n'
ACCENTS = str.maketrans("acdegiklnoprstuyzACDEGIKLNOPRSTUYZ", "áćďéǵíḱĺńóṕŕśťúýźÁĆĎÉǴÍḰĹŃÓṔŔŚŤÚÝŹ")
LEFT_ALONE = re.compile(r"(\{\w+\}|`[^`]*`|\[[a-z]+\]|https?://\S+)")
PATTERNS = ("MMM d", "MMM d, HH:mm")  # dates, in the letters of CLDR
EACH_LANGUAGE = (
    "tests/texts/test_catalogue.py",
    "tests/texts/test_guide.py",
    "tests/texts/test_help.py",
    "tests/slack/views/test_views.py",
    "tests/web/test_once.py",
    "tests/stories/test_language.py",
)


def accented(text: str) -> str:
    """The text in the third language: as long as in English, and what is filled in left alone."""
    if text in PATTERNS:
        return text
    return "".join(
        part if number % 2 else part.translate(ACCENTS) for number, part in enumerate(LEFT_ALONE.split(text))
    )


def catalogue(bot: Path) -> bytes:
    """Its catalogue, with all strings of the code."""
    made = Catalog(locale="en_GB")
    for file, _, msgid, _, _ in extract_from_dir(bot, method_map=[("**.py", "python")], keywords=KEYWORDS):
        if not file.startswith("playground"):
            made.add(msgid, accented(msgid) if isinstance(msgid, str) else tuple(map(accented, msgid)))
    path = bot / "texts" / f"{CODE}.po"
    with path.open("wb") as out:
        write_po(out, made, omit_header=True)
    plurals = '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    return f'msgid ""\nmsgstr ""\n{HEADER}{plurals}\n'.encode() + path.read_bytes()


def with_column(data: Any, *, inside: bool = False) -> Any:
    """The data with a third column beside each English one; `inside` such a column every text is translated."""
    if isinstance(data, str):
        return accented(data) if inside else data
    if isinstance(data, list):
        return [with_column(each, inside=inside) for each in data]
    if not isinstance(data, dict):
        return data
    more = {} if inside or "en" not in data else {CODE: with_column(data["en"], inside=True)}
    return {key: with_column(value, inside=inside) for key, value in data.items()} | more


def written(data: Any) -> str:
    """As TOML, everything in place: JSON but for its tables."""
    if isinstance(data, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {written(value)}" for key, value in data.items()) + "}"
    if isinstance(data, list):
        return f"[{', '.join(map(written, data))}]"
    return json.dumps(data, ensure_ascii=False)


def copied(to: Path) -> Path:
    """The bot and its tests elsewhere, with the third language."""
    beside = shutil.ignore_patterns("node_modules", ".venv", "benchmarks", "drills")
    for room in ("bot", "tests"):
        shutil.copytree(ROOT / room, to / room, ignore=beside)
    for file in ("pyproject.toml", "manifest.yml"):
        shutil.copy(ROOT / file, to)
    texts = to / "bot" / "texts"
    (texts / f"{CODE}.po").write_bytes(catalogue(to / "bot"))
    for path in texts.rglob("*.toml"):
        data = with_column(tomllib.loads(path.read_text("utf-8")))
        path.write_text("".join(f"{json.dumps(key)} = {written(value)}\n" for key, value in data.items()), "utf-8")
    return to


def test_a_third_language_is_data(tmp_path: Path) -> None:
    apart = ("CI", "TEST_DATABASE_URL", "PYTEST_ADDOPTS")  # what needs PostgreSQL is left out, in CI too
    env = {name: value for name, value in os.environ.items() if name not in apart}
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "-k", CODE, *EACH_LANGUAGE]
    ran = subprocess.run(  # noqa: S603 (our own words)
        command, cwd=copied(tmp_path), env=env, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    passed = re.search(r"(\d+) passed", ran.stdout)
    assert passed, ran.stdout[-2000:]
    assert int(passed[1]) >= 20


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    house = copied(tmp_path)
    path = house / "bot" / "texts" / "help.toml"
    path.write_text(path.read_text("utf-8").replace(f'"{CODE}" = ', '"xx" = ', 1), "utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", "from bot.texts.locale import load; load()"],
        cwd=house,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"no {CODE}" in ran.stderr
