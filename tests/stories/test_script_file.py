"""The signing script as a file in the DM: to save on a phone, one at a time, and gone with the person's data."""

from typing import Any

import httpx
import pytest

from bot.playground.world.chat import File
from bot.slack import manifest
from tests.databases import fresh
from tests.stories.story import Story, told
from tests.stories.test_delete_data import deletes
from tests.stories.test_guide_errors import at_the_two_values
from tests.stories.test_join_forged import Forger

UPLOAD = "files.getUploadURLExternal"


async def test_it_is_sent_and_takes_the_place_of_the_one_before(database: str) -> None:
    """The same text as in the chat, under the name that the text gives itself."""
    async with told(database) as story:
        app = await at_the_script(story)
        await story.presses("mei", "发成文件")
        first = await sent(story, "sign.py")
        script = await story.reads("mei", "sign.py", "private_key.pem", app["kid"])
        assert first.content is not None
        assert first.content.decode().strip() in script
        await story.presses("mei", "Node.js")
        await story.reads("mei", "sign.mjs", app["kid"])
        assert not any("存成 sign.py" in text for text in await story.texts("mei")), "it is replaced"
        await story.presses("mei", "发成文件")
        await sent(story, "sign.mjs")
        await goes(story, first)


async def test_it_goes_with_their_data(database: str) -> None:
    async with told(database) as story:
        await at_the_script(story)
        await story.presses("mei", "发成文件")
        file = await sent(story, "sign.py")
        await story.presses_soon("mei", "重新开始")
        await story.sends("mei")
        await story.reads("mei", "第 1 步，共 9 步")
        await deletes(story)
        await goes(story, file)


async def test_a_file_on_its_way_goes_with_their_data_too(story: Story) -> None:
    """Slack takes it when nobody is left whose file it is."""
    await at_the_script(story)
    await story.goes_wrong("slack", "slow", method="files.completeUploadExternal", delay=3, times=1)
    await story.presses("mei", "发成文件")
    files = story.world.workspace.files

    async def announced() -> bool:
        return bool(files)

    await story.waits(announced, "the file is announced", "mei")
    await deletes(story)
    await goes(story, *files.values())


async def test_an_app_that_may_not_send_files_says_so(tmp_path: Any) -> None:
    """The text in the chat is what it was before."""
    without = manifest.read()
    del without["oauth_config"]["scopes"]["bot_optional"]
    with fresh("sqlite", tmp_path) as url:
        async with told(url, manifest=without) as story:
            await at_the_script(story)
            await story.presses("mei", "发成文件")
            await story.reads("mei", "不能发文件", "请复制 sign.py 的内容")
            assert not story.world.workspace.files


@pytest.mark.parametrize("kind", ["server_error", "rate_limited", "cut"])
async def test_a_file_that_slack_does_not_take_is_tried_again(story: Story, kind: str) -> None:
    await at_the_script(story)
    await story.goes_wrong("slack", kind, method=UPLOAD, times=None)
    await story.presses("mei", "发成文件")
    await story.reads("mei", "没有收下 sign.py", "请再点一次")
    await story.works_again()
    await story.presses("mei", "发成文件")
    await sent(story, "sign.py")


async def test_only_scripts_of_ones_own_guide_are_sent(database: str) -> None:
    async with told(database, "http") as story, httpx.AsyncClient(trust_env=False) as http:
        await at_the_script(story)
        forger, users = Forger(story, http), story.ready["slack"]["users"]
        for who, value in (("mei", "1:b5 sign_perl"), ("mei", "1:b5"), ("tom", "1:b5 sign_python"), ("mei", "x")):
            assert await forger.presses(users[who], "guide.file", value) == 200
        await story.settles()
        assert not story.world.workspace.files


async def at_the_script(story: Story) -> dict[str, str]:
    """Mei has the script before her; the app that it names."""
    app: dict[str, str] = await story.on_coze("oauth_app", name="mei", title="glasses")
    await at_the_two_values(story)
    await story.sends("mei", 应用=app["client_id"], kid=app["kid"])
    await story.presses_soon("mei", "复制签名脚本")
    await story.reads("mei", "sign.py", app["kid"])
    return {"kid": app["kid"]}


async def sent(story: Story, name: str) -> File:
    """It stands in Mei's DM; the file."""
    files = story.world.workspace.files

    async def found() -> File | None:
        return next((each for each in files.values() if each.name == name and each.channels), None)

    file: File = await story.waits(found, f"{name} is sent", "mei")
    return file


async def goes(story: Story, file: File) -> None:
    """It is deleted."""

    async def gone() -> bool:
        return file.id not in story.world.workspace.files

    await story.waits(gone, f"{file.name} is deleted", "mei")
