"""A picture of somebody's screen reaches the admins by a press: below the card, once, or both sides read why not."""

import base64
from typing import Any

import httpx
import pytest

from bot.playground.world.chat import File
from bot.slack import files as at_slack
from bot.slack import manifest
from tests.databases import fresh
from tests.stories.story import Story, told
from tests.stories.test_delete_data import deletes
from tests.stories.test_guide_help import begins
from tests.stories.test_join_forged import Forger
from tests.stories.test_talk import reads_in_thread

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
NOT_HANDED_ON = "图片没能转给管理员"


def picture(content: bytes = PNG, name: str = "IMG_0001.PNG") -> dict[str, Any]:
    return {"name": name, "base64": base64.b64encode(content).decode()}


def below_the_card(story: Story) -> list[File]:
    """What the bot has put into the admins' channel."""
    workspace = story.world.workspace
    room = next(room for room in workspace.channels.values() if room.name == "admins")
    lines = [line for line in workspace.conversation(room.id) if line.files]
    assert all(line.thread_ts and line.user == workspace.main_app.bot_user for line in lines)
    return [workspace.files[name] for line in lines for name in line.files]


async def asks(story: Story, **file: Any) -> None:
    """Sends a picture, and has it handed on with a few words."""
    await story.says("mei", "找不到 listBot", files=[picture(**file)])
    await story.reads("mei", "我看不了文件，但可以把它转给管理员")
    await story.presses("mei", "发给管理员…")
    form = await story.sees_form("mei", "图片会一起发过去")
    assert form["inputs"][0]["value"] == "找不到 listBot"
    await story.sends("mei")
    await story.reads("mei", "已经问了管理员")


async def handed_on(story: Story) -> File:
    async def found() -> list[File]:
        return below_the_card(story)

    await story.waits(found, "the picture is there", "lin")
    await story.settles()
    [file] = below_the_card(story)
    return file


async def test_it_stands_below_the_card(database: str) -> None:
    """With the guide's step, where there is one; the database keeps nothing of it but that it was asked for."""
    async with told(database) as story:
        await begins(story)
        await asks(story)
        file = await handed_on(story)
        assert file.content == PNG
        assert file.name.endswith(".png")
        await story.reads("lin", "扣子的页面不一样", "找不到 listBot", channel="admins")
        await reads_in_thread(story, "@mei 发来的图片")
        assert not any(NOT_HANDED_ON in text for text in await story.texts("mei"))


@pytest.mark.parametrize("answer", ["answered", "cut"])
async def test_it_goes_with_the_data_of_who_sent_it(database: str, answer: str) -> None:
    """Also where Slack's answer was lost and the picture was found below the card."""
    async with told(database) as story:
        if answer == "cut":
            await story.goes_wrong("slack", "cut", method="files.completeUploadExternal", times=1, delay=1)
        await asks(story)
        for _ in range(4 if answer == "cut" else 0):
            await story.passes(advance=30)
        file = await handed_on(story)
        form = await deletes(story)
        assert "发去的图片" in form["plain"]
        await story.settles()
        assert file.id not in story.world.workspace.files


async def test_without_a_press_it_stays(story: Story) -> None:
    await story.says("mei", "", files=[picture()])
    await story.reads("mei", "我看不了文件")
    await story.settles()
    assert not below_the_card(story)
    assert not await story.calls("files.info")


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("url_private", "cut"),
        ("url_private", "server_error"),
        ("files.info", "cut"),
        ("files.info", "rate_limited"),
        ("files.getUploadURLExternal", "cut"),
        ("files.completeUploadExternal", "server_error"),
        ("files.completeUploadExternal", "cut"),
    ],
)
async def test_it_is_never_posted_twice(database: str, method: str, kind: str) -> None:
    """What Slack has taken and not answered is found below the card before it is sent again."""
    async with told(database) as story:
        await story.goes_wrong("slack", kind, method=method, times=1, delay=1)
        await asks(story)
        for _ in range(4):
            await story.passes(advance=30)
        file = await handed_on(story)
        assert file.content == PNG


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"%PDF-1.7 not a picture", "它不是图片"),
        (PNG + b"\0" * at_slack.LARGEST, "它超过 10 MB"),
        (b"", "它不是图片"),
    ],
)
async def test_what_is_not_handed_on_is_told(database: str, content: bytes, why: str) -> None:
    async with told(database) as story:
        await asks(story, content=content)
        await story.reads("mei", NOT_HANDED_ON, why)
        await reads_in_thread(story, "@mei 的图片没能转过来")
        assert not below_the_card(story)


async def test_a_file_that_was_deleted_meanwhile(database: str) -> None:
    async with told(database) as story:
        await story.says("mei", "看这里", files=[picture()])
        await story.presses_soon("mei", "发给管理员…")
        await story.sees_form("mei", "图片会一起发过去")
        story.world.workspace.files.clear()
        await story.sends("mei")
        await story.reads("mei", NOT_HANDED_ON, "它已经被删除")


async def test_a_right_that_was_taken_away_meanwhile(story: Story) -> None:
    """Slack sends whoever may not read a file to its sign-in page."""
    await story.says("mei", "看这里", files=[picture()])
    await story.presses_soon("mei", "发给管理员…")
    await story.sees_form("mei", "图片会一起发过去")
    story.world.main_app.scopes.discard("files:read")
    await story.sends("mei")
    await story.reads("mei", NOT_HANDED_ON, "没有给我收发文件的权限")


@pytest.mark.parametrize("missing", ["files:read", "files:write"])
async def test_without_the_rights_it_stays_in_the_talk(tmp_path: Any, missing: str) -> None:
    without = manifest.read()
    without["oauth_config"]["scopes"]["bot_optional"].remove(missing)
    with fresh("sqlite", tmp_path) as url:
        async with told(url, manifest=without) as story:
            await story.says("mei", "", files=[picture()])
            await story.reads("mei", "它留在我们的私信里，只有你看得到")
            assert "发给管理员…" not in str((await story.screen("mei"))["dm"])


async def test_nobody_elses_file_is_handed_on(tmp_path: Any) -> None:
    """A forged button names a file that somebody else has sent."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, "http") as story, httpx.AsyncClient(trust_env=False) as http:
            await story.says("wang", "", files=[picture()])
            await story.reads("wang", "我看不了文件")
            [file] = story.world.workspace.files.values()
            await story.types("mei", "/sharge help")
            mei = story.world.workspace.person("mei").id
            metadata, forger = file.id, Forger(story, http)
            assert await forger.presses(mei, "report.picture", "../../etc") == 200
            assert await forger.submits(mei, "report.picture", metadata) == 200
            await story.settles()
            assert not below_the_card(story)


async def test_the_token_goes_to_slacks_own_host_alone(story: Story) -> None:
    """Wherever an answer says that a file lies."""
    await story.says("mei", "", files=[picture()])
    await story.presses_soon("mei", "发给管理员…")
    await story.sees_form("mei", "图片会一起发过去")
    workspace = story.world.workspace
    workspace.base_url = workspace.base_url.replace("127.0.0.1", "localhost")
    await story.sends("mei", 你看到了什么="黑屏")
    await story.reads("mei", NOT_HANDED_ON, "Slack 没有给我")


async def test_it_is_not_asked_for_once_their_data_is_gone(story: Story) -> None:
    await story.goes_wrong("slack", "server_error", method="files.info", times=None)
    await asks(story)
    await deletes(story)
    await story.works_again()
    await story.passes(advance=600)
    await story.settles()
    assert not below_the_card(story)
