"""`doctor` on the command line; what its lines find is tested in tests/doctor."""

import json
from pathlib import Path
from typing import Any

from tests.command import command

Json = dict[str, Any]


def test_the_command_says_it_in_both_languages_and_for_machines(tmp_path: Path) -> None:
    """By exit code 1 where something is wrong; nothing of a secret."""
    secret = "xapp-1-A1-cAnArY7s"
    env = {"SLACK_BOT_TOKEN": secret, "DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}"}
    chinese, english = (command(tmp_path, "doctor", *more, env=env) for more in ((), ("--lang", "en")))
    assert (chinese.returncode, english.returncode, chinese.stderr, english.stderr) == (1, 1, "", "")
    assert "❌ 设置" in chinese.stdout
    assert "❌ Settings  ADMIN_CHANNEL is missing." in english.stdout
    assert "   → Mend it in .env" in english.stdout
    told: Json = json.loads(command(tmp_path, "doctor", "--json", env=env).stdout)
    assert (told["is_well"], told["online"]) == (False, False)
    assert {each["check"] for each in told["checks"]} >= {"settings", "database", "disk", "proxy", "bot_token"}
    assert secret not in chinese.stdout + english.stdout + json.dumps(told)
    nowhere = command(tmp_path, "doctor", "--lang", "en", env={"DATABASE_URL": "mysql://x"})
    assert nowhere.returncode == 1
    assert "DATABASE_URL must begin sqlite:/// or postgresql://" in nowhere.stdout
    assert "· Database  Not looked at: Settings has to be right first." in nowhere.stdout
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".db"]
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    nothing = command(tmp_path, "doctor", "--lang", "en")
    assert nothing.returncode == 1
    assert ".env is no text in UTF-8" in nothing.stdout
    assert "· Proxy  Not looked at" in nothing.stdout
