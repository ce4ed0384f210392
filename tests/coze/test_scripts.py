"""The scripts that people run on their own machine, run for real: Coze takes what they sign."""

import asyncio
import os
import re
import shutil
import sys
from asyncio.subprocess import PIPE
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from bot.clock import utc_now
from bot.core.assertion import lint
from bot.coze.client import CozeClient
from bot.coze.oauth import exchange
from bot.playground.coze.platform import CozePlatform
from bot.texts.scripts import Purpose, ScriptLanguage, file_name, script

Facts = dict[str, Any]
LANGUAGES: tuple[ScriptLanguage, ...] = ("python", "node", "shell")
PURPOSES: tuple[Purpose, ...] = ("sign", "service")
NEEDS = {"python": (), "node": ("node",), "shell": ("openssl", "curl")}
PATIENCE = 30.0

ONE_MODE = pytest.mark.parametrize("coze", ["mapped"], indirect=True)
"""For what does not hang on Coze's HTTP status: a program takes its time to start."""


@dataclass(frozen=True)
class Ran:
    """What a program left behind."""

    code: int
    out: str
    err: str


async def run(language: ScriptLanguage, path: Path, *arguments: str) -> Ran:
    """Run a script as people would, in its own folder. Left out where its language is missing; fails in CI."""
    if missing := [name for name in NEEDS[language] if not shutil.which(name)]:
        words = f"not installed: {', '.join(missing)}"
        pytest.fail(words) if os.environ.get("CI") else pytest.skip(words)
    program = {"python": sys.executable, "node": shutil.which("node"), "shell": "sh"}[language]
    command = (str(program), path.name, *arguments)
    process = await asyncio.create_subprocess_exec(*command, cwd=path.parent, stdout=PIPE, stderr=PIPE)
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    return Ran(process.returncode or 0, out.decode(), err.decode())


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> ScriptLanguage:
    """Each language in turn."""
    return request.param  # type: ignore[no-any-return]  # pytest knows it as anything


@pytest.fixture
def folder(tmp_path: Path, facts: Facts) -> Path:
    """Somebody's folder, with the key that Coze let them download once."""
    shutil.copy(facts["jwt_app"]["private_key_file"], tmp_path / "private_key.pem")
    (tmp_path / "private_key.pem").chmod(0o600)
    return tmp_path


def written(folder: Path, language: ScriptLanguage, facts: Facts, host: str, purpose: Purpose = "sign") -> Path:
    """The script where its own text says that it should be kept."""
    app = facts["jwt_app"]
    path = folder / file_name(language, purpose)
    path.write_text(script(language, app["client_id"], app["kid"], host, purpose))
    return path


@ONE_MODE
async def test_coze_takes_what_a_script_signs(
    language: ScriptLanguage, folder: Path, client: CozeClient, facts: Facts
) -> None:
    path, app = written(folder, language, facts, client.audience), facts["jwt_app"]
    first, second = await asyncio.gather(*(run(language, path, "private_key.pem") for _ in range(2)))
    assert (first.code, first.err) == (0, "")
    assert first.out.count("\n") == 1, "the assertion alone, to be copied whole"
    report = lint(first.out, utc_now(), client.audience, app["kid"], app["client_id"])
    assert report.ok
    assert not report.to_note
    for signed in (first, second):  # each run makes one of its own
        token = await exchange(client, SecretStr(signed.out.strip()))
        assert (await client.me(token.value)).user_id == facts["users"]["mei"]
    assert set(os.listdir(folder)) == {"private_key.pem", path.name}, "nothing kept"


@ONE_MODE
async def test_a_script_names_what_is_wrong_and_quotes_nothing(
    language: ScriptLanguage, folder: Path, client: CozeClient, facts: Facts
) -> None:
    path = written(folder, language, facts, client.audience)
    good = (folder / "private_key.pem").read_text()
    elliptic = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    bad = {"cut.pem": good[:300], "empty.pem": "", "ec.pem": elliptic.decode()}
    for name, text in bad.items():
        (folder / name).write_text(text)
    tries: list[tuple[str, ...]] = [*((name,) for name in bad), ("no.pem",), ()]
    words = ["no usable private key"] * len(bad) + ["can't be read", "Usage"]
    calls = (run(language, path, *arguments) for arguments in tries)
    for ran, word in zip(await asyncio.gather(*calls), words, strict=True):
        assert (ran.code, ran.out) == (1, "")
        assert word in ran.err
        assert "Traceback" not in ran.err
        assert not any(line in ran.err for line in (good + elliptic.decode()).splitlines())


@ONE_MODE
async def test_a_service_gets_and_keeps_a_token(
    language: ScriptLanguage, folder: Path, coze: CozePlatform, client: CozeClient, facts: Facts
) -> None:
    path = written(folder, language, facts, client.audience, "service")
    before = len(coze.state.used_jti)
    ran = await run(language, path, "private_key.pem")
    assert (ran.code, ran.err) == (0, "")
    assert len(coze.state.used_jti) == before + 1
    if language == "shell":
        token = ran.out.strip()
        assert (await client.me(SecretStr(token))).user_id == facts["users"]["mei"]
        assert (folder / "private_key.pem.token").stat().st_mode & 0o077 == 0
        assert (await run(language, path, "private_key.pem")).out.strip() == token
        assert len(coze.state.used_jti) == before + 1, "kept until a minute before its end"
        (folder / "private_key.pem.token").write_text(f"{int(utc_now().timestamp()) + 59}\nold\n")
        assert (await run(language, path, "private_key.pem")).out.strip() not in (token, "old")
    else:
        assert "It works" in ran.out
        assert "czs_" not in ran.out


USES: dict[str, str] = {
    "python": """
import coze_token as it
coze = it.CozeToken("private_key.pem")
first = coze.get()
assert coze.get() == first
coze._ends = it.time.time() + 59
assert coze.get() != first
print(coze.get())
""",
    "node": """
import { CozeToken } from "./coze_token.mjs";
const coze = new CozeToken("private_key.pem");
const [first, same] = await Promise.all([coze.get(), coze.get()]);
if (first !== same || (await coze.get()) !== first) throw new Error("exchanged again");
coze.ends = Date.now() / 1000 + 59;
if ((await coze.get()) === first) throw new Error("kept too long");
console.log(await coze.get());
""",
}


@ONE_MODE
@pytest.mark.parametrize("language", ["python", "node"])
async def test_a_service_uses_the_token_until_a_minute_before_its_end(
    language: ScriptLanguage, folder: Path, coze: CozePlatform, client: CozeClient, facts: Facts
) -> None:
    written(folder, language, facts, client.audience, "service")
    user = folder / f"uses{Path(file_name(language)).suffix}"
    user.write_text(USES[language])
    before = len(coze.state.used_jti)
    ran = await run(language, user)
    assert ran.code == 0, ran.err
    assert len(coze.state.used_jti) == before + 2
    assert (await client.me(SecretStr(ran.out.strip()))).user_id == facts["users"]["mei"]


async def test_a_service_says_why_coze_gives_no_token(
    language: ScriptLanguage, folder: Path, coze: CozePlatform, client: CozeClient, facts: Facts
) -> None:
    app = coze.state.apps[facts["jwt_app"]["client_id"]]
    app.enabled = False
    try:
        path = written(folder, language, facts, client.audience, "service")
        ran = await run(language, path, "private_key.pem")
    finally:
        app.enabled = True
    assert ran.code != 0
    assert ran.out == ""
    assert "deactivated by the owner" in ran.err
    assert "eyJ" not in ran.err


@pytest.mark.parametrize("purpose", PURPOSES)
def test_ids_that_could_be_a_program_are_refused(language: ScriptLanguage, purpose: Purpose) -> None:
    good = ["1133557799", "k" * 43, "api.coze.cn"]
    text = script(language, good[0], good[1], good[2], purpose)
    assert all(value in text for value in good)
    assert not re.search(r"__[A-Z]", text)
    bad = ['"; import os #', "$(id)", "`id`", "'; id; '", "1\n2", "", "x" * 200, "１２"]
    for place, wrong in ((place, wrong) for place in range(3) for wrong in bad):
        ids = good.copy()
        ids[place] = wrong
        with pytest.raises(ValueError, match="not a possible") as caught:
            script(language, ids[0], ids[1], ids[2], purpose)
        assert not wrong or wrong not in str(caught.value)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_script_fits_into_a_slack_message(language: ScriptLanguage, purpose: Purpose) -> None:
    longest = script(language, "1" * 20, "k" * 128, "api.coze.com", purpose)
    assert len(longest) <= 3000
    assert all(len(line) <= 118 for line in longest.replace("k" * 128, "k" * 43).splitlines())
