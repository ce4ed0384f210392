"""`person export` and `person delete`: what an operator does for somebody who asks for it, while the bot runs."""

import asyncio
import json
import subprocess
from pathlib import Path

from tests.command import command
from tests.stories.story import Story, told
from tests.stories.test_delete_data import dump, left


async def person(story: Story, folder: Path, *arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    """The command on the story's database."""
    names = ("BOT_ENV", "ADMIN_CHANNEL", "COZE_BASE_URL", "CLOCK_URL")
    env = {name: story.ready["env"][name] for name in names} | {"DATABASE_URL": story.database}
    return await asyncio.to_thread(command, folder, "person", *arguments, env=env, typed=typed)


async def test_all_of_a_person_is_handed_over_and_deleted(database: str, tmp_path: Path) -> None:
    """To a file of the operator's alone; the admins read who deleted it, and the audit keeps both deeds."""
    async with told(database) as story:
        mei = story.world.workspace.person("mei").id
        await story.asks_and_waits("mei", 想做什么="念天气预报给奶奶听")
        shown = await person(story, tmp_path, "export", mei)
        assert (shown.returncode, shown.stderr) == (0, "")
        assert json.loads(shown.stdout)["join_request"][0]["purpose"] == "念天气预报给奶奶听"
        done = await person(story, tmp_path, "export", mei, "mei.json")
        file = tmp_path / "mei.json"
        assert (done.returncode, done.stdout, file.stat().st_mode & 0o777) == (0, "", 0o600)
        found = json.loads(file.read_text("utf-8"))
        assert found["person"][0]["user_id"] == mei
        assert [each["action"] for each in found["audit"] if each["actor"] == "operator"] == ["person.export"] * 2
        again = await person(story, tmp_path, "export", mei, "mei.json")
        assert (again.returncode, json.loads(file.read_text("utf-8"))) == (1, found)
        assert "is there already" in again.stderr

        unsure = await person(story, tmp_path, "delete", mei)
        assert (unsure.returncode, "1 × join_request" in unsure.stdout, "--yes" in unsure.stderr) == (1, True, True)
        assert left(database, mei)
        gone = await person(story, tmp_path, "delete", mei, "--yes", "--json")
        told_ = json.loads(gone.stdout)
        assert (gone.returncode, told_["deleted"]["join_request"]) == (0, 1)
        assert set(told_["stays"]) == {"audit", "others", "channel", "coze", "slack", "backups"}
        notice = await story.reads("lin", "有人的数据被删除了", "由机器人的运维删除", "已撤回", channel="admins")
        assert "mei" not in notice
        await story.settles()
        assert left(database, mei, "念天气预报给奶奶听").keys() <= {"bucket"}
        (line,) = [row for row in dump(database)["audit"] if "person.erase" in row]
        assert '"operator"' in line
        nobody = await person(story, tmp_path, "delete", mei, "--yes", "--team", "T0PLAYGROUND")
        assert (nobody.returncode, nobody.stdout) == (1, "")
        assert f"Nothing is stored about {mei}" in nobody.stderr


async def test_what_can_t_be_done_is_a_sentence(tmp_path: Path) -> None:
    """Without a word of which workspace, or of where the admins are told."""
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}", "ADMIN_CHANNEL": "C0ADMINS"}
    assert (await asyncio.to_thread(command, tmp_path, "migrate", env=env)).returncode == 0
    for arguments, more, words in (
        (("export", "U0MEI"), {}, "knows 0 workspaces: name one with --team"),
        (("export", "U0MEI", "--team", "T1"), {}, "Nothing is stored about U0MEI of T1"),
        (("delete", "U0MEI", "--yes"), {"ADMIN_CHANNEL": ""}, "ADMIN_CHANNEL is missing"),
    ):
        done = await asyncio.to_thread(command, tmp_path, "person", *arguments, env=env | more)
        assert (done.returncode, done.stdout) == (1, "")
        assert words in done.stderr
    refused = await asyncio.to_thread(command, tmp_path, "person", "delete", "U0MEI", "mei.json", env=env)
    assert (refused.returncode, "delete takes no FILE" in refused.stderr) == (2, True)
